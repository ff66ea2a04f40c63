package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/pack"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/review"
)

// reviews are where many projects stand.
type reviews struct {
	standings []review.Standing
	errs      []error // of those that failed, and what --fail-on makes of the others
}

func (all *reviews) add(c *cli.Context, r *review.Report, folder string) {
	all.failed(r.Standing(folder), failedReview(r, c.String("fail-on")))
}

func (all *reviews) failed(s review.Standing, err error) {
	all.standings = append(all.standings, s)
	if err != nil {
		all.errs = append(all.errs, err)
	}
}

// failure is for the exit code: what failed has been told.
func (all *reviews) failure() error {
	if len(all.errs) == 0 {
		return nil
	}
	return alreadyReported(errors.Join(all.errs...))
}

// merge sums up the projects' folders in dir. A report without the evidence that
// it is about is not believed; what it says of that evidence is.
func (all *reviews) merge(ctx context.Context, env *Env, c *cli.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return usagef("--merge: %w", err)
	}
	there := make(map[string]bool)
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		there[entry.Name()] = true
		if err := all.mergeOne(c, filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	if c.String("list") == "" {
		return nil
	}
	listed, err := listedProjects(c)
	if err != nil {
		return err
	}
	for _, project := range listed {
		if !there[review.Folder(project)] {
			all.failed(review.Failure(project, review.FailedMissing, ""), nil)
		}
	}
	return nil
}

// mergeOne adds what stands in one folder; one that is of something else adds
// nothing.
func (all *reviews) mergeOne(c *cli.Context, folder string) error {
	name := filepath.Base(folder)
	failed, err := readFailure(folder)
	if err == nil {
		failed.Folder = name
		all.failed(*failed, nil)
		return nil
	}
	var changed *pack.Error
	if errors.Is(err, fs.ErrNotExist) {
		kept, err := readReview(folder)
		switch {
		case err == nil:
			all.add(c, kept.Report, name)
			return nil
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case !errors.As(err, &changed):
			return err
		}
	} else if !errors.As(err, &changed) {
		return err
	}
	refused := review.Failure(strings.Replace(name, "_", "/", 1), review.FailedRefused, changed.Error())
	refused.Folder = name
	all.failed(refused, changed)
	return nil
}

// printReviews writes where the projects stand in the format that was asked for.
func (env *Env) printReviews(ctx context.Context, c *cli.Context, all *reviews) error {
	shows := &report.Reviews{Summary: review.NewSummary(all.standings), Version: env.Version}
	write := func(w io.Writer) error {
		o := report.TextOptions{}
		if c.String("output") == "" {
			o = env.textOptions()
		}
		return shows.Text(w, o)
	}
	switch c.String("format") {
	case "json":
		write = shows.JSON
	case "csv":
		write = shows.CSV
	case "markdown":
		write = shows.Markdown
	case "html":
		write = shows.HTML
	}
	if path := c.String("output"); path != "" {
		return env.writeOutput(ctx, path, c.Bool("force"), write)
	}
	return write(env.Stdout)
}
