package cli

import (
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
)

func inspectCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "inspect",
		Usage: "show what a bundle, statement or trusted root says",
		UsageText: "hallmark inspect widget.tar.gz.sigstore.json\n" +
			"hallmark inspect --format json multiple.intoto.jsonl\n" +
			"hallmark inspect - < trusted_root.json",
		ArgsUsage: "FILE...",
		Category:  downstream,
		Description: "FILE holds Sigstore bundles, DSSE envelopes, in-toto statements, trusted roots\n" +
			"or signing configs, as JSON or JSON Lines, or PEM certificates; - is standard\n" +
			"input. Nothing is checked: who signed is what the file says, not what is so.",
		Flags:  []cli.Flag{formatFlag("text", "json")},
		Action: func(c *cli.Context) error { return runInspect(env, c) },
	}
}

func runInspect(env *Env, c *cli.Context) error {
	if c.Args().Len() == 0 {
		return withHint(usagef("inspect needs a file"), "hallmark inspect FILE, or - for standard input")
	}
	var inspection report.Inspection
	for _, path := range c.Args().Slice() {
		name, data, err := readForInspection(path, env.Stdin)
		if err != nil {
			return err
		}
		inspection.Documents = append(inspection.Documents, inspectFile(name, data)...)
	}
	var err error
	if c.String("format") == "json" {
		err = inspection.JSON(env.Stdout)
	} else {
		err = inspection.Text(env.Stdout, env.textOptions())
	}
	if err != nil {
		return err
	}
	if err := inspection.Failed(); err != nil {
		return alreadyReported(err)
	}
	return nil
}

// readForInspection reads a file up to a byte beyond the limit, by which the
// excess is seen.
func readForInspection(path string, stdin io.Reader) (name string, data []byte, err error) {
	in := stdin
	name = "standard input"
	if path != "-" {
		name = path
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return "", nil, usagef("%s is a folder", shown(path))
		}
		f, err := os.Open(path)
		if err != nil {
			return "", nil, usagef("%w", err)
		}
		defer f.Close()
		in = f
	}
	data, err = io.ReadAll(io.LimitReader(in, material.MaxFile+1))
	return name, data, err
}
