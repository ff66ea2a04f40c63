package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

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
	outputs := []output{{"report", document}, {"pack", evidence}}
	// What is said is said of the pack: anybody who is handed it finds the same.
	for _, form := range []struct{ name, format, file string }{
		{"page", "html", "review.html"}, {"sarif", "sarif", "review.sarif"}, {"summary", "markdown", "review.md"},
	} {
		out := filepath.Join(folder, form.file)
		args := append([]string{"review", "--format=" + form.format, "--force", "--output=" + out}, passed(c, "trusted-root")...)
		if err := env.again(ctx, nil, env.Stdout, append(args, "--", evidence)...); err != nil {
			return err
		}
		outputs = append(outputs, output{form.name, out})
	}
	if err := env.setOutputs(outputs...); err != nil {
		return err
	}
	env.addJobSummary(func(w io.Writer) error { return copySummary(w, filepath.Join(folder, "review.md")) })
	args = append([]string{"review", "--format=text"}, passed(c, "fail-on", "trusted-root")...)
	return env.again(ctx, nil, env.Stdout, append(args, "--", evidence)...)
}

// maxReviewSummary is somewhat less than what GitHub shows of a step's summary.
const maxReviewSummary = 1000 << 10

// copySummary writes a report where a job's readers look, if it can be shown there.
func copySummary(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > maxReviewSummary {
		return errors.Join(err, fmt.Errorf("%s is too long for one", shown(path)))
	}
	_, err = io.Copy(w, f)
	return err
}
