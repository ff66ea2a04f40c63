package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/provenance"
	"github.com/hallmark-project/hallmark/verify"
)

func attestCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "attest",
		Usage: "make provenance for artifacts and sign it, all in one file",
		UsageText: "hallmark attest dist/*\n" +
			"hallmark attest -o provenance.intoto.jsonl --checksums dist/SHA256SUMS\n" +
			"hallmark attest --predicate widget.spdx.json widget.tar.gz",
		ArgsUsage: "ARTIFACT...",
		Description: "What is attested of the image oci://REGISTRY/REPOSITORY:TAG, or @DIGEST, goes to\n" +
			"its registry, as a bundle that refers to it. An index and its images are\n" +
			"attested each for itself." + identityHelp(),
		Category: maintainers,
		Flags: append(append(append(signingFlags(), recordFlags()...), predicateFlags()...),
			fromFlag(),
			storeFlag(),
			checksumsFlag(),
			platformFlag(),
			outputFlag("write the bundles to `FILE`, one a line"),
			forceFlag(),
			formatFlag("text", "json"),
			quietFlag(),
		),
		Action: func(c *cli.Context) error { return runAttest(c.Context, env, c) },
	}
}

func runAttest(ctx context.Context, env *Env, c *cli.Context) error {
	if err := checkStreams(c); err != nil {
		return err
	}
	if err := checkPredicateFlags(c); err != nil {
		return err
	}
	store, err := env.storeFromFlags(c)
	if err != nil {
		return err
	}
	key, err := env.signingKey(ctx, c)
	if err != nil {
		return err
	}
	set, images, err := env.artifactsAndImages(ctx, c, c.Duration("retry-for"), artifact.Options{})
	if err != nil {
		return err
	}
	if err := leaveOutBundles(set, cmp.Or(c.String("output"), severalPath)); err != nil {
		return err
	}
	files, inRegistries := images.apart(set.Artifacts)
	if out := c.String("output"); out != "" && len(files) == 0 {
		return usagef("--output %s: an image's attestation goes to its registry", shown(out))
	}
	if len(files) > 0 {
		if err := canWrite(c.Bool("force"), attestationPath(c, files)); err != nil {
			return err
		}
	}
	s, err := env.newSigning(ctx, c, key)
	if err != nil {
		return err
	}
	defer s.ids.forget()
	s.images = images
	payloads, err := s.attested(ctx, c, files)
	if err != nil {
		return err
	}
	aboutImages, err := s.attestedImages(ctx, c, inRegistries)
	if err != nil {
		return err
	}
	if err := s.guardPrivate(ctx, c); err != nil {
		return err
	}
	done, err := s.attestFiles(ctx, c, files, payloads)
	if err != nil {
		return err
	}
	attached, failure := s.attachAll(ctx, c, inRegistries, aboutImages)
	summary := s.summary(c, true)
	if failure == nil {
		file := ""
		if len(files) > 0 {
			file = attestationPath(c, files)
		}
		summary.Stored, failure = s.storeAll(ctx, store, file, inRegistries, aboutImages)
	}
	summary.Signed, summary.Targets, summary.LeftOut = append(done, attached...), targets(c, set), leftOut(set)
	if err := env.printSigning(c, summary); err != nil {
		return err
	}
	return failure
}

// attestFiles keeps the file of bundles that stands there, or makes it.
func (s *signing) attestFiles(ctx context.Context, c *cli.Context, files []*artifact.Artifact, payloads [][]byte) ([]report.Signed, error) {
	if len(files) == 0 {
		return nil, nil
	}
	out := attestationPath(c, files)
	kept, err := s.alreadyAttested(ctx, out, payloads, c.Bool("force"))
	switch {
	case err != nil:
		return nil, err
	case kept != nil:
		// Parts are left where a run was killed when all but this was done.
		return kept, s.ids.env.parts(out, len(payloads)).remove()
	}
	return s.attest(ctx, c, out, payloads)
}

// attested are the statements to be signed: the build's provenance, or what a
// predicate says in its place.
func (s *signing) attested(ctx context.Context, c *cli.Context, artifacts []*artifact.Artifact) ([][]byte, error) {
	if len(artifacts) == 0 {
		return nil, nil
	}
	if c.IsSet("predicate") {
		return predicatePayloads(c, artifacts)
	}
	build, err := s.ids.env.build(ctx, c, s.ids)
	if err != nil {
		return nil, err
	}
	if flag := given(c, "builder-id", "build-type"); flag != "" && s.ids.job != nil && s.key == nil {
		return nil, withHint(usagef("--%s contradicts the certificate that this job will get, and nobody would believe it", flag),
			"leave it out, or sign with --key FILE")
	}
	return buildPayloads(build, artifacts)
}

// severalPath is the file for the bundles of several artifacts.
const severalPath = "multiple.intoto.jsonl"

// attestationPath is the file that the bundles go to, by the in-toto bundle
// convention: named after the artifact, or multiple for several.
func attestationPath(c *cli.Context, artifacts []*artifact.Artifact) string {
	switch out := c.String("output"); {
	case out != "":
		return out
	case len(artifacts) == 1 && artifacts[0].Path != "":
		return artifacts[0].Path + ".intoto.jsonl"
	}
	return severalPath
}

// attest signs the statements side by side and writes all bundles at once. One
// that fails does not stop the others: what is finished by then need not be
// signed again.
func (s *signing) attest(ctx context.Context, c *cli.Context, out string, payloads [][]byte) ([]report.Signed, error) {
	progress := s.ids.env.stage(c.Bool("quiet"), "attesting", inItems)
	defer progress.Done()
	progress.Total(int64(len(payloads)))
	p := s.ids.env.parts(out, len(payloads))
	signed := make([]signedStatement, len(payloads))
	failures := make([]error, len(payloads))
	var g errgroup.Group
	g.SetLimit(maxInFlight)
	for i, payload := range payloads {
		g.Go(func() error {
			signed[i], failures[i] = s.part(ctx, p, payload)
			progress.Add(1)
			return nil
		})
	}
	_ = g.Wait()
	if err := ofSeveral(failures, p.folder); err != nil {
		return nil, err
	}
	bundles := make([]*bundle.Bundle, len(signed))
	summary := make([]report.Signed, len(signed))
	for i, one := range signed {
		bundles[i] = one.bundle
		summary[i] = report.Signed{Name: out, Bundle: out, Verdict: one.verdict, Artifacts: one.verdict.Statement.Subjects, Kept: one.kept}
	}
	if err := s.ids.env.writeBundles(ctx, out, c.Bool("force"), bundles...); err != nil {
		return nil, err
	}
	return summary, p.remove()
}

// signedStatement is a bundle and what verifying it established.
type signedStatement struct {
	bundle  *bundle.Bundle
	verdict *verify.Verdict
	kept    bool // an earlier run signed it
}

// statement signs a payload and has the bundle verified for one of its
// subjects.
func (s *signing) statement(ctx context.Context, payload []byte, subject *intoto.ResourceDescriptor, job *provenance.Claims) (signedStatement, error) {
	b, err := s.signer.Statement(ctx, payload)
	if err != nil {
		return signedStatement{}, err
	}
	verdict, err := s.check(b, subject, s.statementPolicy(b, job))
	return signedStatement{b, verdict, false}, err
}

// statementPolicy asks of a job's provenance that the certificate bears out
// every fact. Which event and runner may release is for whoever verifies to
// say. Of any other statement, and of what a key signed, it asks who signed.
func (s *signing) statementPolicy(b *bundle.Bundle, job *provenance.Claims) *verify.Policy {
	if job == nil || s.key != nil {
		return &verify.Policy{PredicateTypes: []string{predicateTypeOf(b)}}
	}
	return &verify.Policy{Require: verify.RequireProvenance, Commit: job.SHA, SignerDigest: job.JobWorkflowSHA, Events: []string{job.EventName}, AllowSelfHosted: true}
}

// alreadyAttested looks at a file that stands where the bundles are to go. It is
// kept if it holds a bundle of this signer for exactly these statements.
func (s *signing) alreadyAttested(ctx context.Context, out string, payloads [][]byte, force bool) ([]report.Signed, error) {
	if out == "-" {
		return nil, nil
	}
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
	var kept []report.Signed
	for _, payload := range payloads {
		done, err := s.keptBundle(found, payload)
		if err != nil || len(found) != len(payloads) {
			return nil, withHint(usagef("%s stands there and is no attestation of this run for these artifacts", shown(out)), "--force replaces it")
		}
		kept = append(kept, report.Signed{Name: out, Bundle: out, Verdict: done.verdict, Artifacts: done.verdict.Statement.Subjects, Kept: true})
	}
	return kept, nil
}

// keptBundle looks for this signer's bundle of a statement in what was found.
func (s *signing) keptBundle(found []material.Found, payload []byte) (signedStatement, error) {
	i := slices.IndexFunc(found, func(f material.Found) bool {
		return f.Bundle != nil && string(f.Bundle.GetDsseEnvelope().GetPayload()) == string(payload)
	})
	if i < 0 {
		return signedStatement{}, errors.New("no bundle of this statement")
	}
	subject, err := firstSubject(payload)
	if err != nil {
		return signedStatement{}, err
	}
	b := found[i].Bundle
	verdict, err := s.check(b, subject, s.statementPolicy(b, s.ids.job))
	return signedStatement{b, verdict, true}, err
}
