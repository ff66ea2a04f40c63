package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"github.com/google/go-github/v82/github"
)

// Rule is one rule of a ruleset.
type Rule struct {
	Type       string          `json:"type"` // as GitHub calls it: non_fast_forward, deletion, pull_request, ...
	Parameters json.RawMessage `json:"parameters,omitempty"`
	Ruleset    int64           `json:"ruleset_id,omitempty"` // in the list of a branch
}

// Ruleset is what a repository, or its owner, demands of changes to branches or
// tags.
type Ruleset struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Target      string `json:"target"`      // branch, tag or push
	Enforcement string `json:"enforcement"` // active, evaluate or disabled
	SourceType  string `json:"source_type"` // Repository, Organization or Enterprise
	Conditions  struct {
		RefName struct {
			Include []string `json:"include"`
			Exclude []string `json:"exclude"`
		} `json:"ref_name"`
	} `json:"conditions"`
	Rules     []Rule    `json:"rules"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// Bypass is who may step around it, shown to administrators alone: nil is
	// not known, and not nobody.
	Bypass []struct {
		ID   int64  `json:"actor_id"`
		Type string `json:"actor_type"` // as GitHub calls it: RepositoryRole, Team, Integration, ...
		Mode string `json:"bypass_mode"`
	} `json:"bypass_actors"`
}

var wordPattern = regexp.MustCompile(`^[A-Za-z_]{1,100}$`)

// BranchRules lists the active rules that a branch is under. GitHub shows them
// to whoever may read the repository.
func (c *Client) BranchRules(ctx context.Context, r Repository, branch string) ([]Rule, error) {
	if err := errorsOf(r.check(), CheckTag(branch)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("rules of branch %s of %s", branch, r)
	return listed(what, func(page int) (found []Rule, resp *github.Response, err error) {
		resp, err = c.get(ctx, fmt.Sprintf("repos/%s/%s/rules/branches/%s?per_page=100&page=%d", r.Owner, r.Name, escapeRef(branch), page), &found)
		return found, resp, err
	}, func(rule Rule) (Rule, error) { return rule, checkRule(what, rule) })
}

func checkRule(what string, rule Rule) error {
	if !wordPattern.MatchString(rule.Type) || len(rule.Parameters) > maxWords {
		return strange(what, fmt.Sprintf("a rule called %.100q", rule.Type))
	}
	return nil
}

// Rulesets lists the rulesets of a repository, those of its owner included,
// each with its rules.
func (c *Client) Rulesets(ctx context.Context, r Repository) ([]Ruleset, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := "rulesets of " + r.String()
	all, err := listed(what, func(page int) (found []Ruleset, resp *github.Response, err error) {
		resp, err = c.get(ctx, fmt.Sprintf("repos/%s/%s/rulesets?per_page=100&page=%d", r.Owner, r.Name, page), &found)
		return found, resp, err
	}, func(s Ruleset) (Ruleset, error) { return s, checkRuleset(what, s) })
	if err != nil {
		return nil, err
	}
	for i, s := range all { // the list leaves their rules out
		whole := Ruleset{}
		if _, err := c.get(ctx, fmt.Sprintf("repos/%s/%s/rulesets/%d", r.Owner, r.Name, s.ID), &whole); err != nil {
			return nil, failed(fmt.Sprintf("ruleset %d of %s", s.ID, r), err)
		}
		if err := checkRuleset(what, whole); err != nil {
			return nil, err
		}
		if whole.ID != s.ID {
			return nil, strange(what, fmt.Sprintf("%d is %d", s.ID, whole.ID))
		}
		all[i] = whole
	}
	return all, nil
}

func checkRuleset(what string, s Ruleset) error {
	refs := append(append([]string{}, s.Conditions.RefName.Include...), s.Conditions.RefName.Exclude...)
	for _, ref := range refs {
		if len(ref) > 1000 {
			return strange(what, fmt.Sprintf("ruleset %d has a pattern without end", s.ID))
		}
	}
	if s.ID <= 0 || len(s.Name) > 1000 || s.Target != "" && !wordPattern.MatchString(s.Target) ||
		!wordPattern.MatchString(s.Enforcement) || max(len(refs), len(s.Rules), len(s.Bypass)) > maxItems {
		return strange(what, fmt.Sprintf("ruleset %d cannot be one", s.ID))
	}
	for _, rule := range s.Rules {
		if err := checkRule(what, rule); err != nil {
			return err
		}
	}
	for _, by := range s.Bypass {
		if !wordPattern.MatchString(by.Type) || !wordPattern.MatchString(by.Mode) {
			return strange(what, fmt.Sprintf("ruleset %d may be bypassed by what cannot be", s.ID))
		}
	}
	return nil
}

// ProtectedBranches lists the branches that are under protection of either
// kind, rulesets or the older one, whose terms only administrators see.
func (c *Client) ProtectedBranches(ctx context.Context, r Repository) ([]string, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := "branches of " + r.String()
	return listed(what, func(page int) ([]*github.Branch, *github.Response, error) {
		return c.calls().Repositories.ListBranches(ctx, r.Owner, r.Name, &github.BranchListOptions{Protected: new(true), ListOptions: pageOf(page)})
	}, func(b *github.Branch) (string, error) {
		if CheckTag(b.GetName()) != nil || !b.GetProtected() {
			return "", strange(what, fmt.Sprintf("a protected branch %.100q", b.GetName()))
		}
		return b.GetName(), nil
	})
}
