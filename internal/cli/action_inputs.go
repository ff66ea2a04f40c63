package cli

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
)

// maxInput bounds one input of a step, and maxInputLines its items: what GitHub
// hands over in an environment variable is no longer.
const (
	maxInput      = 1 << 20
	maxInputLines = 10_000
)

// stepInputFlags are the inputs that say what a step works on.
func stepInputFlags() []cli.Flag {
	text := func(name, usage string) cli.Flag {
		return &cli.StringFlag{Name: name, Category: groupInput, Usage: usage}
	}
	return []cli.Flag{
		text("artifacts", "`LIST` of files, folders and globs"),
		text("checksums", "`LIST` of checksum files; every line counts"),
		text("subject-digests", "`LIST` of NAME@sha256:DIGEST"),
		text("images", "`LIST` of images in registries"),
		text("sbom", "`FILE` that lists what the artifacts are made of"),
	}
}

func bundlesFlag() cli.Flag {
	return &cli.StringFlag{Name: "bundles", Category: groupBundles, Usage: "attestations stand in `FOLDER`"}
}

// stepInputs is what a step works on, as other commands are told it.
type stepInputs struct {
	words     []string // files, folders, globs and digests
	images    []string
	checksums []string // files
	sbom      string
	handover  *handover // nil where no other job built the artifacts
	set       *artifact.Set
}

// stepInputs reads a step's inputs, and looks at the files that they name.
func (env *Env) stepInputs(ctx context.Context, c *cli.Context) (*stepInputs, error) {
	in := &stepInputs{sbom: c.String("sbom")}
	var digests []string
	for _, list := range []struct {
		name string
		into *[]string
	}{{"artifacts", &in.words}, {"checksums", &in.checksums}, {"subject-digests", &digests}, {"images", &in.images}} {
		items, err := listInput(list.name, c.String(list.name))
		if err != nil {
			return nil, err
		}
		*list.into = items
	}
	for _, digest := range digests {
		if !strings.Contains(digest, "@sha") {
			return nil, usagef("--subject-digests: %s is not NAME@sha256:DIGEST", shown(digest))
		}
	}
	for i, image := range in.images {
		in.images[i] = imagePrefix + strings.TrimPrefix(image, imagePrefix)
	}
	// A checksum file is no subject of what it lists, and an SBOM is of nothing:
	// both are published, so both are attested.
	in.words = slices.Concat(in.words, digests, in.checksums)
	if in.sbom != "" {
		in.words = append(in.words, in.sbom)
	}
	var err error
	if in.handover, err = handoverFromFlags(c); err != nil {
		return nil, err
	}
	if in.handover != nil {
		in.words = append(in.words, in.handover.files()...)
	}
	if len(in.words) == 0 && len(in.images) == 0 {
		return nil, withHint(usagef("nothing to work on"), "name the files of the release in the input artifacts, one a line")
	}
	if len(in.words) == 0 {
		in.set = &artifact.Set{}
		return in, nil
	}
	in.set, err = artifact.Collect(ctx, in.words, artifact.Options{
		Checksums: in.checksums,
		Stdin:     env.Stdin,
		Material:  material.Recognise,
	})
	if err != nil {
		return nil, err
	}
	if in.handover != nil {
		if err := in.handover.check(in.set); err != nil {
			return nil, err
		}
	}
	if err := leaveOutBundles(in.set, ""); err != nil {
		return nil, err
	}
	// From here on the files have their names: a glob would match the bundles of
	// the step before.
	in.words = digests
	for _, a := range in.set.Artifacts {
		if a.Path != "" {
			in.words = append(in.words, a.Path)
		}
	}
	return in, nil
}

// listInput is an input of several lines: an item each, blank lines aside.
func listInput(name, text string) ([]string, error) {
	if len(text) > maxInput {
		return nil, usagef("--%s: more than %d bytes", name, maxInput)
	}
	var items []string
	for line := range strings.Lines(text) {
		item := strings.TrimSpace(line)
		switch {
		case item == "":
			continue
		case item == "-":
			return nil, usagef("--%s: a step has no standard input", name)
		case strings.ContainsFunc(item, func(r rune) bool { return r < ' ' || r == 0x7f }):
			return nil, usagef("--%s: %s has a control character", name, shown(item))
		case len(items) == maxInputLines:
			return nil, usagef("--%s: more than %d lines", name, maxInputLines)
		}
		items = append(items, item)
	}
	return items, nil
}

// bundle is the file in folder that an attestation goes to, or "" where it goes
// to registries alone.
func (in *stepInputs) bundle(folder string, aboutSBOM bool) string {
	switch {
	case len(in.words) == 0:
		return ""
	case aboutSBOM:
		return filepath.Join(folder, "sbom.intoto.jsonl")
	case len(in.set.Artifacts) == 1 && in.set.Artifacts[0].Path != "":
		return filepath.Join(folder, filepath.Base(in.set.Artifacts[0].Path)+".intoto.jsonl")
	}
	return filepath.Join(folder, severalPath)
}

// checksumArgs hand on what digests there must be.
func (in *stepInputs) checksumArgs() []string {
	var args []string
	for _, file := range in.checksums {
		args = append(args, "--checksums="+file)
	}
	if in.handover != nil {
		args = append(args, "--checksums=-")
	}
	return args
}

func (in *stepInputs) stdin() io.Reader {
	if in.handover == nil {
		return nil
	}
	return strings.NewReader(in.handover.sums)
}
