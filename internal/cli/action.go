package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
)

// actionCommand is what the GitHub Actions under actions/ run. Each of its
// commands turns the inputs of a step, which are lists in one text, into the
// words of another command of hallmark, and runs that.
func actionCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "action",
		Usage: "what the steps of hallmark's GitHub Actions run",
		UsageText: "hallmark action attest --artifacts 'dist/*' --bundles out\n" +
			"hallmark action sign --artifacts 'dist/*'\n" +
			"hallmark action check --artifacts 'dist/*' --bundles out --repo octo/widget",
		Description: "A list is a text with one item a line. These commands are for the Actions of the\n" +
			"same version and promise nothing to anybody else.",
		Subcommands: []*cli.Command{
			actionAttestCommand(env),
			actionSignCommand(env),
			actionCheckCommand(env),
			actionPublishCommand(env),
			actionReviewCommand(env),
			actionVerifyCommand(env),
		},
	}
}

func actionAttestCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "attest",
		Usage: "attest what a step was given",
		Flags: slices.Concat(stepInputFlags(), handoverFlags(), stepSigningFlags(), []cli.Flag{
			bundlesFlag(),
			storeFlag(),
			&cli.BoolFlag{Name: "about-sbom", Category: groupInput, Usage: "attest what the SBOM says, not provenance"},
		}),
		Action: func(c *cli.Context) error { return runActionAttest(c.Context, env, c) },
	}
}

func runActionAttest(ctx context.Context, env *Env, c *cli.Context) error {
	in, err := env.stepInputs(ctx, c)
	if err != nil {
		return err
	}
	args := slices.Concat([]string{"attest"}, stepSigningArgs(c), passed(c, "store"))
	words := in.words
	if c.Bool("about-sbom") {
		args = append(args, "--predicate="+in.sbom)
		words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == in.sbom })
	}
	out := in.bundle(c.String("bundles"), c.Bool("about-sbom"))
	if out != "" {
		if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
			return err
		}
		args = append(args, "--output="+out)
	}
	err = env.again(ctx, in.stdin(), env.Stdout, slices.Concat(args, in.checksumArgs(), []string{"--"}, words, in.images)...)
	if err != nil || out == "" || c.Bool("about-sbom") {
		return err
	}
	return env.setOutputs(output{"bundle-path", out}, output{"provenance-name", filepath.Base(out)})
}

func actionSignCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "sign",
		Usage: "sign what a step was given, a bundle beside each",
		Flags: slices.Concat(stepInputFlags(), handoverFlags(), stepSigningFlags(), []cli.Flag{
			newChoiceFlag("signatures", groupInput, "which of it to sign", "each", "checksums"),
		}),
		Action: func(c *cli.Context) error { return runActionSign(c.Context, env, c) },
	}
}

func runActionSign(ctx context.Context, env *Env, c *cli.Context) error {
	in, err := env.stepInputs(ctx, c)
	if err != nil {
		return err
	}
	args := append([]string{"sign"}, stepSigningArgs(c)...)
	if c.String("signatures") == "checksums" {
		if len(in.checksums) == 0 {
			return withHint(usagef("there is no checksum file to sign"), "name it in the input checksums, or sign each artifact")
		}
		return env.again(ctx, nil, env.Stdout, slices.Concat(args, []string{"--"}, in.checksums)...)
	}
	return env.again(ctx, in.stdin(), env.Stdout, slices.Concat(args, in.checksumArgs(), []string{"--"}, in.words, in.images)...)
}

// stepSigningFlags are those of the commands that sign which a step can set.
func stepSigningFlags() []cli.Flag {
	return []cli.Flag{signingConfigFlag(), trustedRootFlag(), yesPublicLogFlag()}
}

func stepSigningArgs(c *cli.Context) []string {
	args := passed(c, "signing-config", "trusted-root")
	if c.Bool("yes-public-log") {
		args = append(args, "--yes-public-log")
	}
	return args
}

// passed are those of the flags that are given, to be given on.
func passed(c *cli.Context, names ...string) []string {
	var args []string
	for _, name := range names {
		if c.IsSet(name) {
			args = append(args, "--"+name+"="+c.String(name))
		}
	}
	return args
}

// again runs hallmark with other arguments as part of this run. What it runs
// stands in the job's log, for whoever wants to do the same.
func (env *Env) again(ctx context.Context, stdin io.Reader, stdout io.Writer, args ...string) error {
	inner := *env
	inner.Args, inner.Stdout = args, stdout
	if stdin != nil {
		inner.Stdin = stdin
	}
	if _, err := io.WriteString(env.Stderr, report.Command(append([]string{"hallmark"}, args...)...)+"\n"); err != nil {
		return err
	}
	return run(ctx, &inner)
}
