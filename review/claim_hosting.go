package review

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// E14 and E15: what the forge enforces, and who looked.

func tagsProtected(j *judge) Finding {
	f := Finding{ID: "E14", Name: "tags-protected", Grade: GradeB,
		Claim: "a rule keeps the tags of releases from being moved and deleted"}
	rules := j.record.Rules.Rulesets
	if !rules.Asked.Known() {
		return f.unknown("the rules: " + rules.Asked.Why())
	}
	since := j.sinceAdoption()
	if len(since) == 0 {
		since = j.releases
	}
	var against []Case
	for _, r := range since[max(0, len(since)-latest):] {
		if !slices.ContainsFunc(rules.Items, func(s Ruleset) bool { return s.keeps("tag", "refs/tags/"+r.Tag, "") }) {
			against = append(against, Case{Release: r.Tag, Says: "no active rule holds its tag", Evidence: []Pointer{rules.Asked.pointer()}})
		}
	}
	return f.settle(len(since) > 0, against).withBypass(j, "tag")
}

// keeps tells whether an active ruleset stops both the moving and the deletion
// of a ref.
func (s Ruleset) keeps(target, ref, defaultBranch string) bool {
	if s.Target != target || s.Enforcement != "active" || !slices.Contains(s.Types, "deletion") ||
		!slices.Contains(s.Types, "update") && !slices.Contains(s.Types, "non_fast_forward") {
		return false
	}
	return s.covers(ref, defaultBranch)
}

func (s Ruleset) covers(ref, defaultBranch string) bool {
	matches := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool {
			switch p {
			case "~ALL":
				return true
			case "~DEFAULT_BRANCH":
				return ref == "refs/heads/"+defaultBranch
			}
			// GitHub matches as Ruby's File.fnmatch, where ** spans folders.
			if before, ok := strings.CutSuffix(p, "**/*"); ok {
				return strings.HasPrefix(ref, before)
			}
			ok, err := path.Match(p, ref)
			return ok && err == nil
		})
	}
	return matches(s.Include) && !matches(s.Exclude)
}

// withBypass says who may step around a rule that holds.
func (f Finding) withBypass(j *judge, target string) Finding {
	if f.Outcome != True {
		return f
	}
	for _, s := range j.record.Rules.Rulesets.Items {
		if s.Target != target || s.Enforcement != "active" {
			continue
		}
		switch {
		case !s.BypassKnown:
			f.Why = "who may bypass it is shown to administrators alone"
		case len(s.Bypass) > 0:
			f.Why = "may bypass it: " + strings.Join(s.Bypass, ", ")
		}
		if !s.Created.IsZero() {
			f.Cases = append(f.Cases, Case{Says: fmt.Sprintf("ruleset %s, since %s, last changed %s", s.Name,
				s.Created.UTC().Format("2006-01-02"), s.Updated.UTC().Format("2006-01-02")), Evidence: []Pointer{j.record.Rules.Rulesets.Asked.pointer()}})
		}
	}
	return f
}

func branchProtected(j *judge) Finding {
	f := Finding{ID: "E14", Name: "branch-protected", Grade: GradeB, Baseline: []string{"OSPS-AC-03.01", "OSPS-AC-03.02"},
		Claim: "a rule keeps the default branch from being rewritten, deleted and pushed to without review"}
	rules, classic := j.record.Rules.Rulesets, j.record.Rules.Protection
	if !rules.Asked.Known() && !classic.Asked.Known() {
		return f.unknown("the rules: " + rules.Asked.Why())
	}
	name := j.record.Repository.DefaultBranch
	ref := "refs/heads/" + name
	held := slices.ContainsFunc(rules.Items, func(s Ruleset) bool { return s.keeps("branch", ref, name) })
	reviewed := slices.ContainsFunc(rules.Items, func(s Ruleset) bool {
		return s.Target == "branch" && s.Enforcement == "active" && slices.Contains(s.Types, "pull_request") && s.covers(ref, name)
	})
	switch {
	case held && reviewed:
		return f.settle(true, nil).withBypass(j, "branch")
	case classic.Protected:
		return f.unknown("the branch is protected; how far is shown to administrators alone")
	case !rules.Asked.Known() || !classic.Asked.Known():
		return f.unknown("not every kind of protection could be asked for")
	case held:
		return f.settle(true, []Case{{Says: "changes to " + name + " need no pull request", Evidence: []Pointer{rules.Asked.pointer()}}})
	}
	return f.settle(true, []Case{{Says: "no active rule holds " + name, Evidence: []Pointer{rules.Asked.pointer()}}})
}

func changeReviewed(j *judge) Finding {
	f := Finding{ID: "E15", Name: "change-reviewed", Grade: GradeB, Baseline: []string{"OSPS-QA-07.01"},
		Claim: "somebody else approved, as it was merged, the change that brought the signing"}
	if !j.record.Changes.Asked.Known() {
		return f.unknown("the changes: " + j.record.Changes.Asked.Why())
	}
	if j.report.Adoption == nil || len(j.report.Adoption.Changes) == 0 {
		return f.unknown("no pull request is known that brought the signing")
	}
	var against []Case
	for _, c := range j.report.Adoption.Changes {
		if len(c.Reviewed) == 0 {
			against = append(against, Case{Says: fmt.Sprintf("#%d by %s, merged by %s on %s: nobody else approved what was merged", c.Number, c.Author, c.MergedBy,
				c.Merged.Format("2006-01-02")), Evidence: []Pointer{j.record.Changes.Asked.pointer()}})
		}
	}
	return f.settle(true, against)
}

// note names the change, and who approved its last commit beside its author.
// The one who merges is not thereby a reviewer.
func (c *Change) note() ChangeNote {
	n := ChangeNote{Number: c.Number, Title: c.Title, Author: c.Author, Merged: c.Merged.UTC(), MergedBy: c.MergedBy}
	for _, r := range c.Reviews {
		if r.State == "APPROVED" && r.Author != c.Author && r.Commit == c.Head && c.Head != "" && !slices.Contains(n.Reviewed, r.Author) {
			n.Reviewed = append(n.Reviewed, r.Author)
		}
	}
	return n
}
