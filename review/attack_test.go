package review_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

var update = flag.Bool("update", false, "rewrite what the attacks come to")

// An attack is a project that looks signed and is not, or one that looks
// unsigned and is. What it comes to stands in testdata/attacks/NAME/want.
type attack struct {
	name   string
	what   string
	honest bool // no attack: it must not be taken for one
	build  func(p *reviewtest.Project)
}

// last makes an attack of a change to the last release of a good history.
func last(change ...func(*reviewtest.Build)) func(*reviewtest.Project) {
	return func(p *reviewtest.Project) { p.History(change...) }
}

// TestAttacks judges each project, and what Scorecard's rule says of it stands
// beside.
func TestAttacks(t *testing.T) {
	s := reviewtest.New(t)
	var count, rewarded atomic.Int32
	t.Run("each", func(t *testing.T) {
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				t.Parallel()
				p := reviewtest.NewProject(t, s)
				a.build(p)
				report := p.Judge(review.NoProfile)
				wantSchema(t, report)
				wantFile(t, filepath.Join("testdata", "attacks", a.name, "want"), a.what+"\n\n"+sum(report))
				if a.honest {
					return
				}
				count.Add(1)
				if report.Scorecard.Score >= 8 {
					rewarded.Add(1)
				}
			})
		}
	})
	t.Logf("%d attacks, of which the names of files alone would have earned %d a score of 8 to 10", count.Load(), rewarded.Load())
}

// sum says what a report comes to.
func sum(r *review.Report) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("verdict", "%s", r.Verdict)
	for _, why := range r.Reasons {
		line("", "%s", why)
	}
	if a := r.Adoption; a != nil {
		line("adoption", "%s, signed %s", a.Tag, a.Time.Format("2006-01-02"))
		line("identity", "%s", r.Identity.Signer)
	}
	since, before := r.Coverage.Since, r.Coverage.Before
	line("coverage", "%d of %d since adoption, %d of %d before, %d unknown", since.Covered, since.Artifacts, before.Covered, before.Artifacts, since.Unknown+before.Unknown)
	for _, f := range r.Findings {
		if f.Outcome != review.False {
			continue
		}
		line("false", "%s %s (%s)", f.ID, f.Name, f.Grade)
		for _, c := range f.Cases {
			where := strings.TrimSpace(c.Release + " " + c.Asset)
			if c.Path != "" {
				where = strings.TrimSpace(fmt.Sprintf("%s %s:%d", where, c.Path, c.Line))
			}
			line("", "  %s: %s", where, strings.ReplaceAll(c.Says, "\n", " "))
		}
	}
	var unknown []string
	for _, f := range r.Findings {
		if f.Outcome == review.Unknown {
			unknown = append(unknown, f.Name)
		}
	}
	line("unknown", "%s", strings.Join(unknown, ", "))
	for _, c := range r.Controls {
		line("control", "%s: %s %s", c.Name, c.Outcome, c.Check)
	}
	line("Scorecard", "%d of 10 for Signed-Releases", r.Scorecard.Score)
	return b.String()
}

func wantFile(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", path, diff)
	}
}
