package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
)

// checksumsFlag is for every command that takes artifacts.
func checksumsFlag() cli.Flag {
	return newListFlag("checksums", groupInput, "every line of the checksum `FILE`, or of - (stdin)")
}

// collect finds and hashes what the command line names, with progress.
func (env *Env) collect(ctx context.Context, c *cli.Context, algorithms ...string) (*artifact.Set, error) {
	progress := env.stage(c.Bool("quiet"), "hashing", inBytes)
	defer progress.Done()
	return artifact.Collect(ctx, c.Args().Slice(), artifact.Options{
		Checksums:  c.StringSlice("checksums"),
		Stdin:      env.Stdin,
		Algorithms: algorithms,
		Material:   material.Recognise,
		Total:      progress.Total,
		Progress:   progress.Add,
	})
}

func leftOut(set *artifact.Set) []report.LeftOut {
	var out []report.LeftOut
	for _, l := range set.LeftOut {
		out = append(out, report.LeftOut{Name: l.Name, Reason: l.Reason})
	}
	return out
}
