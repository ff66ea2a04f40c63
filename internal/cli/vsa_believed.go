package cli

import (
	"context"
	"io"
	"regexp"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/verify"
)

func believedFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "vsa", Category: groupBundles, Usage: "believe the SLSA verification summary in `FILE`"},
		&cli.StringFlag{Name: "verifier-id", Category: groupSigner, Usage: "summed up by verifier `URI` (with --vsa)"},
	}
}

// believeSummary makes the policy ask for a verification summary, where the
// command line brings one. Whose word it must be, and about what, is never
// taken from the summary itself.
func believeSummary(c *cli.Context, p *verify.Policy) error {
	path, verifier, resource := c.String("vsa"), c.String("verifier-id"), c.String("resource-uri")
	switch {
	case path == "" && verifier == "":
		return nil
	case path == "":
		return withHint(usagef("--verifier-id goes with a verification summary"), "--vsa FILE")
	case verifier == "":
		return withHint(usagef("--vsa needs the verifier whose word is believed"), "--verifier-id URI, as they publish it; never from the summary itself")
	case resource == "":
		return withHint(usagef("--vsa needs what the summary must be about"), "--resource-uri URI, as the verifier names what you have; never from the summary itself")
	case len(c.StringSlice("bundle")) > 0:
		return usagef("--vsa and --bundle cannot both be given")
	case c.String("npm-attestations") != "":
		return usagef("--vsa and --npm-attestations cannot both be given")
	case c.String("emit-vsa") != "":
		return withHint(usagef("--emit-vsa sums up what hallmark has verified itself, and --vsa is another's word"), "leave out the one or the other")
	}
	p.Verifier, p.Resource = verifier, resource
	return nil
}

// unloggedSummary accepts a summary by a key alone without a log's proof. The
// specification of summaries asks for a signature by a key known beforehand and
// for nothing else, and verifiers publish theirs so; the key comes from whoever
// runs this, does not expire, and needs no clock. A summary by a certificate
// does, and so does whoever asks for an inclusion proof.
//
// SLSA v1.1, "How to verify VSAs", step 1.
func unloggedSummary(p *verify.Policy) {
	if p.Verifier != "" && p.Key != nil && len(p.Identities) == 0 && p.Repository == "" && !p.RequireInclusionProof {
		p.AllowUnlogged = true
	}
}

// summaryFile reads what --vsa names; nil without it.
func summaryFile(c *cli.Context, stdin io.Reader, p *verify.Policy) (*material.Index, error) {
	path := c.String("vsa")
	if path == "" {
		return nil, nil
	}
	found, err := readBundles(path, stdin)
	if err != nil {
		return nil, usagef("vsa: %w", err)
	}
	for i := range found {
		found[i] = found[i].SignedBy(p.Key)
	}
	return material.NewIndex(found), nil
}

// verifyTargets finds what is to be verified: numbered images, or else whatever
// can be named by a digest.
func (env *Env) verifyTargets(ctx context.Context, c *cli.Context, hub *hub) (*artifact.Set, *images, error) {
	if hub.isRelease() {
		set, err := hub.download(ctx, env, c)
		return set, nil, err
	}
	if set, err := numberedImages(c); set != nil || err != nil {
		return set, nil, err
	}
	return env.targetsAndImages(ctx, c)
}

var imageNumber = regexp.MustCompile(`\A(.+)@` + verify.ImageID + `:([1-9][0-9]{0,19})\z`)

// numberedImages are targets of the form NAME@gce_image_id:NUMBER: images that
// nobody can hash, of which a summary alone speaks. Nil where the command line
// names none.
func numberedImages(c *cli.Context) (*artifact.Set, error) {
	set := new(artifact.Set)
	for _, word := range c.Args().Slice() {
		if m := imageNumber.FindStringSubmatch(word); m != nil {
			set.Artifacts = append(set.Artifacts, &artifact.Artifact{Explicit: true,
				ResourceDescriptor: &intoto.ResourceDescriptor{Name: m[1], Digest: map[string]string{verify.ImageID: m[2]}}})
		}
	}
	switch n := len(set.Artifacts); {
	case n == 0:
		return nil, nil
	case c.String("vsa") == "":
		return nil, withHint(usagef("an image by its number is no digest: a verification summary alone speaks of it"), "--vsa FILE")
	case n != c.NArg() || len(c.StringSlice("checksums")) > 0:
		return nil, usagef("images by their number go with no other kind of target")
	}
	return set, nil
}
