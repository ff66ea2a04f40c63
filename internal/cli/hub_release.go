package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// download fetches the files of the release and makes them the targets, as those
// of a folder are.
func (h *hub) download(ctx context.Context, env *Env, c *cli.Context) (*artifact.Set, error) {
	assets, err := h.assets(ctx)
	if err != nil {
		return nil, h.explain(err)
	}
	if h.folder, err = os.MkdirTemp("", "hallmark-"); err != nil {
		return nil, err
	}
	words := []string{h.folder}
	if c.Bool("digests-only") {
		assets, words = h.byDigest(assets, words)
	}
	got, err := env.fetchAssets(ctx, c, h.client, h.repository, assets, h.folder)
	if err != nil {
		return nil, h.explain(err)
	}
	for _, a := range assets {
		if want := sha256Of(a); want != "" && got[a.Name] != want {
			return nil, &verify.Rejection{Check: verify.CheckSubject, Want: a.Name + " sha256:" + want + ", as GitHub states it", Got: "sha256:" + got[a.Name],
				Why:  "GitHub gives other bytes than it says",
				Hint: "try again; if it stays so, tell the project: something stands between you and GitHub, or changes the release"}
		}
	}
	if len(assets) == 0 {
		words = words[1:] // an empty folder would be a mistake
	}
	set, err := env.collectWords(ctx, c, words, artifact.Options{Lists: true})
	if err != nil {
		return nil, nothingToVerify(err)
	}
	h.settleLists(set)
	return set, nil
}

// settleLists does for checksum files what is done in a folder, where some of
// what they list is known by its digest: that is not absent, and a list of which
// every line matches says nothing new.
func (h *hub) settleLists(set *artifact.Set) {
	known := make(map[string]map[string]string)
	for _, a := range set.Artifacts {
		known[a.Name] = a.GetDigest()
	}
	for _, l := range set.Lists {
		l.Absent = slices.DeleteFunc(l.Absent, func(a artifact.LeftOut) bool { return h.stated[a.Name] })
		matches := func(e *intoto.ResourceDescriptor) bool {
			want, got := e.GetDigest()["sha256"], known[e.Name]["sha256"]
			return want != "" && want == got
		}
		if l.Err != nil || !every(l.Entries, matches) {
			continue
		}
		set.Artifacts = slices.DeleteFunc(set.Artifacts, func(a *artifact.Artifact) bool {
			if a.Path != l.Path || a.Path == "" {
				return false
			}
			set.LeftOut = append(set.LeftOut, artifact.LeftOut{Name: a.Name, Reason: "every line matches"})
			return true
		})
	}
	slices.SortStableFunc(set.LeftOut, func(a, b artifact.LeftOut) int { return strings.Compare(a.Name, b.Name) })
}

func every[T any](all []T, is func(T) bool) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(one T) bool { return !is(one) })
}

// assets lists what the release holds, but for what never arrived there.
func (h *hub) assets(ctx context.Context) ([]forge.Asset, error) {
	release, err := h.client.ReleaseByTag(ctx, h.repository, h.tag)
	if err != nil {
		return nil, err
	}
	listed, err := h.client.Assets(ctx, h.repository, release)
	if err != nil {
		return nil, err
	}
	var assets []forge.Asset
	for _, a := range listed {
		if !a.Finished() {
			h.leftOut = append(h.leftOut, report.LeftOut{Name: a.Name, Reason: "its upload broke off, and nobody can download it"})
			continue
		}
		assets = append(assets, a)
	}
	if len(assets) == 0 {
		return nil, &verify.Rejection{Check: verify.CheckCoverage, Want: "a release with files", Got: "none",
			Why: "what GitHub packs of the source by itself is no file of the release"}
	}
	return assets, nil
}

// explain adds what helps where a release is not to be had.
func (h *hub) explain(err error) error {
	switch {
	case errors.Is(err, forge.ErrNotFound) && h.client.Token == "":
		return withHint(&usageError{err}, "is it spelt right, and published? to strangers a private repository looks absent: GITHUB_TOKEN, if it is one")
	case errors.Is(err, forge.ErrNotFound):
		return withHint(&usageError{err}, "is it spelt right, and published? a draft cannot be verified")
	}
	return limitHint(err, h.client.Token)
}

// mayServe are the names of files that are worth downloading to see whether they
// serve to verify others: what they are their content says. A file that is none of
// these, or too large, is known by its digest.
var mayServe = regexp.MustCompile(`(?i)\.(?:jsonl?|sigstore|bundle|sig|pem|crt|cert|txt|sums?|(?:sha|md5|b2)\d*(?:sums?)?)\z|sums?\z|checksums`)

// byDigest splits the assets into those to be downloaded all the same and words
// for those that GitHub states the digest of.
func (h *hub) byDigest(assets []forge.Asset, words []string) ([]forge.Asset, []string) {
	h.stated = make(map[string]bool)
	var fetch []forge.Asset
	for _, a := range assets {
		if a.Digest == "" || a.Size <= material.MaxFile && mayServe.MatchString(a.Name) {
			fetch = append(fetch, a)
			continue
		}
		h.stated[a.Name] = true
		words = append(words, a.Name+"@"+a.Digest)
	}
	return fetch, words
}

// path is where the file of an artifact stands, or would stand among the others
// of its release.
func (h *hub) path(a *artifact.Artifact) string {
	if a.Path == "" && h != nil && h.stated[a.Name] {
		return filepath.Join(h.folder, a.Name)
	}
	return a.Path
}

// asAssets names what a release holds by its names there, not by where it was
// downloaded to.
func asAssets(v *report.Verification, folder string) {
	short := func(s string) string { return strings.ReplaceAll(s, folder+string(filepath.Separator), "") }
	for i := range v.Results {
		r := &v.Results[i]
		r.Bundle = short(r.Bundle)
		for j := range r.Refused {
			refusal := &r.Refused[j]
			refusal.Bundle = short(refusal.Bundle)
			if rejection, ok := errors.AsType[*verify.Rejection](refusal.Err); ok && rejection.Hint != short(rejection.Hint) {
				named := *rejection
				named.Hint = short(rejection.Hint)
				refusal.Err = &named
			}
		}
	}
}

// unfinished are the files of the release that nobody can have.
func (h *hub) unfinished() []report.LeftOut {
	if h == nil {
		return nil
	}
	return h.leftOut
}
