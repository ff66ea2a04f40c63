package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// stored takes the bundles out of the releases, and has GitHub keep them.
func (p *past) stored() {
	p.t.Helper()
	var bundles [][]byte
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) {
		for _, rel := range r.Releases {
			for i, a := range rel.Assets {
				if a.Name == "multiple.intoto.jsonl" {
					bundle, err := os.ReadFile(filepath.Join(filepath.Dir(p.gitHub.RequestLog()), "blobs", a.SHA256))
					p.must(err)
					bundles = append(bundles, bytes.TrimSpace(bundle))
					rel.Assets = append(rel.Assets[:i:i], rel.Assets[i+1:]...)
					break
				}
			}
		}
	}))
	for _, b := range bundles {
		p.must(p.gitHub.Attest("octo", "widget", b))
	}
}

// TestReviewStored: bundles that GitHub keeps are found, by a token at once and
// else one by one; what cannot be had is unknown, and not against the project.
func TestReviewStored(t *testing.T) {
	t.Parallel()
	const some = -1
	tests := map[string]struct {
		token   string
		faults  fakegithub.Faults
		verdict review.Verdict
		unknown int
	}{
		"many at once":             {token: "reader", verdict: review.Enforced},
		"one by one":               {verdict: review.Enforced},
		"an unknown token":         {token: "expired", verdict: review.Enforced},
		"with bundles inline":      {token: "reader", faults: fakegithub.Faults{Inline: true}, verdict: review.Enforced},
		"neither bundle nor URL":   {token: "reader", faults: fakegithub.Faults{NoBundle: true}, verdict: review.Present, unknown: 6},
		"few calls left, no token": {faults: fakegithub.Faults{Anonymous: 12}, unknown: some},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPast(t, 4, 1, 2)
			p.stored()
			p.must(p.gitHub.SetFaults(tc.faults))
			p.env["GITHUB_TOKEN"] = tc.token
			if tc.token == "expired" {
				_, errs := p.review(3, "octo/widget")
				wantIn(t, errs, "401")
				return
			}
			r := p.report()
			unknown := r.Coverage.Before.Unknown + r.Coverage.Since.Unknown
			if tc.unknown == some {
				if unknown == 0 {
					t.Errorf("nothing is unknown")
				}
			} else if r.Verdict != tc.verdict || unknown != tc.unknown {
				t.Errorf("verdict %s with %d unknown, want %s with %d\n%s", r.Verdict, unknown, tc.verdict, tc.unknown, strings.Join(r.Reasons, "\n"))
			}
			for name, outcome := range outcomes(r) {
				if tc.unknown != 0 && outcome == review.False && name != "tags-signed" && name != "verification-documented" {
					t.Errorf("what could not be asked made %s false", name)
				}
			}
			for line := range strings.Lines(p.requests()) {
				if strings.Contains(line, "blob.core.windows.net") && !strings.HasSuffix(line, " -\n") {
					t.Errorf("the token went to %s", line)
				}
			}
		})
	}
}

// TestReviewRateLimit: a limit that is spent at any request is waited for, and
// changes nothing.
func TestReviewRateLimit(t *testing.T) {
	t.Parallel()
	p := newPast(t, 3, 1, 2)
	p.stored()
	calls := 0
	verdict := func() string {
		p.env["XDG_CACHE_HOME"] = t.TempDir()
		before := strings.Count(p.requests(), " api.github.com ")
		r := p.report()
		calls = strings.Count(p.requests(), " api.github.com ") - before
		for _, n := range []*review.Count{&r.Coverage.Before, &r.Coverage.Since} {
			n.Downloads, n.DownloadsOfCovered = 0, 0 // of which these are some
		}
		return fmt.Sprintf("%s %v %v", r.Verdict, r.Coverage, outcomes(r))
	}
	want := verdict()
	every := calls
	step := every
	if os.Getenv("HALLMARK_SANDBOX") == "1" {
		step = 3 // each costs a second or two
	}
	for at := 2; at <= every; at += step {
		total := strings.Count(p.requests(), " api.github.com ")
		p.must(p.gitHub.SetFaults(fakegithub.Faults{LimitAt: []int{total + at}, SecondaryAt: []int{total + at + 2}, SecondaryFor: time.Second}))
		if got := verdict(); got != want {
			t.Errorf("limited at request %d: %s", at, cmp.Diff(want, got))
		}
	}
}

// TestReviewWithout: what is not there, or cannot be had, is said and is no
// finding.
func TestReviewWithout(t *testing.T) {
	t.Parallel()
	p := newPast(t, 3, 1, 2)
	p.must(os.RemoveAll(p.gitHub.GitDir("octo", "widget")))
	r := p.report()
	if r.Verdict != review.Verified || outcomes(r)["tag-commit"] != review.Unknown || outcomes(r)["change-reviewed"] != review.Unknown {
		t.Errorf("without a clone: %s, %v", r.Verdict, outcomes(r))
	}
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) { r.Releases = nil }))
	if r := p.report(); r.Verdict != review.None && r.Verdict != review.Declared {
		t.Errorf("without releases: %s", r.Verdict)
	}
	_, errs := p.review(2, "octo/absent")
	wantIn(t, errs, "spelt right")
}

func TestReviewFlags(t *testing.T) {
	t.Parallel()
	p := newPast(t, 4, 1, 2)
	if r := p.report("--releases", "2"); len(r.Releases) != 2 || r.Releases[0].Tag != "v1.2.0" {
		t.Errorf("the last two are %d", len(r.Releases))
	}
	if r := p.report("--since", "2025-11-01"); len(r.Releases) != 2 {
		t.Errorf("since November there are %d", len(r.Releases))
	}
	before := len(p.requests())
	p.env["XDG_CACHE_HOME"] = t.TempDir()
	r := p.report("--digests-only")
	if asked := p.requests()[before:]; r.Verdict != review.Enforced || strings.Contains(asked, ".zip") {
		t.Errorf("by digests: %s\n%s", r.Verdict, asked)
	}
	// A second run downloads only what it needs the bytes of.
	p.report()
	before = len(p.requests())
	p.report()
	for line := range strings.Lines(p.requests()[before:]) {
		changes := strings.Contains(line, "/releases?") || strings.Contains(line, "/rate_limit") // downloads are counted
		if strings.Contains(line, " 200 GET api.github.com ") && !changes {
			t.Errorf("asked anew: %s", line)
		}
	}
	out, _ := p.review(0, p.source)
	wantIn(t, out, "octo/widget")
	out, errs := p.review(0, "https://github.com/octo/widget")
	wantIn(t, out, "v1.1.0", "enforced")
	wantIn(t, errs, "GitHub answers", "4 releases with")
	policy := p.beside("policy.yaml", "policy: v1\nrepo: octo/widget\nsigner-workflow: octo/widget/.github/workflows/other.yml\n")
	if r := p.report("--policy", policy); r.Verdict != review.Present || r.Identity.LearntFrom != "" {
		t.Errorf("under another policy: %s", r.Verdict)
	}
	p.review(1, "octo/widget", "--policy", policy, "--fail-on", "unverified")
	scorecard := p.beside("scorecard.json", `{"date":"2026-11-01","scorecard":{"version":"v5.3.0"},"checks":[{"name":"Fuzzing","score":10,"reason":"fuzzed"}]}`)
	if r := p.report("--scorecard", scorecard, "--profile", "sos"); !strings.Contains(fmt.Sprint(r.SOS.Items), "v5.3.0") {
		t.Errorf("the given result is not told of: %+v", r.SOS.Items)
	}
	for name, args := range map[string][]string{
		"no project": {}, "two": {"octo/widget", "octo/gadget"}, "no name": {"widget"}, "a day": {"octo/widget", "--since", "yesterday"},
		"a number": {"octo/widget", "--releases", "0"}, "a policy": {"octo/widget", "--policy", "absent.yaml"}, "a root": {"octo/widget", "--scorecard", t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			inner := *p
			inner.project = new(*p.project)
			inner.t = t
			inner.review(2, args...)
		})
	}
}

// TestReviewOfNames: a folder that is called like a project is not it.
func TestReviewOfNames(t *testing.T) {
	p := newPast(t, 1, 1, 1)
	t.Chdir(t.TempDir())
	p.must(os.MkdirAll("octo/widget", 0o755))
	out, _ := p.review(0, "octo/widget")
	wantIn(t, out, "octo/widget says that it signs")
	p.must(os.Mkdir("elsewhere", 0o755))
	p.review(2, "elsewhere")
	p.source = "elsewhere"
	p.git("", "init", "--quiet")
	p.git("2026-01-01T00:00:00Z", "commit", "--quiet", "--allow-empty", "-m", "first")
	p.git("", "remote", "add", "origin", "https://example.com/octo/widget")
	_, errs := p.review(2, "elsewhere")
	wantIn(t, errs, "no repository on GitHub")
}

// beside makes a file beside the project, and returns where.
func (p *past) beside(name, content string) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	p.must(os.WriteFile(path, []byte(content), 0o644))
	return path
}

// TestReviewResumes: what an earlier run made of large files is taken up.
func TestReviewResumes(t *testing.T) {
	t.Parallel()
	p := newPast(t, 2, 1, 1)
	big := bytes.Repeat([]byte{0}, 1<<20)
	sum, size, err := p.gitHub.Put(bytes.NewReader(big))
	p.must(err)
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) {
		r.Releases[0].Assets = append(r.Releases[0].Assets, &fakegithub.Asset{ID: 77, Name: "big.bin", State: "uploaded", SHA256: sum, Size: size, NoDigest: true, UpdatedAt: reviewtest.FirstRelease})
	}))
	for range 2 {
		p.report()
		if got := strings.Count(p.requests(), "big.bin"); got != 1 {
			t.Errorf("asked for %d times, want once", got)
		}
	}
}
