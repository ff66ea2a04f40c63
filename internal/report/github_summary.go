package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxSummary keeps a job summary well below the size from which GitHub shows
// none of it, 1 MiB for a step. The table and what explains it share it.
const maxSummary = 512 << 10

// Summary writes the outcome as Markdown for a job summary: a table of targets,
// those that are not verified first, and below it why they are not.
func (v *Verification) Summary(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### hallmark verify: %s\n\n", v.total())
	b.WriteString("| File | Digest | Outcome | Signed by | Level |\n|---|---|---|---|---|\n")
	order := v.worstFirst()
	for i, r := range order {
		if b.Len() > maxSummary/2 {
			fmt.Fprintf(&b, "\n%d more are in the log.\n", len(order)-i)
			break
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdown(fileName(r.Name)), markdown(shortDigest(r.Digest)), outcomeCell(r), signerCell(r), levelCell(r))
	}
	b.WriteString("\n")
	for _, r := range order {
		if r.Verdict == nil && b.Len() < maxSummary {
			explain(&b, r)
		}
	}
	for _, l := range v.LeftOut {
		if b.Len() < maxSummary {
			fmt.Fprintf(&b, "- left out: %s, %s\n", markdown(fileName(l.Name)), markdown(name(l.Reason)))
		}
	}
	if !v.Root.Default {
		fmt.Fprintf(&b, "\nTrusted root: %s %s\n", markdown(name(v.Root.Source)), markdown("sha256:"+name(v.Root.SHA256)))
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (v *Verification) worstFirst() []*Result {
	var all []*Result
	for i := range v.Results {
		all = append(all, &v.Results[i])
	}
	slices.SortStableFunc(all, func(a, b *Result) int {
		switch {
		case a.Verdict == nil && b.Verdict != nil:
			return -1
		case a.Verdict != nil && b.Verdict == nil:
			return 1
		}
		return 0
	})
	return all
}

func outcomeCell(r *Result) string {
	if r.Via == "" {
		return string(r.Status())
	}
	return string(r.Status()) + " via " + markdown(fileName(r.Via))
}

func signerCell(r *Result) string {
	if r.Verdict == nil {
		return ""
	}
	return markdown(shortSigner(r.Verdict.Signer))
}

func levelCell(r *Result) string {
	if r.Verdict == nil || r.Verdict.Level == nil {
		return ""
	}
	return fmt.Sprintf("SLSA Build L%d", r.Verdict.Level.Build)
}

// explain lists the refusals of a target.
func explain(b *strings.Builder, r *Result) {
	fmt.Fprintf(b, "- %s\n", markdown(fileName(r.Name)))
	for _, refusal := range r.refusals() {
		if b.Len() > maxSummary {
			return
		}
		text := markdown(summary(refusal.Err))
		if refusal.Bundle != "" {
			text = markdown(aboutWhich(refusal)) + ": " + text
		}
		fmt.Fprintf(b, "  - %s\n", text)
	}
}

// markdown makes escaped text plain in Markdown, in a table cell too: every
// character that Markdown, HTML or GitHub's autolinks could act on becomes a
// character reference, which only ever stands for itself.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && r != ' ' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
