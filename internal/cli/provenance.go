package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

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
			"hallmark provenance --lockfile go.sum --param target=linux dist/*",
		ArgsUsage: "ARTIFACT...",
		Category:  maintainers,
		Flags: append(recordFlags(),
			fromFlag(),
			checksumsFlag(),
			identityTokenFlag(),
			retryForFlag(),
			outputFlag("write the statement to `FILE`, or several to a folder"),
			forceFlag(),
			quietFlag(),
		),
		Action: func(c *cli.Context) error { return runProvenance(c.Context, env, c) },
	}
}

func runProvenance(ctx context.Context, env *Env, c *cli.Context) error {
	ids := env.identity(c, env.transport(c.Duration("retry-for")))
	defer ids.forget()
	build, err := env.build(ctx, c, ids)
	if err != nil {
		return err
	}
	set, err := env.collect(ctx, c)
	if err != nil {
		return err
	}
	payloads, err := buildPayloads(build, set.Artifacts)
	if err != nil {
		return err
	}
	return env.writeStatements(ctx, cmp.Or(c.String("output"), "-"), c.Bool("force"), payloads)
}

// writeStatements writes a statement a line, or a statement a file where path
// is a folder; one that ends in a slash is made.
func (env *Env) writeStatements(ctx context.Context, path string, force bool, payloads [][]byte) error {
	if info, err := os.Stat(path); !strings.HasSuffix(path, "/") && (err != nil || !info.IsDir()) {
		return env.writeOutput(ctx, path, force, func(w io.Writer) error { return writeLines(w, payloads) })
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return usagef("--output: %w", err)
	}
	for i, payload := range payloads {
		name := "provenance.json"
		if len(payloads) > 1 {
			name = fmt.Sprintf("provenance-%0*d.json", len(strconv.Itoa(len(payloads))), i+1)
		}
		if err := env.writeOutput(ctx, filepath.Join(path, name), force, func(w io.Writer) error {
			return writeLines(w, [][]byte{payload})
		}); err != nil {
			return err
		}
	}
	return nil
}

// buildPayloads makes the statements about artifacts, one for each 1,024 of
// them, as the bytes that are signed.
func buildPayloads(build *provenance.Build, artifacts []*artifact.Artifact) ([][]byte, error) {
	statements, err := build.Statements(subjectsOf(artifacts))
	if err != nil {
		return nil, err
	}
	payloads, err := payloadsOf(statements)
	if n := len(build.ResolvedDependencies) - 1; err != nil && n > 0 {
		return nil, withHint(err, "%d materials stand in each statement: name fewer with --material and --lockfile", n)
	}
	return payloads, err
}

func subjectsOf(artifacts []*artifact.Artifact) []*intoto.ResourceDescriptor {
	subjects := make([]*intoto.ResourceDescriptor, len(artifacts))
	for i, a := range artifacts {
		subjects[i] = a.ResourceDescriptor
	}
	return subjects
}

// payloadsOf fails on what would be too large for anybody to verify, which is
// the doing of whoever named so much.
func payloadsOf(statements []*intoto.Statement) ([][]byte, error) {
	payloads := make([][]byte, len(statements))
	for i, s := range statements {
		var err error
		if payloads[i], err = provenance.Marshal(s); err != nil {
			return nil, &usageError{err}
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
