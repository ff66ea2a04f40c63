package review

import (
	"fmt"
	"strings"
	"time"
)

// The items of the programme's list.

func hardening(j *judge) Answered {
	a := Answered{Name: "supply chain", Asks: "hardened pipelines and distribution: SLSA provenance is made and can be verified"}
	lowest, all := j.levels()
	switch {
	case j.adopted == nil:
		a.Outcome, a.Grade, a.Says = False, GradeA, "no release verifies"
	case !all:
		a.Outcome, a.Grade, a.Says = False, GradeA, "some artifacts since adoption are signed without provenance"
	default:
		a = j.adoptedAt(j.resting(a, "artifacts-covered"))
		a.Says = fmt.Sprintf("SLSA Build L%d at least for every covered artifact; %s", lowest, a.Says)
	}
	return a
}

// levels is the lowest SLSA Build level of what is covered since adoption, and
// whether all of it has one.
func (j *judge) levels() (lowest int, all bool) {
	lowest, all = 3, true
	for _, r := range j.sinceAdoption() {
		for _, a := range r.covered() {
			lowest = min(lowest, a.coverage.Level)
		}
	}
	return lowest, lowest > 0
}

func signing(j *judge) Answered {
	return j.adoptedAt(j.resting(Answered{Name: "signing", Asks: "artifacts are signed, and users can verify them"},
		"artifacts-covered", "verification-documented"))
}

func codeReview(j *judge) Answered {
	a := j.resting(Answered{Name: "Code-Review", Asks: "changes are reviewed before they are merged"}, "change-reviewed")
	if ad := j.report.Adoption; ad != nil && len(ad.Changes) > 0 {
		a.Completed, a.By = ad.Changes[0].Merged, "the forge, of the change that brought the signing"
	}
	return j.quoting(a, "Code-Review")
}

func branchProtection(j *judge) Answered {
	a := j.resting(Answered{Name: "Branch-Protection", Asks: "branches and tags are protected"}, "branch-protected", "tags-protected")
	for _, s := range j.record.Rules.Rulesets.Items {
		if s.Enforcement == "active" && s.Created.After(a.Completed) {
			a.Completed, a.By = s.Created.UTC(), "the forge, of its rulesets"
		}
	}
	return j.quoting(a, "Branch-Protection")
}

func pinnedDependencies(j *judge) Answered {
	return j.quoting(j.resting(Answered{Name: "Pinned-Dependencies", Asks: "what the build runs is pinned"}, "actions-pinned"), "Pinned-Dependencies")
}

func updateTool(j *judge) Answered {
	return j.quoting(j.withDocument(Answered{Name: "Dependency-Update-Tool", Asks: "a tool keeps dependencies current"}, UpdatesDocument), "Dependency-Update-Tool")
}

func fuzzing(j *judge) Answered {
	return j.quoting(j.withDocument(Answered{Name: "Fuzzing", Asks: "the project is fuzzed"}, FuzzingDocument), "Fuzzing")
}

// withDocument answers from the oldest document of a kind that the project has.
func (j *judge) withDocument(a Answered, kind Kind) Answered {
	a.Outcome, a.Grade, a.Says = Unknown, GradeC, "no such file was asked for"
	if j.record.Git.Asked.Known() {
		a.Says = "the default branch has no such file" // it may stand elsewhere
	}
	for _, d := range j.record.Documents {
		switch {
		case d.Kind != kind:
		case !d.Asked.Known():
			if a.Outcome != True {
				a.Says = d.Asked.Why()
			}
		case a.Outcome != True || d.Added.Before(a.Completed):
			a.Outcome, a.Says, a.Completed = True, "there is "+d.Name, d.Added.UTC()
			if a.By = ""; !d.Added.IsZero() {
				a.By = "the commit that added it, in its author's word"
			} else {
				a.Completed = time.Time{}
			}
			a.Evidence = []Pointer{d.Asked.pointer()}
		}
	}
	return a
}

// quoting adds what Scorecard says of a check, and takes its word where nothing
// else is known.
func (j *judge) quoting(a Answered, check string) Answered {
	const enough = 8 // of 10
	s, d := readScorecard(j.record)
	if s == nil {
		return a
	}
	for _, c := range s.Checks {
		if c.Name != check || c.Score < 0 {
			continue
		}
		a.Says += fmt.Sprintf("; Scorecard %s gave %d of 10 on %s: %s", s.Scorecard.Version, c.Score, s.Date, c.Reason)
		a.Evidence = append(a.Evidence, d.Asked.pointer())
		if a.Outcome == Unknown {
			a.Grade = d.grade("https://api.scorecard.dev/")
			if a.Outcome = False; c.Score >= enough {
				a.Outcome = True
			}
		}
	}
	return a
}

// allstar wants more than a file: Allstar's own issues, closed.
func allstar(j *judge) Answered {
	a := j.withDocument(Answered{Name: "Allstar", Asks: "Allstar is used, and what it found is remedied"}, AllstarDocument)
	issues := j.record.Issues
	if !issues.Asked.Known() {
		if a.Outcome == True {
			a.Outcome, a.Says = Unknown, a.Says+"; its issues: "+issues.Asked.Why()
		}
		return a
	}
	opened, closed := 0, 0
	var last time.Time
	for _, i := range issues.Items {
		if !i.Bot || !strings.HasPrefix(i.Title, "Security Policy violation") {
			continue
		}
		opened++
		if i.State == "closed" {
			closed++
			if i.Closed.After(last) {
				last = i.Closed
			}
		}
	}
	switch {
	case opened == 0 && a.Outcome == True:
		a.Outcome, a.Says = Unknown, a.Says+"; it has opened no issue: it may only log, or do nothing"
	case opened == 0:
		a.Says = "neither a configuration nor an issue of its own"
	default:
		a.Outcome, a.Grade = combine(outcomeOf(opened == closed), True), GradeB
		a.Says = fmt.Sprintf("it opened %d issues, of which %d are closed", opened, closed)
		a.Completed, a.By = last.UTC(), "the forge, of the last issue closed"
		a.Evidence = append(a.Evidence, issues.Asked.pointer())
	}
	return a
}

func outcomeOf(b bool) Outcome {
	if b {
		return True
	}
	return False
}

// withoutBadge tells a server that knows of no entry from one that did not answer.
func withoutBadge(r *Record, a Answered) Answered {
	for _, d := range r.Documents {
		switch text, kept := r.content(d); {
		case d.Kind != BadgeDocument:
		case !d.Asked.Known():
			a.Says = "its entry could not be had: " + d.Asked.Why()
		case kept && strings.TrimSpace(string(text)) == "[]":
			a.Outcome, a.Grade, a.Says = False, GradeB, "bestpractices.dev has no entry with its address"
			a.Evidence = []Pointer{d.Asked.pointer()}
		}
	}
	return a
}

func bestPractices(j *judge) Answered {
	a := Answered{Name: "Best Practices badge", Asks: "the project has earned OpenSSF's Best Practices badge", Outcome: Unknown, Grade: GradeC,
		Says: "its entry was not asked for"}
	b, d := readBadge(j.record)
	if b == nil {
		return withoutBadge(j.record, a)
	}
	a.Evidence, a.Grade = []Pointer{d.Asked.pointer()}, d.grade("https://www.bestpractices.dev/")
	a.Says = "its entry at bestpractices.dev says " + b.Level
	a.Outcome = outcomeOf(b.Level == "passing" || b.Level == "silver" || b.Level == "gold")
	if b.SignedReleases == "Met" && j.adopted == nil {
		a.Says += "; it says that releases are signed, and none verifies"
	}
	if first := b.FirstPassing; !first.IsZero() {
		a.Completed, a.By = first.UTC(), "bestpractices.dev"
	} else if !b.Passing.IsZero() {
		a.Completed, a.By = b.Passing.UTC(), "bestpractices.dev"
	}
	return a
}
