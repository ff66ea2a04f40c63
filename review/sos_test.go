package review_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// furnished is a good project of which everything is known.
func furnished(t testing.TB) *reviewtest.Project {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	p.History()
	p.Document(review.UpdatesDocument, ".github/dependabot.yml", "", "version: 2\n")
	p.Record.Documents[len(p.Record.Documents)-1].Added = time.Date(2020, time.March, 1, 0, 0, 0, 0, time.UTC)
	p.Document(review.FuzzingDocument, "fuzz_test.go", "", "func FuzzX\n")
	p.Document(review.AllstarDocument, ".allstar/allstar.yaml", "", "optConfig:\n  optOutStrategy: true\n")
	p.Record.Issues = review.List[review.Issue]{Asked: p.Asked("issues"), Items: []review.Issue{
		{Number: 1, Title: "Security Policy violation Branch Protection", Author: "allstar-app[bot]", Bot: true, State: "closed", Closed: reviewtest.FirstRelease},
		{Number: 2, Title: "Security Policy violation by a person", Author: "dev", State: "open"},
	}}
	p.Document(review.BadgeDocument, "projects.json", "", `[{"badge_level":"passing","first_achieved_passing_at":"2022-05-01T10:00:00.000Z","signed_releases_status":"Met"}]`)
	p.Document(review.ScorecardDocument, "scorecard.json", "", `{"date":"2026-11-01","scorecard":{"version":"v5.3.0"},"score":7.1,"checks":[`+
		`{"name":"Code-Review","score":9,"reason":"reviewed"},{"name":"Fuzzing","score":0,"reason":"none"}]}`)
	p.Document(review.CensusDocument, "census.txt", "", "github.com/other/thing\nhttps://github.com/Octo/Widget\n")
	p.Document(review.CriticalityDocument, "criticality.csv", "",
		"repo.url,legacy.created_since,legacy.updated_since,legacy.contributor_count\nhttps://github.com/octo/widget,96,0,140\n")
	return p
}

func TestSOS(t *testing.T) {
	s := furnished(t).Judge(review.SOSProfile).SOS
	var b strings.Builder
	for _, i := range s.Items {
		fmt.Fprintf(&b, "%s: %s, grade %s, completed %s by %q, in time: %s\n  %s\n", i.Name, i.Outcome, i.Grade, i.Completed.Format("2006-01-02"), i.By, i.InTime, i.Says)
	}
	c := s.Criticality
	fmt.Fprintf(&b, "\ncriticality between %.5f and %.5f, 0.6: %s, 0.7: %s, census: %s\n  missing %s\n", c.Least, c.Most, c.Reaches06, c.Reaches07, c.Census, strings.Join(c.Missing, ", "))
	for _, band := range s.Bands {
		fmt.Fprintf(&b, "\n%s: %s\n", band.Reward, band.For)
		for _, c := range band.Criteria {
			fmt.Fprintf(&b, "  %s, %s: %s\n    %s\n", c.Name, c.Kind, c.Outcome, c.Says)
		}
	}
	fmt.Fprintf(&b, "\ndecision: %s\n", s.Decision)
	wantFile(t, filepath.Join("testdata", "sos.txt"), b.String())
}

// A project of which nothing is known earns no no, and none that is unsigned a yes.
func TestSOSOfNothing(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	b := p.Prepare(0)
	b.Bare = true
	p.Publish(b)
	p.Record.Rules, p.Record.Documents, p.Record.Changes = review.Rules{}, nil, review.List[review.Change]{}
	for _, i := range p.Judge(review.SOSProfile).SOS.Items {
		want := review.Unknown
		if i.Name == "supply chain" || i.Name == "signing" {
			want = review.False
		}
		if i.Outcome != want && i.Outcome != review.Unknown {
			t.Errorf("%s: %s (%s), want %s", i.Name, i.Outcome, i.Says, want)
		}
	}
}

// What was there before the programme began is not its work.
func TestSOSOfBefore(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	for i := range 6 {
		b := p.Prepare(i)
		shift := time.Date(2021, time.May, 1, 12, 0, 0, 0, time.UTC).Sub(reviewtest.FirstRelease)
		b.Published, b.Signed, b.Committed = b.Published.Add(shift), b.Signed.Add(shift), b.Committed.Add(shift)
		p.Publish(b)
	}
	p.Adopting("v1.4.0")
	for _, i := range p.Judge(review.SOSProfile).SOS.Items[:2] {
		if i.Outcome != review.True || i.InTime != review.False {
			t.Errorf("%s: %s, in time %s (%s), want true and not in time", i.Name, i.Outcome, i.InTime, i.By)
		}
	}
}

func TestCriticality(t *testing.T) {
	const head = "repo.url,legacy.created_since,legacy.updated_since,legacy.contributor_count,legacy.org_count,legacy.commit_frequency," +
		"legacy.recent_release_count,legacy.updated_issues_count,legacy.closed_issues_count,legacy.issue_comment_frequency,legacy.github_mention_count,default_score\n"
	const url = "https://github.com/octo/widget"
	tests := map[string]struct {
		table       string
		least, most float64
		at06, at07  review.Outcome
	}{
		"official":         {head + url + ",1,1,1,1,1,1,1,1,1,1,0.65\n", 0.65, 0.65, review.True, review.False},
		"everything":       {head + url + ",120,0,5000,10,1000,26,5000,5000,15,500000,\n", 1, 1, review.True, review.True},
		"nothing":          {head + url + ",0,120,0,0,0,0,0,0,0,0,\n", 0, 0, review.False, review.False},
		"beyond the bound": {head + url + ",999,0,99999,99,9999,99,99999,99999,99,9999999,\n", 1, 1, review.True, review.True},
		"nothing known":    {head + url + ",,,,,,,,,,,\n", 0, 1, review.Unknown, review.Unknown},
		"half of it":       {"repo.url,legacy.contributor_count,legacy.github_mention_count\n" + url + ",5000,500000\n", 0.38095, 1, review.Unknown, review.Unknown},
		"another project":  {head + "https://github.com/octo/gadget,120,0,5000,10,1000,26,5000,5000,15,500000,0.9\n", 0, 1, review.Unknown, review.Unknown},
		"no table":         {"\"", 0, 1, review.Unknown, review.Unknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := reviewtest.NewProject(t, reviewtest.New(t))
			p.Document(review.CriticalityDocument, "criticality.csv", "", tt.table)
			c := p.Judge(review.SOSProfile).SOS.Criticality
			if c.Least != tt.least || c.Most != tt.most || c.Reaches06 != tt.at06 || c.Reaches07 != tt.at07 {
				t.Errorf("got %v to %v, 0.6 %s, 0.7 %s (%s), want %v to %v, %s, %s", c.Least, c.Most, c.Reaches06, c.Reaches07, c.Why, tt.least, tt.most, tt.at06, tt.at07)
			}
		})
	}
}

func TestOSPS(t *testing.T) {
	answers := furnished(t).Judge(review.OSPSProfile).OSPS
	for _, a := range answers {
		if a.Outcome != review.True {
			t.Errorf("%s: %s, want true of a project that does it all", a.Name, a.Outcome)
		}
		if a.Grade == "" || len(a.Findings) == 0 {
			t.Errorf("%s rests on nothing: %+v", a.Name, a)
		}
	}
	known := make(map[string]bool)
	for _, a := range answers {
		known[a.Name] = true
	}
	for _, f := range furnished(t).Judge(review.NoProfile).Findings {
		for _, id := range f.Baseline {
			if !known[id] {
				t.Errorf("finding %s names control %s, which the profile does not answer", f.Name, id)
			}
		}
	}
}

// A server that has no entry is told from one that did not answer.
func TestSOSBadge(t *testing.T) {
	tests := map[string]struct {
		text, unknown string
		want          review.Outcome
		says          string
	}{
		"an entry":   {`[{"badge_level":"gold"}]`, "", review.True, "says gold"},
		"in the way": {`[{"badge_level":"in_progress"}]`, "", review.False, "says in_progress"},
		"no entry":   {"[]\n", "", review.False, "no entry"},
		"no answer":  {"", "502 Bad Gateway", review.Unknown, "502 Bad Gateway"},
		"no JSON":    {"<html>", "", review.Unknown, "not asked"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := reviewtest.NewProject(t, reviewtest.New(t))
			p.Document(review.BadgeDocument, "projects.json", "", tc.text)
			p.Record.Documents[len(p.Record.Documents)-1].Asked.Unknown = tc.unknown
			for _, i := range p.Judge(review.SOSProfile).SOS.Items {
				if i.Name == "Best Practices badge" && (i.Outcome != tc.want || !strings.Contains(i.Says, tc.says)) {
					t.Errorf("%s: %s", i.Outcome, i.Says)
				}
			}
		})
	}
}
