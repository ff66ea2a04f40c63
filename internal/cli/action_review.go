package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// actionReviewCommand reviews a project and leaves its report and all that it
// rests on in a folder, whatever the verdict.
func actionReviewCommand(env *Env) *cli.Command {
	named := func(f cli.Flag) bool {
		return slices.Contains([]string{"since", "releases", "profile", "policy", "fail-on", "trusted-root"}, f.Names()[0])
	}
	return &cli.Command{
		Name:  "review",
		Usage: "review a project, and keep the evidence",
		Flags: append(slices.DeleteFunc(reviewCommand(env).Flags, func(f cli.Flag) bool { return !named(f) }),
			&cli.StringFlag{Name: "project", Category: groupCollect, Usage: "the project `OWNER/REPO`"},
			&cli.StringFlag{Name: "folder", Category: groupOutput, Usage: "leave report and evidence in `FOLDER`"}),
		Action: func(c *cli.Context) error { return runActionReview(c.Context, env, c) },
	}
}

func runActionReview(ctx context.Context, env *Env, c *cli.Context) error {
	folder := c.String("folder")
	if folder == "" || c.String("project") == "" {
		return usagef("--project and --folder are both needed")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	evidence, document := filepath.Join(folder, "review.pack"), filepath.Join(folder, "review.json")
	args := append([]string{"review", "--format=json", "--force", "--pack=" + evidence, "--output=" + document},
		passed(c, "since", "releases", "profile", "policy", "trusted-root")...)
	if err := env.again(ctx, nil, env.Stdout, append(args, "--", c.String("project"))...); err != nil {
		return err
	}
	if err := env.setOutputs(output{"report", document}, output{"pack", evidence}); err != nil {
		return err
	}
	// The verdict is the pack's: what anybody finds who is handed it.
	var text bytes.Buffer
	args = append([]string{"review", "--format=text"}, passed(c, "fail-on", "trusted-root")...)
	verdict := env.again(ctx, nil, io.MultiWriter(&text, env.Stdout), append(args, "--", evidence)...)
	env.addJobSummary(func(w io.Writer) error { return asCode(w, text.String()) })
	return verdict
}

// asCode writes text as Markdown that shows it as it is: indented, a line is code
// until it ends.
func asCode(w io.Writer, text string) error {
	var b strings.Builder
	b.WriteString("### hallmark review\n\n")
	for line := range strings.Lines(text) {
		b.WriteString("    " + line)
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}
