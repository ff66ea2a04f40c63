package report

import (
	"fmt"

	"github.com/hallmark-project/hallmark/review"
)

// profile is what the questions are of.
func (r *Review) profile() string {
	if r.SOS != nil {
		return "what the reward programme asks"
	}
	return "OSPS Baseline " + review.OSPSVersion
}

// answeredRows are the questions of the profile.
func (r *Review) answeredRows() []row {
	var rows []row
	for _, a := range r.answered() {
		text := name(a.Name)
		if when := completed(a); when != "" {
			text += ", by " + when
		}
		rows = append(rows, row{label: answers[a.Outcome], parts: []part{{text: join(": ", text, clip(a.Says, longText)), voucher: gradeOf(a)}}})
	}
	return rows
}

// answered are the questions of whichever profile was asked for.
func (r *Review) answered() []review.Answered {
	if r.SOS != nil {
		return r.SOS.Items
	}
	return r.OSPS
}

// completed says by when what is asked was there, by whose word, and whether
// that was too early to count; nothing where it is not there.
func completed(a review.Answered) string {
	if a.Completed.IsZero() || a.Outcome != review.True {
		return ""
	}
	s := date(a.Completed)
	if a.By != "" {
		s += " (" + name(a.By) + ")"
	}
	if a.InTime == review.False {
		s += ", before the programme began"
	}
	return s
}

func gradeOf(a review.Answered) string {
	if a.Grade == "" {
		return ""
	}
	return "grade " + string(a.Grade)
}

// worksheet holds what speaks for each band, and whose the decision is.
func (r *Review) worksheet(p *page) {
	if r.SOS == nil {
		return
	}
	p.section("criticality", []row{said("score", criticality(r.SOS.Criticality)), said("census", answers[r.SOS.Criticality.Census])})
	for _, b := range r.SOS.Bands {
		p.line("")
		p.paragraph(2, name(b.Reward)+": "+name(b.For))
		var rows []row
		for _, c := range b.Criteria {
			rows = append(rows, said(answers[c.Outcome], fmt.Sprintf("%s: %s (%s)", name(c.Kind), name(c.Name), clip(c.Says, longText))))
		}
		p.rows(4, rows)
	}
	p.line("")
	p.paragraph(2, "the decision is "+clip(r.SOS.Decision, longText))
}

// criticality is the score, or the range in which it must be.
func criticality(c review.Criticality) string {
	switch {
	case c.Why != "":
		return "not known: " + clip(c.Why, longText)
	case c.Official:
		return fmt.Sprintf("%.2f, as given", c.Least)
	case len(c.Missing) == 0:
		return fmt.Sprintf("%.2f", c.Least)
	}
	return fmt.Sprintf("between %.2f and %.2f; missing are %s", c.Least, c.Most, names(c.Missing))
}
