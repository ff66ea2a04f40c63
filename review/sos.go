package review

import (
	"fmt"
	"strings"
	"time"
)

// SOS is the worksheet of the Secure Open Source Rewards programme, or of one
// that asks the same: what is there of its list, how critical the project is,
// and what speaks for which of its bands. It decides nothing.
type SOS struct {
	Since       time.Time   `json:"since"` // work completed from this day on counts
	Items       []Answered  `json:"items"`
	Criticality Criticality `json:"criticality"`
	Bands       []Band      `json:"bands"`
	Decision    string      `json:"decision"`
}

func (j *judge) assessSOS() *SOS {
	s := &SOS{Since: programmeStart, Criticality: assessCriticality(j.record),
		Decision: "the reviewer's: this worksheet says what was found and names no amount"}
	for _, answer := range []func(*judge) Answered{hardening, signing, codeReview, branchProtection, pinnedDependencies, updateTool, fuzzing, allstar, bestPractices} {
		a := answer(j)
		a.InTime = inTime(a)
		s.Items = append(s.Items, a)
	}
	s.Bands = j.bands(s)
	return s
}

func inTime(a Answered) Outcome {
	switch {
	case a.Outcome != True:
		return NotApplicable
	case a.Completed.IsZero():
		return Unknown
	case a.Completed.Before(programmeStart):
		return False
	}
	return True
}

// resting answers from findings.
func (j *judge) resting(a Answered, names ...string) Answered {
	var outcomes []Outcome
	var says []string
	for _, name := range names {
		f := j.report.finding(name)
		outcomes = append(outcomes, f.Outcome)
		a.Grade = max(a.Grade, f.Grade)
		a.Evidence = append(a.Evidence, f.evidence()...)
		switch f.Outcome {
		case True:
			says = append(says, f.Claim)
		case False:
			says = append(says, "not so: "+f.Claim)
		default:
			says = append(says, "not known: "+f.Claim)
		}
	}
	a.Findings, a.Outcome, a.Says = names, combine(outcomes...), strings.Join(says, "; ")
	if a.Outcome == NotApplicable {
		a.Outcome = False
	}
	return a
}

// adoptedAt dates an answer by the first verified release, or by what was there
// before the programme began.
func (j *judge) adoptedAt(a Answered) Answered {
	if r := j.earliest(); r != nil && r.coverage.Signed.Before(programmeStart) {
		a.Completed, a.By = r.coverage.Signed, "release "+r.Tag+", which was there before"
		return a
	}
	if ad := j.report.Adoption; ad != nil {
		a.Completed, a.By = ad.Time, ad.Clock
		for _, c := range ad.Changes {
			a.By += fmt.Sprintf(", change #%d by %s merged %s", c.Number, c.Author, c.Merged.Format("2006-01-02"))
		}
	}
	return a
}
