package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hallmark-project/hallmark/review"
)

// maxComment keeps a report below what GitHub takes as one comment, 65536
// characters. The releases are what is cut.
const maxComment = 60_000

// Markdown writes the report for a pull request or an application form: the
// verdict, what it rests on, the releases with the latest first, what does not
// hold, the controls, the profile, and how to run it again.
func (r *Review) Markdown(w io.Writer) error {
	var after strings.Builder
	r.markdownClaims(&after, "Does not hold", review.False)
	r.markdownClaims(&after, "Not known", review.Unknown)
	r.markdownControls(&after)
	r.markdownProfile(&after)
	r.markdownAgain(&after)

	var b strings.Builder
	fmt.Fprintf(&b, "## Release signing of %s: %s\n\n%s.\n\n", code(r.Project), r.Verdict, prose(r.sentence()))
	for _, row := range r.summary() {
		if row.label != "" {
			fmt.Fprintf(&b, "- **%s**: ", row.label)
		} else {
			b.WriteString("  - ")
		}
		fmt.Fprintf(&b, "%s\n", prose(row.parts[0].text))
	}
	r.markdownReleases(&b, maxComment-after.Len())
	b.WriteString(after.String())
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Review) markdownReleases(b *strings.Builder, room int) {
	if len(r.Releases) == 0 {
		return
	}
	b.WriteString("\n### Releases\n\n| Release | Published | Covered | Signed | Notes |\n|---|---|---|---|---|\n")
	notes := r.speakAgainst()
	for i, c := range slices.Backward(r.Releases) {
		if b.Len() > room {
			fmt.Fprintf(b, "\n%s before these.\n", count(i+1, "release"))
			break
		}
		signed := ""
		if !c.Signed.IsZero() {
			signed = date(c.Signed)
		}
		note := failing(notes[c.Tag])
		if r.Adoption != nil && c.Tag == r.Adoption.Tag {
			note = join(", ", "adopted", note)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", code(c.Tag), date(c.Published), covered(c.Count), signed, prose(note))
	}
}

func (r *Review) markdownClaims(b *strings.Builder, heading string, o review.Outcome) {
	findings := r.with(o)
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n", heading)
	for i, f := range findings {
		if b.Len() > maxComment/2 {
			fmt.Fprintf(b, "- and %s\n", count(len(findings)-i, "claim"))
			return
		}
		fmt.Fprintf(b, "- %s (%s %s, grade %s)", prose(clip(f.Claim, longText)), prose(name(f.ID)), code(f.Name), f.Grade)
		if f.Why != "" {
			b.WriteString(": " + prose(clip(f.Why, longText)))
		}
		b.WriteByte('\n')
		for i, c := range f.Cases {
			if i == fewCases {
				fmt.Fprintf(b, "  - and %d more\n", len(f.Cases)-i)
				break
			}
			fmt.Fprintf(b, "  - %s\n", prose(join(": ", where(c), clip(c.Says, longText))))
		}
	}
}

func (r *Review) markdownControls(b *strings.Builder) {
	if len(r.Controls) == 0 {
		return
	}
	b.WriteString("\n### Controls, which must be refused\n\n| Control | Outcome | Tried on | Refused by |\n|---|---|---|---|\n")
	for _, c := range r.Controls {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", prose(name(c.Name)), controlOutcome(c.Outcome), prose(join(" ", optional(c.Release), optional(c.Asset))), prose(name(c.Check)))
	}
}

// controlOutcome is how a control went, which is true where it was refused.
func controlOutcome(o review.Outcome) string {
	switch o {
	case review.True:
		return "refused"
	case review.False:
		return "accepted"
	}
	return "not tried"
}

func (r *Review) markdownProfile(b *strings.Builder) {
	if len(r.answered()) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n| Asked | Answer | Grade | Completed | Found |\n|---|---|---|---|---|\n", upperFirst(r.profile()))
	for _, a := range r.answered() {
		fmt.Fprintf(b, "| %s: %s | %s | %s | %s | %s |\n", prose(name(a.Name)), prose(name(a.Asks)), answers[a.Outcome], a.Grade, prose(completed(a)), prose(clip(a.Says, longText)))
	}
	if r.SOS == nil {
		return
	}
	fmt.Fprintf(b, "\nCriticality score: %s. In the census: %s.\n", prose(criticality(r.SOS.Criticality)), answers[r.SOS.Criticality.Census])
	for _, band := range r.SOS.Bands {
		fmt.Fprintf(b, "\n**%s**: %s\n\n", prose(name(band.Reward)), prose(name(band.For)))
		for _, c := range band.Criteria {
			fmt.Fprintf(b, "- %s, %s: %s (%s)\n", answers[c.Outcome], prose(name(c.Kind)), prose(name(c.Name)), prose(clip(c.Says, longText)))
		}
	}
	fmt.Fprintf(b, "\nThe decision is %s.\n", prose(clip(r.SOS.Decision, longText)))
}

func (r *Review) markdownAgain(b *strings.Builder) {
	b.WriteString("\n### To run it again\n\n")
	for _, c := range r.commands(r.packName()) {
		// Indented, it is code until the line ends, whatever it holds.
		fmt.Fprintf(b, "    %s\n", c)
	}
	fmt.Fprintf(b, "\nThe record that was judged: sha256 %s.\n", code(r.Record))
}

// code is a name as code, which no forge makes a mention or a link of. One that
// would end the code or a table's cell is written as prose.
func code(s string) string {
	shown := name(s)
	if shown == "" || strings.ContainsAny(shown, "`|") || strings.TrimSpace(shown) != shown {
		return prose(fileName(s))
	}
	return "`" + shown + "`"
}

// prose makes escaped text plain in Markdown, as [markdown] does, and leaves the
// marks that mean nothing amid a line: it may be pasted where nobody renders it.
func prose(text string) string {
	const harmless = " ,;/()'\"?=-"
	var b strings.Builder
	for i, r := range text {
		before, after := text[:i], text[i+utf8.RuneLen(r):]
		switch {
		case r >= 0x80, word(r), r != '-' && strings.ContainsRune(harmless, r), r == '-' && i > 0,
			r == '.' && !strings.EqualFold(before[max(0, i-3):], "www"), // which begins a link
			r == ':' && (after == "" || after[0] == ' ' || i > 0 && digit(before[i-1]) && digit(after[0])),
			r == '_' && i > 0 && after != "" && word(rune(before[i-1])) && word(rune(after[0])):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

func word(r rune) bool {
	return r < 0x80 && digit(byte(r)) || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
