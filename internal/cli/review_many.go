package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/review"
)

// manyFlags are those of a review of many projects.
func manyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "list", Category: groupMany, Usage: "review all projects in `FILE`, OWNER/REPO one a line"},
		&cli.StringFlag{Name: "shard", Category: groupMany, Usage: "only the part `I/N` of them"},
		&cli.StringFlag{Name: "out", Category: groupMany, Usage: "a folder for each project, in `DIR`"},
		&cli.StringFlag{Name: "merge", Category: groupMany, Usage: "sum up what --out has written to `DIR`"},
	}
}

// ofOne are the flags that are about one project, ofMerge those that mean anything
// where nothing is asked and nothing judged.
var (
	ofOne   = []string{"policy", "scorecard", "image", "pack", "sign", "emit-vsa", "identity-token", "signing-config", "yes-public-log"}
	ofMerge = []string{"merge", "list", "fail-on", "format", "output", "o", "force", "quiet"}
)

// checkMany tells whether many projects are meant, and refuses flags that then
// mean nothing, or mean something only then.
func checkMany(c *cli.Context) (bool, error) {
	list, merge := c.String("list") != "", c.String("merge") != ""
	if err := needs(c, "list", list, "shard", "out"); err != nil {
		return false, err
	}
	for _, name := range c.FlagNames() {
		switch {
		case merge && !slices.Contains(ofMerge, name):
			return false, usagef("--%s is of no use with --merge", name)
		case list && slices.Contains(ofOne, name):
			return false, usagef("--%s is of no use with --list", name)
		}
	}
	switch format := c.String("format"); {
	case (list || merge) && c.NArg() > 0:
		return false, usagef("%s beside many projects: review the one or the others", shown(c.Args().First()))
	case (list || merge) && format == "sarif":
		return false, usagef("--format sarif is for one project")
	case !list && !merge && format == "csv":
		return false, usagef("--format csv is for many projects, with --list or --merge")
	case list && !merge && c.String("out") == "":
		return false, withHint(usagef("--list needs a place for the projects' reviews"), "--out DIR")
	}
	return list || merge, nil
}

// reviewMany reviews what a list names, or sums up what that has come to.
func (env *Env) reviewMany(ctx context.Context, c *cli.Context) error {
	all := new(reviews)
	var stopped error
	if dir := c.String("merge"); dir != "" {
		if err := all.merge(ctx, env, c, dir); err != nil {
			return err
		}
	} else {
		r := &reviewer{env: env, c: c, out: c.String("out"), all: all}
		if stopped = r.prepare(ctx); stopped != nil {
			return stopped
		}
		if stopped = r.review(ctx); ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	if err := env.printReviews(ctx, c, all); err != nil {
		return err
	}
	return errors.Join(stopped, all.failure())
}

// A reviewer goes through many projects. Each has a folder of its own; one that
// is finished is not asked about again, and one that fails does not end the run.
type reviewer struct {
	env      *Env
	c        *cli.Context
	options  reviewOptions
	out      string
	projects []string // of this shard
	all      *reviews
}

// prepare finds out what is to be done, and for which projects.
func (r *reviewer) prepare(ctx context.Context) error {
	var err error
	if r.projects, err = listedProjects(r.c); err != nil {
		return err
	}
	if r.options, err = r.env.reviewOptions(ctx, r.c); err != nil {
		return err
	}
	return os.MkdirAll(r.out, 0o755)
}

// listedProjects are those of the list that are of the shard.
func listedProjects(c *cli.Context) ([]string, error) {
	path := c.String("list")
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("--list: %w", err)
	}
	defer f.Close()
	listed, err := review.ParseList(f)
	if err != nil {
		return nil, usagef("--list %s: %w", shown(path), err)
	}
	var shard review.Shard
	if s := c.String("shard"); s != "" {
		if shard, err = review.ParseShard(s); err != nil {
			return nil, usagef("--%w", err)
		}
	}
	var projects []string
	for _, p := range listed {
		if shard.Has(p) {
			projects = append(projects, p)
		}
	}
	return projects, nil
}

// review goes through the projects. An error is why it stopped before the last.
func (r *reviewer) review(ctx context.Context) error {
	for i, project := range r.projects {
		folder := filepath.Join(r.out, review.Folder(project))
		if kept, err := readReview(folder); err == nil && !r.c.Bool("force") && r.asked(kept) {
			r.all.add(r.c, kept.Report, review.Folder(project))
			continue
		}
		r.note("%s, %d of %d", project, i+1, len(r.projects))
		report, err := r.one(ctx, project, folder)
		switch {
		case err == nil:
			r.all.add(r.c, report, review.Folder(project))
		case ctx.Err() != nil:
			return err
		case errors.As(err, new(*spentError)):
			for _, left := range r.projects[i:] {
				r.all.failed(review.Failure(left, review.FailedMissing, ""), nil)
			}
			return withHint(err, "nothing is lost: %d of %s are done; run the same command again then to go on", i, counted(len(r.projects), "project"))
		default:
			failed := review.Failure(project, failedAs(err), maskTokens(err.Error()))
			r.all.failed(failed, err)
			if err := r.env.writeFailure(ctx, folder, failed); err != nil {
				return err
			}
		}
	}
	return nil
}

// asked tells whether a review that is there answers what is asked now.
func (r *reviewer) asked(kept *keptReview) bool {
	return kept.Since.Equal(r.options.since) && kept.profile == r.c.String("profile")
}

// one reviews a project, and writes all of it down.
func (r *reviewer) one(ctx context.Context, project, folder string) (*review.Report, error) {
	target, err := forge.ParseRepository(project)
	if err != nil {
		return nil, err
	}
	if err := r.spent(ctx, otherCalls); err != nil {
		return nil, err
	}
	record, err := r.env.collectProject(ctx, target, r.options)
	if err != nil {
		return nil, err
	}
	// What could not be asked now can be asked in an hour.
	if err := r.spent(ctx, 1); err != nil {
		return nil, err
	}
	trusted, err := r.env.rootOfReview(ctx, r.c, r.options.trusted)
	if err != nil {
		return nil, err
	}
	by := judging{*trusted, r.c.String("profile"), packName}
	report, err := judgeRecord(r.c, record, by)
	if err != nil {
		return nil, err
	}
	return report, r.env.writeReview(ctx, folder, record, report, by)
}

// note tells whoever waits how it goes.
func (r *reviewer) note(format string, args ...any) {
	if !r.options.quiet {
		fmt.Fprintf(r.env.Stderr, "hallmark: "+format+"\n", args...)
	}
}

// spentError is a rate limit that is used up for longer than is waited for.
type spentError struct{ until string }

func (e *spentError) Error() string { return "GitHub answers no more calls until " + e.until }

// spent ends the run where fewer calls than that are left, for longer than is
// waited for: all that followed would be unknown.
func (r *reviewer) spent(ctx context.Context, least int) error {
	b, err := r.options.client.Budget(ctx)
	if err != nil || b.Left >= least || b.Reset.Sub(r.env.Now()) <= r.options.retryFor {
		return ctx.Err() // that the limit is not known is no reason to stop
	}
	return &spentError{b.Reset.Format("15:04 UTC")}
}

// failedAs is the class of what a project failed with.
func failedAs(err error) review.Failed {
	switch {
	case errors.Is(err, forge.ErrNotFound):
		return review.FailedAbsent
	case exitCode(err) == exitRefused:
		return review.FailedRefused
	}
	return review.FailedUndecided
}
