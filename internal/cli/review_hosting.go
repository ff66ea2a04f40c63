package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/review"
)

// askRules asks what GitHub enforces on branches and tags.
func (c *collector) askRules(ctx context.Context) error {
	rules := &c.record.Rules
	var err error
	rules.Rulesets.Asked, err = c.ask(ctx, func(ctx context.Context) error {
		all, err := c.client.Rulesets(ctx, c.project.Repository)
		for _, from := range all {
			rules.Rulesets.Items = append(rules.Rulesets.Items, newRuleset(from))
		}
		return err
	})
	if err != nil {
		return err
	}
	rules.Protection.Asked, err = c.ask(ctx, func(ctx context.Context) error {
		branches, err := c.client.ProtectedBranches(ctx, c.project.Repository)
		rules.Protection.Protected = slices.Contains(branches, c.project.DefaultBranch)
		return err
	})
	return err
}

func newRuleset(from forge.Ruleset) review.Ruleset {
	s := review.Ruleset{ID: from.ID, Name: from.Name, Target: from.Target, Enforcement: from.Enforcement,
		Include: from.Conditions.RefName.Include, Exclude: from.Conditions.RefName.Exclude,
		Created: from.CreatedAt.UTC(), Updated: from.UpdatedAt.UTC(), BypassKnown: from.Bypass != nil}
	for _, rule := range from.Rules {
		s.Types = append(s.Types, rule.Type)
		var p struct {
			Approvals int `json:"required_approving_review_count"`
		}
		if rule.Type == "pull_request" && json.Unmarshal(rule.Parameters, &p) == nil {
			s.Approvals = p.Approvals
		}
	}
	for _, by := range from.Bypass {
		s.Bypass = append(s.Bypass, fmt.Sprintf("%s %d, %s", by.Type, by.ID, by.Mode))
	}
	return s
}

// askIssues asks for what Allstar has reported.
func (c *collector) askIssues(ctx context.Context) (err error) {
	issues := &c.record.Issues
	issues.Asked, err = c.ask(ctx, func(ctx context.Context) error {
		all, err := c.client.Issues(ctx, c.project.Repository, "allstar")
		for _, i := range all {
			issues.Items = append(issues.Items, review.Issue{Number: int64(i.Number), Title: i.Title, Author: i.Author, Bot: strings.HasSuffix(i.Author, "[bot]"),
				State: i.State, Created: i.CreatedAt.UTC(), Closed: i.ClosedAt.UTC()})
		}
		return err
	})
	return err
}

// allstarFiles are where an organisation keeps Allstar's settings for all of its
// repositories.
var allstarFiles = []struct{ repository, name string }{{".allstar", "allstar.yaml"}, {".github", "allstar/allstar.yaml"}}

// askDocuments asks for what others say of the project, and adds what the
// operator has given.
func (c *collector) askDocuments(ctx context.Context) error {
	for _, f := range allstarFiles {
		d := review.Document{Kind: review.AllstarDocument, Name: c.project.Owner + "/" + f.repository + "/" + f.name}
		var text []byte
		asked, err := c.ask(ctx, func(ctx context.Context) (err error) {
			text, err = c.client.File(ctx, forge.Repository{Owner: c.project.Owner, Name: f.repository}, f.name, "")
			return err
		})
		if err != nil {
			return err
		}
		if asked.Known() {
			d.Asked = review.Answer{Source: asked.Source, Time: asked.Time, SHA256: c.keep(text)}
			c.record.Documents = append(c.record.Documents, d)
		}
	}
	if err := c.get(ctx, review.BadgeDocument, "https://www.bestpractices.dev/projects.json?url="+url.QueryEscape("https://github.com/"+c.project.String())); err != nil {
		return err
	}
	if !c.options.scorecard {
		if err := c.get(ctx, review.ScorecardDocument, "https://api.scorecard.dev/projects/github.com/"+c.project.String()); err != nil {
			return err
		}
	}
	for _, f := range c.options.files {
		c.give(f.kind, "file "+f.path, f.data)
	}
	for _, text := range c.options.trusted.Documents {
		c.give(review.RootDocument, c.options.trusted.Source, text)
	}
	return nil
}

// give adds what the operator has chosen. Where a file stood on this machine is
// nothing to hand on.
func (c *collector) give(kind review.Kind, source string, data []byte) {
	name := source
	if path, isFile := strings.CutPrefix(source, "file "); isFile {
		name = filepath.Base(path)
		source = "file " + name
	}
	c.record.Documents = append(c.record.Documents, review.Document{Kind: kind, Name: name,
		Asked: review.Answer{Source: source, Time: c.record.Clock, SHA256: c.keep(data)}})
}
