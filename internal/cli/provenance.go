package cli

import (
	"context"
	"io"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/provenance"
)

func provenanceCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "provenance",
		Usage: "say what artifacts were built from, unsigned",
		UsageText: "hallmark provenance dist/*\n" +
			"hallmark provenance --from git -o provenance.json widget.tar.gz\n" +
			"hallmark provenance --checksums dist/SHA256SUMS",
		ArgsUsage: "ARTIFACT...",
		Category:  maintainers,
		Flags: []cli.Flag{
			fromFlag(),
			checksumsFlag(),
			identityTokenFlag(),
			retryForFlag(),
			outputFlag("write the statement to `FILE`"),
			forceFlag(),
			quietFlag(),
		},
		Action: func(c *cli.Context) error { return runProvenance(c.Context, env, c) },
	}
}

func runProvenance(ctx context.Context, env *Env, c *cli.Context) error {
	ids := env.identity(c, env.transport(c.Duration("retry-for")))
	defer ids.forget()
	build, err := env.build(ctx, env.buildSource(c), ids)
	if err != nil {
		return err
	}
	set, err := env.collect(ctx, c)
	if err != nil {
		return err
	}
	payloads, err := payloadsOf(build, set.Artifacts)
	if err != nil {
		return err
	}
	path := c.String("output")
	if path == "" {
		path = "-"
	}
	return env.writeOutput(ctx, path, c.Bool("force"), func(w io.Writer) error { return writeLines(w, payloads) })
}

// payloadsOf makes the statements about artifacts, one for each 1,024 of them,
// as the bytes that are signed.
func payloadsOf(build *provenance.Build, artifacts []*artifact.Artifact) ([][]byte, error) {
	subjects := make([]*intoto.ResourceDescriptor, len(artifacts))
	for i, a := range artifacts {
		subjects[i] = a.ResourceDescriptor
	}
	statements, err := build.Statements(subjects)
	if err != nil {
		return nil, err
	}
	payloads := make([][]byte, len(statements))
	for i, s := range statements {
		if payloads[i], err = provenance.Marshal(s); err != nil {
			return nil, err
		}
	}
	return payloads, nil
}

// writeLines writes one document a line.
func writeLines(w io.Writer, documents [][]byte) error {
	for _, d := range documents {
		if _, err := w.Write(append(d[:len(d):len(d)], '\n')); err != nil {
			return err
		}
	}
	return nil
}
