package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
)

// checksumsFlag is for every command that takes artifacts.
func checksumsFlag() cli.Flag {
	return newListFlag("checksums", groupInput, "every line of the checksum `FILE`, or of -")
}

// collect finds and hashes what the command line names, with progress.
func (env *Env) collect(ctx context.Context, c *cli.Context, algorithms ...string) (*artifact.Set, error) {
	return env.collectWords(ctx, c, c.Args().Slice(), artifact.Options{Algorithms: algorithms})
}

// collectWords does so with some of the command line's words, and as o says.
func (env *Env) collectWords(ctx context.Context, c *cli.Context, words []string, o artifact.Options) (*artifact.Set, error) {
	progress := env.stage(c.Bool("quiet"), "hashing", inBytes)
	defer progress.Done()
	o.Checksums, o.Stdin = c.StringSlice("checksums"), env.Stdin
	o.Material, o.Total, o.Progress = material.Recognise, progress.Total, progress.Add
	set, err := artifact.Collect(ctx, words, o)
	if err == nil {
		env.warnOfEmpty(set)
	}
	return set, err
}

// warnOfEmpty tells of files without content: nothing forbids them, and hardly
// anybody means one.
func (env *Env) warnOfEmpty(set *artifact.Set) {
	var empty []string
	for _, a := range set.Artifacts {
		if a.Path != "" && a.Size == 0 {
			empty = append(empty, a.Name)
		}
	}
	switch n := len(empty); {
	case n == 1:
		env.warnf("%s is empty: a file of 0 bytes", empty[0])
	case n > 1:
		env.warnf("%s and %d more are empty: files of 0 bytes", empty[0], n-1)
	}
}

// leaveOutBundles takes the work of earlier runs off the artifacts: bundles that
// stand beside an artifact under its name, out and its parts, and what a run that
// was killed had not finished writing. A command is repeated with the words that
// a shell makes of dist/*, and those name its work by then.
func leaveOutBundles(set *artifact.Set, out string) error {
	of := make(map[string]string) // the bundle's path -> what it is of
	for _, a := range set.Artifacts {
		if a.Path != "" {
			of[a.Path+".sigstore.json"], of[a.Path+".intoto.jsonl"] = "bundle of "+a.Name, "bundle of "+a.Name
		}
	}
	if out != "" {
		of[filepath.Clean(out)] = "it is what is written"
	}
	set.Artifacts = slices.DeleteFunc(set.Artifacts, func(a *artifact.Artifact) bool {
		reason := of[a.Path]
		switch dir, name := filepath.Split(a.Path); {
		case isTemporary(name):
			reason = "unfinished file of a run that was killed"
		case out != "" && filepath.Clean(dir) == partsFolder(out):
			reason = "part of what is written"
		}
		if reason != "" {
			set.LeftOut = append(set.LeftOut, artifact.LeftOut{Name: a.Name, Reason: reason})
		}
		return reason != ""
	})
	slices.SortStableFunc(set.LeftOut, func(a, b artifact.LeftOut) int { return strings.Compare(a.Name, b.Name) })
	if len(set.Artifacts) == 0 {
		return usagef("%s is all there is to work on, and what is written", shown(out))
	}
	return nil
}

// targets are the words of the command line that name the artifacts of set:
// what whoever verifies them is told to say.
func targets(c *cli.Context, set *artifact.Set) []string {
	words := slices.DeleteFunc(c.Args().Slice(), func(word string) bool {
		if strings.HasPrefix(word, imagePrefix) {
			return true
		}
		same := func(a *artifact.Artifact) bool { return a.Path == filepath.Clean(word) }
		info, err := os.Stat(word)
		return err == nil && info.Mode().IsRegular() && !slices.ContainsFunc(set.Artifacts, same)
	})
	for _, file := range c.StringSlice("checksums") {
		words = append(words, "--checksums", file)
	}
	return words
}

func leftOut(set *artifact.Set) []report.LeftOut {
	var out []report.LeftOut
	for _, l := range set.LeftOut {
		out = append(out, report.LeftOut{Name: l.Name, Reason: l.Reason})
	}
	return out
}
