package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/hallmark-project/hallmark/review"
)

// Reviews is where each of many projects stands, to be shown: [Reviews.Text] for
// a terminal, [Reviews.Markdown] for a job summary, [Reviews.HTML] for a browser,
// [Reviews.CSV] for a spreadsheet, [Reviews.JSON] for programs.
type Reviews struct {
	*review.Summary
	Version string // of hallmark
}

// JSON writes the summary's own document; docs/schema/review-summary.v1.json.
func (r *Reviews) JSON(w io.Writer) error {
	document, err := r.Encode()
	if err != nil {
		return err
	}
	_, err = w.Write(escapeJSON(document))
	return err
}

// failures are all ways to have no verdict, with what each says of a project.
var failures = []struct {
	failed review.Failed
	says   string
}{
	{review.FailedRefused, "its evidence is refused"},
	{review.FailedAbsent, "no project of this name"},
	{review.FailedUndecided, "a service did not answer"},
	{review.FailedMissing, "not looked at"},
}

// standing is a project's verdict, or how it failed, as one word.
func standing(s review.Standing) string {
	if s.Failed != "" {
		return string(s.Failed)
	}
	return string(s.Verdict)
}

// A tally is how many projects stand there.
type tally struct {
	Standing string
	Projects int
}

// tallies count the projects, from the best verdict to what is missing. Where
// none stands is left out.
func (r *Reviews) tallies() []tally {
	var all []tally
	for i := range verdicts {
		all = append(all, tally{Standing: string(verdicts[len(verdicts)-1-i].verdict)})
	}
	for _, f := range failures {
		all = append(all, tally{Standing: string(f.failed)})
	}
	var some []tally
	for _, t := range all {
		for _, p := range r.Projects {
			if standing(p) == t.Standing {
				t.Projects++
			}
		}
		if t.Projects > 0 {
			some = append(some, t)
		}
	}
	return some
}

// total is how many projects there are, and where they stand, on a line.
func (r *Reviews) total() string {
	var parts []string
	for _, t := range r.tallies() {
		parts = append(parts, fmt.Sprintf("%d %s", t.Projects, t.Standing))
	}
	s := count(len(r.Projects), "project")
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	return s
}

// since is when a project began to sign, and how much it covers from then on.
func since(s review.Standing) (adopted, covers string) {
	if s.Coverage == nil {
		return "", ""
	}
	if s.Adopted.IsZero() {
		return "", covered(s.Coverage.Before)
	}
	return date(s.Adopted), covered(s.Coverage.Since)
}

// why a project has no verdict, in words.
func why(s review.Standing) string {
	for _, f := range failures {
		if f.failed == s.Failed && s.Why == "" {
			return f.says
		}
	}
	return clip(s.Why, longText)
}

// Text writes a line for each project, and how many stand where.
func (r *Reviews) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	var lines [][]string
	for _, s := range r.Projects {
		if s.Failed != "" {
			lines = append(lines, []string{standing(s), name(s.Project), why(s)})
			continue
		}
		adopted, covers := since(s)
		if adopted != "" {
			covers += " since " + adopted
		}
		if n := len(s.False); n > 0 {
			covers += "  " + against(n)
		}
		lines = append(lines, []string{standing(s), name(s.Project), covers})
	}
	p.table(lines)
	p.line("\n%s", r.total())
	_, err := io.WriteString(w, p.String())
	return err
}

func against(n int) string {
	if n == 1 {
		return "1 claim does not hold"
	}
	return fmt.Sprintf("%d claims do not hold", n)
}

// Markdown writes the same as a table. Of more projects than a job summary shows
// it has the first.
func (r *Reviews) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Release signing of %s\n\n| Project | Verdict | Signs since | Covered | Does not hold |\n|---|---|---|---|---|\n", r.total())
	for i, s := range r.Projects {
		if b.Len() > maxSummary {
			fmt.Fprintf(&b, "\n%d more are not shown.\n", len(r.Projects)-i)
			break
		}
		adopted, covers := since(s)
		if s.Failed != "" {
			covers = why(s)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code(s.Project), standing(s), adopted, prose(covers), prose(names(s.False)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
