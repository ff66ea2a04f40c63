package report

import (
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// What the page shows of what may be long. The report's document has the rest.
const (
	pageAssets = 20_000
	pageCases  = 100
)

// reviewPage is a review as its page shows it.
type reviewPage struct {
	*Review
	Style    template.CSS
	Policy   string // of content
	Link     string // to the project; "" where its name is none
	Says     string // the verdict in words
	Steps    []step
	Next     review.Verdict
	Facts    []fact
	Signer   string
	Chart    chart
	Shown    []shownRelease // latest first
	Claims   []claimGroup
	Beside   string // what another's rule gives
	Asked    string // heading of the profile
	Answered []review.Answered
	Commands []string
	PackName string
	Root     string // what was trusted
}

// A step of the scale of verdicts.
type step struct {
	Verdict review.Verdict
	Here    bool
	Passed  bool
}

// A fact is a figure and what it counts.
type fact struct{ Figure, Counts string }

// A shownRelease is a release with those of its assets that the page shows.
type shownRelease struct {
	review.ReleaseCoverage
	Covered string
	Bars    []segment // of a bar 100 wide
	Adopted bool
	Notes   []string
	Left    int // assets that are not shown
}

// A claimGroup holds the claims of one outcome.
type claimGroup struct {
	Outcome review.Outcome
	Open    bool
	Claims  []shownClaim
}

type shownClaim struct {
	*review.Finding
	Left int // cases that are not shown
}

func newReviewPage(r *Review) *reviewPage {
	p := &reviewPage{Review: r, Style: template.CSS(pageStyle), Policy: pagePolicy(), Says: r.says(), Next: r.next(), Signer: r.signer(),
		Facts: r.facts(), Chart: r.chart(), Shown: r.shown(), Beside: r.scorecard(), Asked: r.profile(), Answered: r.answered(), Commands: r.commands(r.packName()), PackName: r.packName(), Root: r.root()}
	if repositoryName.MatchString(r.Project) {
		p.Link = "https://github.com/" + r.Project
	}
	passed := true
	for _, v := range verdicts {
		here := v.verdict == r.Verdict
		passed = passed && !here
		p.Steps = append(p.Steps, step{v.verdict, here, passed})
	}
	for _, g := range []claimGroup{
		{Outcome: review.False, Open: true}, {Outcome: review.Unknown}, {Outcome: review.True}, {Outcome: review.NotApplicable},
	} {
		for _, f := range r.with(g.Outcome) {
			shown := *f
			shown.Cases = f.Cases[:min(len(f.Cases), pageCases)]
			g.Claims = append(g.Claims, shownClaim{&shown, len(f.Cases) - len(shown.Cases)})
		}
		if len(g.Claims) > 0 {
			p.Claims = append(p.Claims, g)
		}
	}
	return p
}

// facts are the four figures at the top.
func (r *Review) facts() []fact {
	n, when := r.Coverage.Since, " since adoption"
	if r.Adoption == nil {
		n, when = r.Coverage.Before, ""
	}
	facts := []fact{{fmt.Sprintf("%s of %s", number(int64(n.Covered)), number(int64(n.Artifacts))), "artifacts covered" + when}}
	whole, offering := 0, 0
	for i := range r.Releases {
		if c := r.Releases[i].Count; c.Artifacts > 0 {
			offering++
			if c.Covered == c.Artifacts {
				whole++
			}
		}
	}
	facts = append(facts, fact{fmt.Sprintf("%s of %s", number(int64(whole)), number(int64(offering))), "releases covered whole"})
	if n.Downloads > 0 {
		facts = append(facts, fact{fmt.Sprintf("%d %%", n.DownloadsOfCovered*100/n.Downloads), "of downloads" + when + ", by covered artifacts"})
	}
	refused, tried := 0, 0
	for _, c := range r.Controls {
		if c.Outcome == review.True {
			refused++
		}
		if c.Outcome == review.True || c.Outcome == review.False {
			tried++
		}
	}
	if tried > 0 {
		facts = append(facts, fact{fmt.Sprintf("%d of %d", refused, tried), "negative controls refused"})
	}
	return facts
}

func (r *Review) shown() []shownRelease {
	notes := r.speakAgainst()
	room := pageAssets
	var all []shownRelease
	for _, c := range slices.Backward(r.Releases) {
		s := shownRelease{ReleaseCoverage: c, Covered: covered(c.Count), Bars: segments(&c, 100), Notes: notes[c.Tag],
			Adopted: r.Adoption != nil && c.Tag == r.Adoption.Tag}
		if len(c.Assets) > room {
			s.Left, s.Assets = len(c.Assets)-room, c.Assets[:room]
		}
		room -= len(s.Assets)
		all = append(all, s)
	}
	return all
}

// spelled is a day for people.
func spelled(t time.Time) string {
	if t.IsZero() {
		return "no date"
	}
	return t.UTC().Format("2 January 2006")
}
