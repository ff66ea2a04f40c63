package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

func hubFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "from-github", Category: groupBundles, Usage: "ask GitHub's attestations of --repo as well"},
		&cli.BoolFlag{Name: "digests-only", Category: groupInput, Usage: "take a release's digests from GitHub, not its bytes"},
	}
}

// releaseTarget is a release named as OWNER/REPO@TAG.
type releaseTarget struct {
	repository forge.Repository
	tag        string
}

// parseRelease reads a word that names a release: one that names no file, and no
// digest or image, which have a colon where no tag has one.
func parseRelease(word string) (releaseTarget, bool) {
	name, tag, ok := strings.Cut(word, "@")
	if !ok || strings.Count(name, "/") != 1 || forge.CheckTag(tag) != nil {
		return releaseTarget{}, false
	}
	r, err := forge.ParseRepository(name)
	if err != nil {
		return releaseTarget{}, false
	}
	if _, err := os.Lstat(word); err == nil {
		return releaseTarget{}, false
	}
	return releaseTarget{r, tag}, true
}

// releaseFromArgs is the release among the targets; ok tells whether there is
// one. It stands alone: what is implied for it would hold for all others too.
func releaseFromArgs(c *cli.Context) (target releaseTarget, ok bool, err error) {
	for _, word := range c.Args().Slice() {
		if r, tag, is := strings.Cut(strings.TrimPrefix(word, "https://github.com/"), "/releases/tag/"); is {
			if named, is := parseRelease(r + "@" + tag); is {
				return named, true, withHint(usagef("%s is the address of a page", shown(word)), "name the release: %s", shown(r+"@"+tag))
			}
		}
		one, is := parseRelease(word)
		if is && (c.NArg() > 1 || len(c.StringSlice("checksums")) > 0) {
			return one, true, withHint(usagef("%s is a release and has to be the only target", shown(word)), "verify it, and the rest, each in a run of its own")
		}
		target, ok = one, ok || is
	}
	return target, ok, nil
}

// impliedBy adds to a policy what a release among the targets implies: built in
// its repository from its tag. Where the policy names a signer that is no workflow
// of GitHub's, that one has to have signed, and nothing more is implied.
func impliedBy(c *cli.Context, p *verify.Policy) (*verify.Policy, error) {
	target, ok, err := releaseFromArgs(c)
	if err != nil || !ok || signsElsewhere(p) {
		return p, err
	}
	r := target.repository.String()
	if p.Repository != "" && !strings.EqualFold(p.Repository, r) {
		return nil, usagef("a release of %s is built in %s, and %s is asked for", r, r, shown(p.Repository))
	}
	return p.And(&verify.Policy{Repository: cmp.Or(p.Repository, r), Ref: "refs/tags/" + target.tag})
}

// signsElsewhere tells whether a policy names a signer that cannot be a workflow
// on GitHub.
func signsElsewhere(p *verify.Policy) bool {
	if p.Repository != "" {
		return false
	}
	for _, id := range p.Identities {
		if id.Issuer != verify.GitHubIssuer {
			return true
		}
	}
	return p.Key != nil
}

// hub is what GitHub knows of the targets of one run: the release that they are,
// and the attestations that it keeps.
type hub struct {
	client     *forge.Client
	repository forge.Repository
	tag        string // of the release; "" where the targets are local
	folder     string // of what was downloaded; "" before
	leftOut    []report.LeftOut
	stated     map[string]bool // names of artifacts of which GitHub states the digest
}

// hubFromFlags is nil where GitHub has nothing to do with a run.
func (env *Env) hubFromFlags(c *cli.Context, p *verify.Policy) (*hub, error) {
	target, isRelease, err := releaseFromArgs(c)
	switch {
	case err != nil:
		return nil, err
	case !isRelease && c.Bool("digests-only"):
		return nil, withHint(usagef("--digests-only is about the files of a release"), "name it as OWNER/REPO@TAG")
	case !isRelease && !c.Bool("from-github"):
		return nil, nil
	case c.Bool("offline"):
		return nil, usagef("--offline forbids asking GitHub")
	case c.String("vsa") != "" || c.String("npm-attestations") != "":
		return nil, usagef("--vsa and --npm-attestations are about files that are at hand")
	case !isRelease && p.Repository == "":
		return nil, withHint(usagef("--from-github asks a repository, and none is given"), "--repo OWNER/NAME")
	case !isRelease:
		if target.repository, err = forge.ParseRepository(p.Repository); err != nil {
			return nil, usagef("%w", err)
		}
	}
	client, err := env.gitHub(askLogsFor)
	return &hub{client: client, repository: target.repository, tag: target.tag}, err
}

// close removes what was downloaded.
func (h *hub) close() {
	if h != nil && h.folder != "" {
		_ = os.RemoveAll(h.folder)
	}
}

func (h *hub) isRelease() bool { return h != nil && h.tag != "" }

// attested adds to what was found of an artifact what GitHub keeps for its digest.
// It is asked where nothing else satisfies the policy, or all must: whoever has no
// token may ask only so often.
func (v *verification) attested(ctx context.Context, a *artifact.Artifact, result report.Result) (report.Result, error) {
	digest := a.GetDigest()["sha256"]
	if v.hub == nil || digest == "" || result.Verdict != nil && !v.policy.RequireAll {
		return result, nil
	}
	candidates, err := v.hub.find(ctx, digest)
	if err != nil {
		return result, err
	}
	judged, err := v.consider(ctx, a, candidates)
	if err != nil {
		return result, err
	}
	if result.Verdict == nil {
		result.Verdict, result.Bundle, result.Via = judged.Verdict, judged.Bundle, ""
		result.Inputs = append(result.Inputs, judged.Inputs...)
	}
	result.Refused = append(result.Refused, judged.Refused...)
	if v.policy.RequireAll && len(result.Refused) > 0 {
		result.Verdict, result.Bundle, result.Via = nil, "", ""
	}
	return result, nil
}

// find asks for the attestations of a digest. That they could not be had decides
// nothing, and stands among them.
func (h *hub) find(ctx context.Context, digest string) ([]material.Found, error) {
	kept, err := h.client.Attestations(ctx, h.repository, "sha256:"+digest)
	name := "attestations of " + h.repository.String() + " at GitHub"
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return []material.Found{{Name: name, Err: limitHint(err, h.client.Token)}}, nil
	}
	var found []material.Found
	for i, one := range kept {
		name := fmt.Sprintf("%s, number %d", name, i+1)
		if one.Err != nil {
			found = append(found, material.Found{Name: name, Err: one.Err})
			continue
		}
		found = append(found, material.Read(name, one.Bundle)...)
	}
	return found, nil
}
