package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/review"
)

// How much text shows of what may be long; the other formats have the rest.
const (
	fewReleases = 60
	fewCases    = 5
)

// Text writes the verdict in one sentence, what it rests on, the releases with
// what is covered of each, and what speaks against the project.
func (r *Review) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	p.line("%s: %s", r.sentence(), r.Verdict)
	p.rows(2, r.summary())
	r.timeline(p)
	p.claims("does not hold", r.with(review.False))
	p.claims("not known", r.with(review.Unknown))
	p.section(r.profile(), r.answeredRows())
	r.worksheet(p)
	if commands := r.commands(r.Pack); len(commands) > 0 {
		p.line("\n  to run it again")
		for _, c := range commands {
			p.line("    %s", c) // never wrapped: it is to be copied
		}
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// summary is what the verdict rests on.
func (r *Review) summary() []row {
	rows := []row{said("covered", r.coverage())}
	if n := r.Coverage.Since; n.Downloads > 0 {
		rows = append(rows, said("downloads", fmt.Sprintf("%d of %d since adoption are of covered artifacts", n.DownloadsOfCovered, n.Downloads)))
	}
	if a := r.Adoption; a != nil {
		rows = append(rows, said("adopted", r.adopted()))
	}
	rows = append(rows, said("signer", r.signer()), said("controls", r.controls()), said("names", r.scorecard()))
	label := "because"
	if next := r.next(); next != "" {
		label = "not " + string(next)
	}
	for _, why := range r.Reasons {
		rows = append(rows, said(label, clip(why, longText)))
		label = ""
	}
	rows = append(rows, said("trusted root", r.root()))
	rows = append(rows, said("judged", fmt.Sprintf("as of %s, releases since %s", moment(r.Clock), date(r.Since))))
	return slices.DeleteFunc(rows, func(r row) bool { return r.parts[0].text == "" })
}

// adopted says when signing began, by whose clock, and what brought it.
func (r *Review) adopted() string {
	a := r.Adoption
	s := fmt.Sprintf("%s, signed %s by %s", fileName(a.Tag), moment(a.Time), name(a.Clock))
	for _, c := range a.Changes {
		s += "; " + change(c)
	}
	return s
}

// change is a change of the project in words.
func change(c review.ChangeNote) string {
	s := fmt.Sprintf("change #%d by %s, merged %s by %s", c.Number, name(c.Author), date(c.Merged), name(c.MergedBy))
	if len(c.Reviewed) > 0 {
		s += ", approved by " + names(c.Reviewed)
	}
	return s
}

// timeline draws each release, the latest last.
func (r *Review) timeline(p *page) {
	if len(r.Releases) == 0 {
		return
	}
	p.line("")
	from := max(0, len(r.Releases)-fewReleases)
	if from > 0 {
		p.line("  %s before these", count(from, "release"))
	}
	notes := r.speakAgainst()
	var lines [][]string
	for i := range r.Releases[from:] {
		c := &r.Releases[from+i]
		note := failing(notes[c.Tag])
		if r.Adoption != nil && c.Tag == r.Adoption.Tag {
			note = join("  ", "adopted", note)
		}
		lines = append(lines, []string{"  " + fileName(c.Tag), date(c.Published), bar(c.Assets, c.Count), covered(c.Count), note})
	}
	p.table(lines)
}

// bar has a mark for every artifact: a block for what is covered, a cross for
// what is refused, a question mark for what is unknown and a dot for the rest.
// Of more than fit it shows shares, and the last block only for all.
func bar(assets []review.AssetCoverage, c review.Count) string {
	const most = 12
	if c.Artifacts > most {
		blocks := c.Covered * most / c.Artifacts
		return strings.Repeat("█", blocks) + strings.Repeat("·", most-blocks)
	}
	var b strings.Builder
	for _, mark := range []struct {
		sign   string
		states []review.State
	}{
		{"█", []review.State{review.Covered, review.ViaManifest}}, {"×", []review.State{review.Refused}},
		{"?", []review.State{review.UnknownState}}, {"·", []review.State{review.Uncovered}},
	} {
		for _, a := range assets {
			for _, s := range mark.states {
				if a.State == s {
					b.WriteString(mark.sign)
				}
			}
		}
	}
	return b.String()
}

// claims lists claims, each with the places that decide it below.
func (p *page) claims(heading string, findings []*review.Finding) {
	if len(findings) == 0 {
		return
	}
	p.line("\n  %s", heading)
	for _, f := range findings {
		p.paragraph(4, fmt.Sprintf("%s (%s %s, grade%s%s)", clip(f.Claim, longText), name(f.ID), name(f.Name), together, f.Grade))
		if f.Why != "" {
			p.paragraph(8, clip(f.Why, longText))
		}
		for i, c := range f.Cases {
			if i == fewCases {
				p.paragraph(8, fmt.Sprintf("and %d more", len(f.Cases)-i))
				break
			}
			p.paragraph(8, join(": ", where(c), clip(c.Says, longText)))
		}
	}
}

// paragraph writes wrapped text.
func (p *page) paragraph(indent int, text string) {
	for _, line := range wrap(text, p.width()-indent) {
		p.line("%*s%s", indent, "", line)
	}
}
