package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/review"
)

// A past is octo/widget on a fake GitHub with a repository of its own: releases
// over five hundred days, of which the first are not attested.
type past struct {
	*project
	source string // a checkout
}

const unsignedWorkflow = "on:\n  push:\n    tags: ['v*']\njobs:\n  release:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: write\n    steps:\n      - run: gh release create \"$GITHUB_REF_NAME\" dist/*\n"

// newPast makes n releases of some files each, with the first signed one a
// pull request that brought the signing.
func newPast(t testing.TB, n, signedFrom, files int) *past {
	t.Helper()
	dir := t.TempDir()
	hub, err := fakegithub.New(dir, fakegithub.Options{Now: time.Now, Tokens: map[string]fakegithub.Token{
		"reader": {Login: "hubot", Permissions: map[string]string{"contents": "read"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close() })
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	p := &past{source: t.TempDir(), project: &project{t: t, gitHub: hub, network: fakegithub.Transport(server.URL), sigstore: reviewtest.New(t),
		env: map[string]string{"GITHUB_TOKEN": "reader", "XDG_CACHE_HOME": t.TempDir()}, gitOrigin: "file://" + filepath.Join(dir, "git")}}
	p.must(hub.Add(fakegithub.Repository{Owner: "octo", Name: "widget", ID: 4711, OwnerID: 42, CreatedAt: reviewtest.FirstRelease, Immutable: true,
		Rulesets: []json.RawMessage{
			[]byte(`{"name":"tags","target":"tag","conditions":{"ref_name":{"include":["refs/tags/v*"],"exclude":[]}},"rules":[{"type":"deletion"},{"type":"update"}]}`),
			[]byte(`{"name":"main","target":"branch","conditions":{"ref_name":{"include":["~DEFAULT_BRANCH"],"exclude":[]}},"rules":[{"type":"deletion"},{"type":"non_fast_forward"},{"type":"pull_request","parameters":{"required_approving_review_count":1}}]}`)},
		Issues: []json.RawMessage{[]byte(`{"number":3,"title":"Security Policy violation Branch Protection","author":"allstar-app[bot]","state":"closed","labels":["allstar"],"closed_at":"2025-07-01T00:00:00Z"}`)},
	}))
	root, err := p.sigstore.Root().MarshalJSON()
	p.must(err)
	p.root = filepath.Join(t.TempDir(), "root.json")
	p.must(os.WriteFile(p.root, root, 0o644))
	p.git("", "init", "--quiet", "--initial-branch=main")
	p.git("", "remote", "add", "origin", "https://github.com/octo/widget.git")
	p.put("README.md", reviewtest.Guide)
	p.put(".github/dependabot.yml", "version: 2\nupdates: []\n")
	p.put(".github/workflows/release.yml", unsignedWorkflow)
	var releases []*fakegithub.Release
	for i := range n {
		at := reviewtest.FirstRelease.AddDate(0, 0, i*500/n)
		if i == signedFrom {
			p.put(".github/workflows/release.yml", reviewtest.SigningWorkflow)
			commit := p.commit("sign releases", at.Add(-48*time.Hour))
			p.must(hub.Change("octo", "widget", func(r *fakegithub.Repository) {
				r.Pulls = map[string][]json.RawMessage{commit: {[]byte(`{"number":7,"title":"sign releases","author":"dev","merger":"lead","merged_at":"` + at.Add(-47*time.Hour).Format(time.RFC3339) + `"}`)}}
				r.Reviews = map[string][]json.RawMessage{"7": {[]byte(`{"author":"lead","state":"APPROVED","commit_id":"` + commit + `","submitted_at":"` + at.Add(-48*time.Hour).Format(time.RFC3339) + `"}`)}}
			}))
		}
		releases = append(releases, p.released(i, at, files, i >= signedFrom))
	}
	p.git("", "push", "--quiet", hub.GitDir("octo", "widget"), "main", "--tags")
	p.must(hub.Change("octo", "widget", func(r *fakegithub.Repository) { r.Releases = releases }))
	return p
}

// released tags a commit, and makes the files of its release.
func (p *past) released(i int, at time.Time, files int, signed bool) *fakegithub.Release {
	tag := fmt.Sprintf("v1.%d.0", i)
	p.put("version", tag)
	commit := p.commit(tag, at.Add(-time.Hour))
	p.git("", "tag", tag)
	rel := &fakegithub.Release{ID: int64(100 + i), Tag: tag, Author: "github-actions[bot]", Immutable: true, CreatedAt: at.Add(-time.Hour), PublishedAt: at}
	subjects := reviewtest.Subjects{}
	for n := range files {
		subjects[fmt.Sprintf("widget_%d.zip", n)] = fmt.Appendf(nil, "PK\x03\x04 %s %d\n", tag, n)
	}
	contents := map[string][]byte{}
	for name, content := range subjects {
		contents[name] = content
	}
	if signed {
		contents["multiple.intoto.jsonl"] = append(p.sigstore.Attest(reviewtest.Release(tag, commit), at.Add(-10*time.Minute), subjects), '\n')
	}
	for name, content := range contents {
		sum, size, err := p.gitHub.Put(bytes.NewReader(content))
		p.must(err)
		rel.Assets = append(rel.Assets, &fakegithub.Asset{ID: int64(i*1000 + len(rel.Assets) + 1), Name: name, State: "uploaded", SHA256: sum, Size: size,
			Uploader: "github-actions[bot]", CreatedAt: at.Add(-time.Minute), UpdatedAt: at.Add(-time.Minute), Downloads: 100})
	}
	return rel
}

func (p *past) put(name, content string) {
	p.t.Helper()
	path := filepath.Join(p.source, name)
	p.must(os.MkdirAll(filepath.Dir(path), 0o755))
	p.must(os.WriteFile(path, []byte(content), 0o644))
}

func (p *past) commit(message string, at time.Time) string {
	p.t.Helper()
	p.git("", "add", ".")
	p.git(at.Format(time.RFC3339), "commit", "--quiet", "-m", message)
	return p.git("", "rev-parse", "HEAD")
}

func (p *past) git(date string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = p.source
	cmd.Env = append(os.Environ(), "HOME="+p.source, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_COMMITTER_DATE="+date, "GIT_AUTHOR_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// review runs hallmark review and wants an exit code.
func (p *past) review(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	code, stdout, stderr := p.run(append([]string{"review", "--retry-for", "3s"}, args...)...)
	if code != want {
		p.t.Fatalf("exit %d, want %d\n%s%s", code, want, stdout, stderr)
	}
	return stdout, stderr
}

// report runs hallmark review for its JSON, and holds that to its schema.
func (p *past) report(args ...string) *review.Report {
	p.t.Helper()
	out, _ := p.review(0, append([]string{"octo/widget", "--format", "json", "--quiet"}, args...)...)
	schematest.Want(p.t, "review.v1", []byte(out))
	r := new(review.Report)
	p.must(json.Unmarshal([]byte(out), r))
	return r
}

func outcomes(r *review.Report) map[string]review.Outcome {
	all := make(map[string]review.Outcome)
	for _, f := range r.Findings {
		all[f.Name] = f.Outcome
	}
	return all
}

func TestReview(t *testing.T) {
	t.Parallel()
	p := newPast(t, 6, 2, 3)
	r := p.report("--profile", "sos")
	for _, f := range r.Findings {
		t.Logf("%s %s %s %s %v", f.ID, f.Name, f.Outcome, f.Why, f.Cases)
	}
	if r.Verdict != review.Enforced || r.Adoption == nil || r.Adoption.Tag != "v1.2.0" || r.Identity.Signer != "octo/widget/.github/workflows/release.yml" {
		t.Errorf("verdict %s, adoption %+v, identity %+v\n%s", r.Verdict, r.Adoption, r.Identity, strings.Join(r.Reasons, "\n"))
	}
	if want := (review.Coverage{
		Before: review.Count{Releases: 2, Artifacts: 6, Downloads: 600},
		Since:  review.Count{Releases: 4, Artifacts: 12, Covered: 12, Downloads: 1200, DownloadsOfCovered: 1200},
	}); !cmp.Equal(want, r.Coverage) {
		t.Error(cmp.Diff(want, r.Coverage))
	}
	for _, c := range r.Controls {
		if c.Outcome != review.True {
			t.Errorf("control %s: %s", c.Name, c.Says)
		}
	}
	if got := r.Adoption.Changes; len(got) != 1 || got[0].Number != 7 || got[0].Author != "dev" || got[0].MergedBy != "lead" || !cmp.Equal(got[0].Reviewed, []string{"lead"}) {
		t.Errorf("brought by %+v", got)
	}
	if c := r.SOS.Criticality; c.Official || len(c.Known) != 5 || len(c.Missing) != 5 || c.Least <= 0 || c.Most <= c.Least {
		t.Errorf("the score is between %g and %g, known %v, missing %v", c.Least, c.Most, c.Known, c.Missing)
	}
	for name, want := range map[string]review.Outcome{"tags-protected": "true", "branch-protected": "true", "change-reviewed": "true", "releases-immutable": "true", "verification-documented": "true"} {
		if got := outcomes(r)[name]; got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}
