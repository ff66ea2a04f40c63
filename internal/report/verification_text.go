package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// Text writes the outcome for a person: one target in full, several as a table
// with every no explained below it. Hints are for the caller to print, they are
// no results.
func (v *Verification) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	if len(v.Results) == 1 {
		v.one(p, &v.Results[0])
	} else {
		v.several(p)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

func (v *Verification) one(p *page, r *Result) {
	p.line("%s", join("  ", p.paint(string(r.Status())), fileName(r.Name), shortDigest(r.Digest), r.stated()))
	p.line("")
	if r.Verdict == nil {
		p.refusals(2, r.refusals())
	} else {
		p.rows(2, v.verdictRows(r))
		p.section("claims not believed", contradictionRows(r.Verdict.NotBelieved))
		if len(r.Refused) > 0 {
			p.line("\n  refused, and not needed")
			p.refusals(4, r.Refused)
		}
	}
	if len(v.LeftOut) > 0 {
		p.line("")
		p.table(leftOutLines(v.LeftOut))
	}
}

func (v *Verification) several(p *page) {
	var lines [][]string
	for i := range v.Results {
		lines = append(lines, resultLine(&v.Results[i]))
	}
	p.table(append(lines, leftOutLines(v.LeftOut)...))
	for i := range v.Results {
		r := &v.Results[i]
		if r.Verdict == nil && aboutBundles(r.refusals()) {
			p.line("\n%s", fileName(r.Name))
			p.refusals(2, r.refusals())
		}
	}
	if !v.Root.Default {
		p.line("")
		p.rows(0, []row{v.rootRow()})
	}
	p.line("\n%s", v.total())
}

// total counts the outcomes: "2 verified, 1 rejected", or "2 verified (1 via
// SHA256SUMS)".
func (v *Verification) total() string {
	total := fmt.Sprintf("%d verified%s", v.count(Verified), v.via())
	for _, s := range []Status{Rejected, Undecided} {
		if n := v.count(s); n > 0 {
			total += fmt.Sprintf(", %d %s", n, s)
		}
	}
	return total
}

// via counts the verified targets that are so by checksum files, which it names.
func (v *Verification) via() string {
	n := 0
	var lists []string
	for i := range v.Results {
		if r := &v.Results[i]; r.Verdict != nil && r.Via != "" {
			n++
			if !slices.Contains(lists, r.Via) {
				lists = append(lists, r.Via)
			}
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d via %s)", n, names(lists))
}

// resultLine is a target's line in the table.
func resultLine(r *Result) []string {
	cells := []string{string(r.Status()), fileName(r.Name)}
	if r.Verdict == nil {
		return append(cells, summary(r.refusals()[0].Err))
	}
	d := r.Verdict
	if repository := d.Fact(verify.FactRepository).Value; repository != "" && d.Question == verify.ProvenanceQuestion {
		cells = append(cells, name(strings.TrimPrefix(repository, "https://github.com/")),
			name(strings.TrimPrefix(strings.TrimPrefix(d.Fact(verify.FactRef).Value, "refs/tags/"), "refs/")),
			Escape(prefix(d.Fact(verify.FactCommit).Value, 7)))
	} else {
		cells = append(cells, shortSigner(d.Signer))
	}
	if len(d.Times) > 0 {
		cells = append(cells, d.Times[0].Time.UTC().Format("2006-01-02"))
	} else {
		cells = append(cells, "no time")
	}
	if d.Level != nil {
		cells = append(cells, fmt.Sprintf("L%d", d.Level.Build))
	}
	if r.Via != "" {
		cells = append(cells, "via "+fileName(r.Via))
	}
	if r.Stated {
		cells = append(cells, r.stated())
	}
	return cells
}

// stated warns of a digest that was not computed.
func (r *Result) stated() string {
	if !r.Stated {
		return ""
	}
	return "digest as GitHub states it"
}

func shortSigner(s verify.Signer) string {
	if s.Key == "" {
		return name(s.Identity)
	}
	return "key " + shortDigest(map[string]string{"sha256": strings.TrimPrefix(s.Key, "sha256:")})
}

func leftOutLines(all []LeftOut) [][]string {
	var lines [][]string
	for _, l := range all {
		lines = append(lines, []string{"left out", fileName(l.Name), name(l.Reason)})
	}
	return lines
}

// colours only repeat what the word says.
var colours = map[string]string{string(Verified): "32", string(Rejected): "31", string(Undecided): "33"}

func (p *page) paint(outcome string) string {
	if !p.Color || colours[outcome] == "" {
		return outcome
	}
	return "\x1b[" + colours[outcome] + "m" + outcome + "\x1b[0m"
}
