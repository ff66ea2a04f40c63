package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/gitclone"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/workflow"
)

const (
	workflowFolder = ".github/workflows"
	maxSteps       = 300 // changes of workflows that are looked at, the newest
	maxCommits     = 500 // of releases, the newest, whose workflows are read
	maxTags        = 20_000
	maxAdoptions   = 5 // of them that brought signing
)

// gitHubOrigin is where repositories are cloned from.
const gitHubOrigin = "https://github.com"

// clonePassed are the variables that tell git the way to the network.
var clonePassed = []string{"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR"}

// readHistory clones the repository, and reads tags, workflows and texts. It is
// unknown where there is no clone.
func (c *collector) readHistory(ctx context.Context) error {
	origin, o := gitHubOrigin, gitclone.Options{}
	if c.env.gitOrigin != "" {
		origin, o.Protocols = c.env.gitOrigin, []string{"file"}
	}
	for _, name := range clonePassed {
		if value := c.env.getenv(name); value != "" {
			o.Environment = append(o.Environment, name+"="+value)
		}
	}
	progress := c.env.stage(c.options.quiet, "cloning", inItems)
	defer progress.Done()
	g := &c.record.Git
	g.Asked = review.Answer{Source: fmt.Sprintf("%s/%s.git", origin, c.project), Time: c.now()}
	var err error
	if c.clone, err = gitclone.Clone(ctx, g.Asked.Source, c.dir, o); err == nil {
		err = c.readClone(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		c.clone = nil
		*g = review.Git{Asked: g.Asked}
		g.Asked.Unknown = err.Error()
		c.env.warnf("what only the repository shows is unknown: %v", err)
	}
	return nil
}

func (c *collector) readClone(ctx context.Context) (err error) {
	g := &c.record.Git
	if _, g.Head, err = c.clone.Head(ctx); err != nil {
		return err
	}
	if g.Tags, err = c.clone.Tags(ctx); err != nil {
		return err
	}
	var refs strings.Builder
	for _, t := range g.Tags {
		fmt.Fprintf(&refs, "%s %s refs/tags/%s\n", t.Object, t.Commit, t.Name)
	}
	g.Asked.SHA256 = c.keep([]byte(refs.String()))
	workflows, err := c.clone.Workflows(ctx, c.releaseCommits(), c.now(), c.record.Blobs)
	if err != nil {
		return err
	}
	documents, err := c.clone.Documents(ctx, g.Head, c.now(), c.record.Blobs)
	if err != nil {
		return err
	}
	c.record.Documents = slices.Concat(c.record.Documents, workflows, documents)
	return nil
}

// releaseCommits are the default branch's and those of the newest releases. Of
// too many tags only theirs stay.
func (c *collector) releaseCommits() []string {
	g, at := &c.record.Git, make(map[string]string)
	for _, t := range g.Tags {
		at[t.Name] = t.Commit
	}
	commits, named := []string{g.Head}, make(map[string]bool)
	for _, rel := range c.record.Releases.Items {
		named[rel.Tag] = true
		if commit := at[rel.Tag]; commit != "" && !slices.Contains(commits, commit) && len(commits) <= maxCommits {
			commits = append(commits, commit)
		}
	}
	if len(g.Tags) > maxTags {
		c.env.warnf("of %d tags only those of releases are looked at", len(g.Tags))
		g.Tags = slices.DeleteFunc(g.Tags, func(t review.Tag) bool { return !named[t.Name] })
	}
	return commits
}

// askChanges looks for the changes that brought signing to the default branch,
// and asks for their pull requests.
func (c *collector) askChanges(ctx context.Context) error {
	changes := &c.record.Changes
	if c.clone == nil {
		changes.Asked.Unknown = c.record.Git.Asked.Why()
		return nil
	}
	adopting, err := c.adoptingSteps(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	changes.Asked = review.Answer{Source: "git log " + workflowFolder, Time: c.now(), SHA256: c.record.Git.Asked.SHA256}
	if err != nil {
		changes.Asked.Unknown = err.Error()
		return nil
	}
	for _, step := range adopting {
		var pulls []forge.Pull
		asked, err := c.ask(ctx, func(ctx context.Context) (err error) {
			pulls, err = c.client.PullsOfCommit(ctx, c.project.Repository, step.Commit)
			return err
		})
		if err != nil {
			return err
		}
		if changes.Asked = asked; !asked.Known() {
			return nil
		}
		for _, p := range pulls {
			if err := c.addChange(ctx, p, step, asked); err != nil {
				return err
			}
		}
	}
	return nil
}

// addChange adds a pull request that was merged, with what was said of it and
// the workflows before and after.
func (c *collector) addChange(ctx context.Context, p forge.Pull, step gitclone.Step, asked review.Answer) error {
	if p.MergedAt.IsZero() {
		return nil
	}
	change := review.Change{Asked: asked, Number: int64(p.Number), Title: p.Title, Author: p.Author, Merged: p.MergedAt.UTC(),
		Head: p.Head, Commit: step.Commit, Parent: step.Parent}
	said, err := c.ask(ctx, func(ctx context.Context) error {
		reviews, err := c.client.Reviews(ctx, c.project.Repository, p.Number)
		for _, r := range reviews {
			change.Reviews = append(change.Reviews, review.PullReview{Author: r.Author, Association: r.Association, State: r.State, Commit: r.Commit, Time: r.SubmittedAt.UTC()})
		}
		if err != nil {
			return err
		}
		change.MergedBy, err = c.client.MergedBy(ctx, c.project.Repository, p.Number)
		return err
	})
	if err != nil {
		return err
	}
	if !said.Known() {
		c.record.Changes.Asked = said
		return nil
	}
	c.record.Changes.Items = append(c.record.Changes.Items, change)
	return nil
}

// adoptingSteps are the changes after which a workflow signs and before which
// none did, oldest first. Their workflows become part of the record.
func (c *collector) adoptingSteps(ctx context.Context) ([]gitclone.Step, error) {
	steps, err := c.clone.Steps(ctx, workflowFolder, maxSteps)
	if err != nil {
		return nil, err
	}
	var adopting []gitclone.Step
	signed := false
	for _, step := range slices.Backward(steps) {
		after, signs, err := c.workflowsAt(ctx, step.Commit)
		if err != nil {
			return nil, err
		}
		was := signed
		if signed = signs; !signs || was || len(adopting) == maxAdoptions {
			continue
		}
		var before []review.Document
		if step.Parent != "" {
			if before, _, err = c.workflowsAt(ctx, step.Parent); err != nil {
				return nil, err
			}
		}
		adopting = append(adopting, step)
		for _, d := range slices.Concat(after, before) {
			if !slices.Contains(c.record.Documents, d) {
				c.record.Documents = append(c.record.Documents, d)
			}
		}
	}
	return adopting, nil
}

// workflowsAt reads the workflows at a commit, and whether one of them signs.
func (c *collector) workflowsAt(ctx context.Context, commit string) ([]review.Document, bool, error) {
	texts := review.Blobs{}
	documents, err := c.clone.Workflows(ctx, []string{commit}, c.record.Clock, texts)
	if err != nil {
		return nil, false, err
	}
	var linked, own []*workflow.Workflow
	for _, d := range documents {
		parse, action := workflow.Parse, strings.HasPrefix(path.Base(d.Name), "action.")
		if action {
			parse = workflow.ParseAction
		}
		w, err := parse(d.Name, texts[d.Asked.SHA256])
		if err != nil {
			continue // the judgement says so
		}
		if linked = append(linked, w); !action {
			own = append(own, w)
		}
	}
	workflow.Link("", linked)
	signs := slices.ContainsFunc(own, func(w *workflow.Workflow) bool { return len(w.Signs()) > 0 })
	if signs {
		for _, text := range texts {
			c.keep(text)
		}
	}
	return documents, signs, nil
}

// describeCommits adds the commits that the judgement will ask about.
func (c *collector) describeCommits(ctx context.Context) error {
	if c.clone == nil {
		return nil
	}
	var err error
	c.record.Git.Commits, err = c.clone.Commits(ctx, c.record.WantedCommits())
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		c.record.Git.Asked.Unknown = err.Error()
	}
	return nil
}
