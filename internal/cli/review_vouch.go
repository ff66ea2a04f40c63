package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/provenance"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// vouchFlags are those of whoever vouches for what a review has found.
func vouchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "emit-vsa", Category: groupOutput, Usage: "write a SLSA verification summary of each release to `FILE`"},
		&cli.BoolFlag{Name: "sign", Category: groupSigning, Usage: "sign such summaries, and write their bundles"},
		identityTokenFlag(),
		signingConfigFlag(),
		yesPublicLogFlag(),
	}
}

// checkVouch refuses what could not be written or signed, before hours of
// collecting.
func checkVouch(c *cli.Context) error {
	if err := needs(c, "sign", c.Bool("sign"), "identity-token", "signing-config", "yes-public-log"); err != nil {
		return err
	}
	path := c.String("emit-vsa")
	if path == "-" {
		return withHint(usagef("--emit-vsa -: standard output is for the report"), "--emit-vsa FILE")
	}
	return notThere(c, path)
}

// notThere refuses a file that would be replaced.
func notThere(c *cli.Context, path string) error {
	if _, err := os.Lstat(path); err == nil && !c.Bool("force") {
		return withHint(usagef("%s exists, and summaries of another review differ", shown(path)), "--force replaces it")
	}
	return nil
}

// maxVouching bounds how many summaries are signed at a time.
const maxVouching = 8

// vouch writes a verification summary of each release, signed by whoever runs
// this where that is asked for.
func (env *Env) vouch(ctx context.Context, c *cli.Context, r *review.Report, private bool) error {
	path := c.String("emit-vsa")
	if path == "" && !c.Bool("sign") {
		return nil
	}
	path = cmp.Or(path, review.Folder(r.Project)+".vsa.jsonl")
	if err := notThere(c, path); err != nil {
		return err
	}
	if private && c.Bool("sign") && !c.Bool("yes-public-log") {
		return withHint(usagef("%s is private: signing would publish its name and the digests of its files in a log for ever", r.Project),
			"--yes-public-log if that is meant, or --signing-config FILE with it for a Sigstore of your own")
	}
	unknown, err := (&verify.Policy{Repository: r.Project}).YAML()
	if err != nil {
		return err
	}
	shows := &report.Review{Report: r, Version: env.Version}
	statements, err := shows.VSAs(report.VSA{Version: cmp.Or(env.Version, "devel"), Policy: unknown},
		func(tag string) string { return packageURL(r.Project, tag) })
	if err != nil {
		return err
	}
	if len(statements) == 0 {
		env.warnf("%s is not written: no release was decided", shown(path))
		return nil
	}
	payloads := make([][]byte, len(statements))
	for i, s := range statements {
		if payloads[i], err = provenance.Marshal(s); err != nil {
			return err
		}
	}
	if !c.Bool("sign") {
		return env.writeOutput(ctx, path, c.Bool("force"), func(w io.Writer) error { return writeLines(w, payloads) })
	}
	if err := canWrite(c.Bool("force"), path); err != nil {
		return err
	}
	signing, err := env.newSigning(ctx, c, nil)
	if err != nil {
		return err
	}
	defer signing.ids.forget()
	if err := signing.guardPrivate(ctx, c); err != nil {
		return err
	}
	bundles := make([]*bundle.Bundle, len(payloads))
	g, signingCtx := errgroup.WithContext(ctx)
	g.SetLimit(maxVouching)
	for i, payload := range payloads {
		g.Go(func() error {
			signed, err := signing.statement(signingCtx, payload, statements[i].GetSubject()[0], nil)
			if err != nil {
				return fmt.Errorf("the summary of %s: %w", statements[i].GetPredicate().GetFields()["resourceUri"].GetStringValue(), err)
			}
			bundles[i] = signed.bundle
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return env.writeBundles(ctx, path, c.Bool("force"), bundles...)
}
