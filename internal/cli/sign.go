package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

func signCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "sign",
		Usage: "sign artifacts, a Sigstore bundle beside each",
		UsageText: "hallmark sign dist/*\n" +
			"hallmark sign --identity-token token.txt widget.tar.gz\n" +
			"hallmark sign oci://ghcr.io/octo/widget:v1.4.0",
		ArgsUsage: "ARTIFACT...",
		Description: "oci://REGISTRY/REPOSITORY:TAG, or @DIGEST, is an image. Its signature is a\n" +
			"bundle in its registry that refers to it, in the form of cosign 3: a statement\n" +
			"of type " + imageSignature + ", which verify counts\n" +
			"if --predicate-type names it. An index and its images are signed one by one." + identityHelp(),
		Category: maintainers,
		Flags: append(signingFlags(),
			checksumsFlag(),
			platformFlag(),
			&cli.StringFlag{Name: "statement", Category: groupInput, Usage: "sign the in-toto statement in `FILE` instead"},
			outputFlag("write the statement's bundle to `FILE`"),
			forceFlag(),
			formatFlag("text", "json"),
			quietFlag(),
		),
		Action: func(c *cli.Context) error { return runSign(c.Context, env, c) },
	}
}

func runSign(ctx context.Context, env *Env, c *cli.Context) error {
	if c.String("statement") != "" {
		return runSignStatement(ctx, env, c)
	}
	if c.String("output") != "" {
		return withHint(usagef("--output goes with --statement"), "bundles are written beside the artifacts, as ARTIFACT.sigstore.json")
	}
	key, err := env.signingKey(ctx, c)
	if err != nil {
		return err
	}
	algorithms, err := key.algorithms()
	if err != nil {
		return err
	}
	set, images, err := env.artifactsAndImages(ctx, c, c.Duration("retry-for"), artifact.Options{Algorithms: algorithms})
	if err != nil {
		return err
	}
	if err := leaveOutBundles(set, ""); err != nil {
		return err
	}
	outs, err := signable(set, images, algorithms)
	if err != nil {
		return err
	}
	if err := canWrite(c.Bool("force"), outs...); err != nil {
		return err
	}
	s, err := env.newSigning(ctx, c, key)
	if err != nil {
		return err
	}
	defer s.ids.forget()
	s.images = images
	if err := s.guardPrivate(ctx, c); err != nil {
		return err
	}
	summary, err := s.signAll(ctx, c, set.Artifacts)
	summary.Targets, summary.LeftOut = targets(c, set), leftOut(set)
	if printErr := env.printSigning(c, summary); printErr != nil {
		return printErr
	}
	return err
}

// signAll signs the artifacts side by side. One that fails leaves nothing
// behind and does not stop the others.
func (s *signing) signAll(ctx context.Context, c *cli.Context, artifacts []*artifact.Artifact) (*report.Signing, error) {
	progress := s.ids.env.stage(c.Bool("quiet"), "signing", inItems)
	defer progress.Done()
	progress.Total(int64(len(artifacts)))
	signed := make([]report.Signed, len(artifacts))
	failures := make([]error, len(artifacts))
	var g errgroup.Group
	g.SetLimit(maxInFlight)
	for i, a := range artifacts {
		g.Go(func() error {
			signed[i], failures[i] = s.signOne(ctx, c.Bool("force"), a)
			progress.Add(1)
			return nil
		})
	}
	_ = g.Wait()
	summary := s.summary(c, false)
	for i := range signed {
		if failures[i] == nil {
			summary.Signed = append(summary.Signed, signed[i])
		}
	}
	return summary, ofSeveral(failures, "")
}

// maxInFlight bounds how many artifacts wait for a log at a time; how many
// entries are posted at once is the signer's to say.
const maxInFlight = 512

// signOne writes one artifact's bundle, unless a bundle by the same signer for
// the same bytes stands there already.
func (s *signing) signOne(ctx context.Context, force bool, a *artifact.Artifact) (report.Signed, error) {
	if s.images.holds(a) {
		payload, err := imageSignaturePayload(a)
		if err != nil {
			return report.Signed{}, err
		}
		return s.attach(ctx, force, a, payload)
	}
	out := bundlePath(a)
	done, err := s.alreadySigned(ctx, out, a, force)
	if err != nil {
		return report.Signed{}, err
	}
	if done != nil {
		return report.Signed{Name: a.Name, Bundle: out, Verdict: done, Kept: true}, nil
	}
	b, verdict, err := s.message(ctx, a.ResourceDescriptor)
	if err != nil {
		return report.Signed{}, err
	}
	if err := s.ids.env.writeBundles(ctx, out, force, b); err != nil {
		return report.Signed{}, err
	}
	return report.Signed{Name: a.Name, Bundle: out, Verdict: verdict}, nil
}

// bundlePath is where an artifact's bundle stands: beside its file.
func bundlePath(a *artifact.Artifact) string { return placeOf(a) + ".sigstore.json" }

// placeOf is where an artifact's file stands, or would stand where only its digest
// is known: in the current folder, by its base name. A checksum file may name
// folders, and no name of somebody else's chooses where to write.
func placeOf(a *artifact.Artifact) string {
	if a.Path != "" {
		return a.Path
	}
	return filepath.Base(filepath.FromSlash(a.Name))
}

// signable refuses, before anything is signed, what is known by a digest alone that
// the key does not sign, and artifacts whose bundles would be one file: a/x and b/x
// of a checksum file, say. It returns where their bundles go.
func signable(set *artifact.Set, images *images, algorithms []string) ([]string, error) {
	signed := "sha256"
	if n := len(algorithms); n > 0 {
		signed = algorithms[n-1]
	}
	var outs []string
	of := make(map[string]*artifact.Artifact)
	for _, a := range set.Artifacts {
		if images.holds(a) {
			continue
		}
		if a.Path == "" && a.GetDigest()[signed] == "" {
			return nil, withHint(usagef("%s: a %s digest is what this signature is of, and it is known by another", shown(a.Name), signed),
				"name the file, or its %s digest", signed)
		}
		out := bundlePath(a)
		if first := of[out]; first != nil {
			return nil, withHint(usagef("%s and %s: the bundle of either would be %s", shown(first.Name), shown(a.Name), shown(out)),
				"name the files, or the folder that holds them: a bundle is written beside each")
		}
		of[out] = a
		outs = append(outs, out)
	}
	return outs, nil
}

// alreadySigned looks at a bundle that stands where one is to be written. A run
// that died is finished by running it again, so what verifies for these bytes
// and this signer is kept; anything else is replaced only with force.
func (s *signing) alreadySigned(ctx context.Context, out string, a *artifact.Artifact, force bool) (*verify.Verdict, error) {
	found, err := material.ReadFile(out)
	if errors.Is(err, os.ErrNotExist) || force {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	var why error
	for _, f := range found {
		if why = f.Err; why != nil {
			continue
		}
		p := &verify.Policy{Require: verify.RequireSignature}
		s.expect(p, f.Bundle)
		verdict, err := s.verifier.Verify(f.Bundle, a.ResourceDescriptor, p)
		if err == nil {
			return verdict, nil
		}
		why = err
	}
	return nil, withHint(usagef("%s stands there and is no bundle of this signer for sha256:%s: %v", shown(out), a.GetDigest()["sha256"], why),
		"--force replaces it")
}

// writeBundles writes bundles as JSON, one a line where there are several.
func (env *Env) writeBundles(ctx context.Context, out string, force bool, bundles ...*bundle.Bundle) error {
	lines := make([][]byte, len(bundles))
	for i, b := range bundles {
		var err error
		if lines[i], err = b.MarshalJSON(); err != nil {
			return err
		}
	}
	return env.writeOutput(ctx, out, force, func(w io.Writer) error { return writeLines(w, lines) })
}
