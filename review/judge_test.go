package review_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

func TestSameRecordSameReport(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	p.History()
	encode := func() []byte {
		data, err := p.Judge(review.NoProfile).Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := encode()
	for range 3 {
		if again := encode(); !bytes.Equal(first, again) {
			t.Fatal(cmp.Diff(string(first), string(again)))
		}
	}
}

func TestGivenPolicy(t *testing.T) {
	s := reviewtest.New(t)
	tests := map[string]struct {
		policy verify.Policy
		want   review.Verdict
	}{
		"the project's":       {verify.Policy{Repository: "octo/widget"}, review.Enforced},
		"its workflow":        {verify.Policy{Repository: "octo/widget", SignerWorkflow: "octo/widget/.github/workflows/release.yml"}, review.Enforced},
		"provenance":          {verify.Policy{Repository: "octo/widget", Require: verify.RequireProvenance}, review.Enforced},
		"a level it has not":  {verify.Policy{Repository: "octo/widget", Level: 3}, review.Present},
		"another repository":  {verify.Policy{Repository: "octo/gadget"}, review.Present},
		"one version of many": {verify.Policy{Repository: "octo/widget", Version: "v1.5"}, review.Enforced},
		"other case":          {verify.Policy{Repository: "OCTO/Widget"}, review.Enforced},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := reviewtest.NewProject(t, s)
			p.History()
			report, err := review.Judge(p.Record, review.Options{Root: s.Root(), Policy: &tt.policy})
			if err != nil {
				t.Fatal(err)
			}
			if report.Verdict != tt.want {
				t.Errorf("got %s %q, want %s", report.Verdict, report.Reasons, tt.want)
			}
			if report.Identity.LearntFrom != "" {
				t.Errorf("the identity was given, and is said to be learnt from %s", report.Identity.LearntFrom)
			}
		})
	}
}

func TestJudgeRefuses(t *testing.T) {
	s := reviewtest.New(t)
	p := reviewtest.NewProject(t, s)
	if _, err := review.Judge(p.Record, review.Options{}); err == nil {
		t.Error("judged without a trusted root")
	}
	if _, err := review.Judge(p.Record, review.Options{Root: s.Root(), Policy: &verify.Policy{}}); !errors.Is(err, verify.ErrPolicy) {
		t.Errorf("a policy that names nobody: got %v", err)
	}
	p.Record.Repository.Name = "octo"
	if _, err := review.Judge(p.Record, review.Options{Root: s.Root()}); !errors.Is(err, review.ErrRecord) {
		t.Errorf("a record without repository: got %v", err)
	}
}

// What nobody asked is unknown, and a project without releases is no sinner.
func TestNothingKnown(t *testing.T) {
	s := reviewtest.New(t)
	p := reviewtest.NewProject(t, s)
	r := &review.Record{MediaType: review.RecordType, Clock: p.Clock, Repository: review.Repository{Name: "octo/widget"}}
	report, err := review.Judge(r, review.Options{Root: s.Root()})
	if err != nil {
		t.Fatal(err)
	}
	if report.Verdict != review.None {
		t.Errorf("verdict %s, want none", report.Verdict)
	}
	for _, f := range report.Findings {
		if f.Outcome != review.Unknown && f.Outcome != review.NotApplicable {
			t.Errorf("%s: %s, with nothing known", f.Name, f.Outcome)
		}
	}
}

func TestDocumentedVerification(t *testing.T) {
	s := reviewtest.New(t)
	const policy = "policy: v1\nrepo: octo/widget\n"
	tests := map[string]struct {
		readme, file string
		want         review.Outcome
	}{
		"by flags":               {"hallmark verify --repo octo/widget widget.zip", "", review.True},
		"by release":             {"hallmark verify octo/widget@v1.5.0", "", review.True},
		"by policy file":         {"hallmark verify --policy ./policy.yml widget.zip", policy, review.True},
		"by a policy of others":  {"hallmark verify --policy policy.yml widget.zip", strings.Replace(policy, "widget", "gadget", 1), review.False},
		"by a broken policy":     {"hallmark verify --policy policy.yml widget.zip", "policy: v2\n", review.False},
		"by a policy not there":  {"hallmark verify --policy policy.yml widget.zip", "", review.Unknown},
		"of an image alone":      {"hallmark verify --repo octo/gadget oci://ghcr.io/octo/widget:v1", "", review.False},
		"of an image as well":    {"hallmark verify --repo octo/gadget oci://ghcr.io/octo/widget:v1\nhallmark verify --repo octo/widget x", "", review.True},
		"one good, one that not": {"hallmark verify --repo octo/gadget x\nhallmark verify --repo octo/widget x", "", review.False},
		"in prose alone":         {"Our releases are signed.", "", review.False},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := reviewtest.NewProject(t, s)
			p.Record.Documents = nil
			p.Document(review.GuideDocument, "README.md", "", tt.readme)
			if tt.file != "" {
				p.Document(review.GuideDocument, "policy.yml", "", tt.file)
			}
			p.History()
			for _, f := range p.Judge(review.NoProfile).Findings {
				if f.Name == "verification-documented" && f.Outcome != tt.want {
					t.Errorf("got %s %v, want %s", f.Outcome, f.Cases, tt.want)
				}
			}
		})
	}
}

// Without a clone the signatures still tell, and nothing is called enforced.
func TestWithoutRepository(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	p.History()
	p.Record.Git = review.Git{Asked: review.Answer{Unknown: "no whole clone in 10m0s"}}
	report := p.Judge(review.NoProfile)
	if report.Verdict != review.Verified {
		t.Errorf("verdict %s %q, want verified", report.Verdict, report.Reasons)
	}
	for _, f := range report.Findings {
		if f.Outcome == review.False {
			t.Errorf("%s is false, which nobody could look into: %v", f.Name, f.Cases)
		}
	}
}

func TestFindings(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	p.History()
	seen := make(map[string]bool)
	for _, f := range p.Judge(review.NoProfile).Findings {
		if seen[f.Name] || f.ID == "" || f.Claim == "" || f.Grade == "" || f.Outcome == "" {
			t.Errorf("finding %+v: want a name of its own, id, claim, grade and outcome", f)
		}
		seen[f.Name] = true
	}
}

func BenchmarkJudge(b *testing.B) {
	p := reviewtest.NewProject(b, reviewtest.New(b))
	for i := range 100 {
		release := p.Prepare(i)
		for n := range 7 {
			release.Artifacts[fmt.Sprintf("widget-%d.deb", n)] = fmt.Appendf(nil, "deb %d of %s", n, release.Tag)
		}
		p.Publish(release)
	}
	options := review.Options{Root: p.Sigstore.Root()}
	for b.Loop() {
		if _, err := review.Judge(p.Record, options); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzJudge has a project say anything. There is always a report, and one that
// can be written; and nothing that it says makes a release verify.
func FuzzJudge(f *testing.F) {
	s := reviewtest.New(f)
	trusted := s.Root()
	at := time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)
	bundle := s.Attest(reviewtest.Release("v9", reviewtest.CommitOf("v9")), at, reviewtest.Subjects{"other": []byte("other")})
	f.Add("widget.zip.sig", []byte("MEUCIQ=="), []byte(reviewtest.SigningWorkflow), []byte(reviewtest.Guide), []byte(`{"badge_level":"gold"}`))
	f.Add("SHA256SUMS", []byte(strings.Repeat("ab", 32)+"  widget.zip\n"), []byte("on: push\njobs: {a: {steps: [{run: 'gh release create x'}]}}"), []byte("cosign verify-blob ${X} --key <k>"), []byte("repo.url,default_score\nocto/widget,1\n"))
	f.Add("x.intoto.jsonl", bundle, []byte("{"), []byte("\xff`"), []byte(`[{"checks":[]}]`))
	f.Fuzz(func(t *testing.T, name string, file, workflow, guide, document []byte) {
		p := reviewtest.NewProject(t, s)
		b := p.Prepare(5)
		b.Bare, b.Workflow = true, string(workflow)
		b.Files["+"+name] = file
		p.Publish(b)
		p.Document(review.GuideDocument, "SECURITY.md", "", string(guide))
		for _, kind := range []review.Kind{review.BadgeDocument, review.ScorecardDocument, review.CriticalityDocument, review.CensusDocument} {
			p.Document(kind, "document", "", string(document))
		}
		report, err := review.Judge(p.Record, review.Options{Root: trusted, Profile: review.SOSProfile})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := report.Encode(); err != nil {
			t.Error(err)
		}
		if report.Adoption != nil {
			t.Errorf("a release verifies that nobody signed: %+v", report.Adoption)
		}
	})
}
