package forge_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func TestWhatAReviewAsks(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) {
		r.Rules = map[string][]json.RawMessage{"main": {raw(`{"type":"non_fast_forward","ruleset_id":5}`), raw(`{"type":"deletion","ruleset_id":5}`)}}
		r.Rulesets = []json.RawMessage{raw(`{"id":5,"name":"tags","target":"tag","conditions":{"ref_name":{"include":["refs/tags/v*"],"exclude":[]}},"rules":[{"type":"deletion"}]}`)}
		r.Pulls = map[string][]json.RawMessage{w.commit: {raw(`{"number":12,"title":"attest releases","author":"octocat","merger":"lead","merged_at":"2026-11-01T10:00:00Z"}`)}}
		r.Reviews = map[string][]json.RawMessage{"12": {raw(`{"author":"hubot[bot]","state":"COMMENTED"}`), raw(`{"author":"reviewer","state":"APPROVED"}`)}}
		r.Issues = []json.RawMessage{
			raw(`{"number":3,"title":"Security Policy violation","labels":["allstar"],"author":"allstar-app[bot]","state":"closed","closed_at":"2026-11-02T10:00:00Z"}`),
			raw(`{"number":4,"labels":["other"]}`),
			raw(`{"number":5,"labels":["allstar"],"pull_request":{"url":"https://api.github.com/x","html_url":"https://github.com/x","diff_url":"https://github.com/x","patch_url":"https://github.com/x"}}`),
		}
	})
	c := w.client("")
	rules, err := c.BranchRules(t.Context(), widget, "main")
	must(t, err)
	rulesets, err := c.Rulesets(t.Context(), widget)
	must(t, err)
	protected, err := c.ProtectedBranches(t.Context(), widget)
	must(t, err)
	pulls, err := c.PullsOfCommit(t.Context(), widget, w.commit)
	must(t, err)
	reviews, err := c.Reviews(t.Context(), widget, 12)
	must(t, err)
	issues, err := c.Issues(t.Context(), widget, "allstar")
	must(t, err)
	none, err := c.BranchRules(t.Context(), widget, "release/1.x")
	must(t, err)

	tags := forge.Ruleset{ID: 5, Name: "tags", Target: "tag", Enforcement: "active", SourceType: "Repository", Rules: []forge.Rule{{Type: "deletion"}}}
	tags.Conditions.RefName.Include, tags.Conditions.RefName.Exclude = []string{"refs/tags/v*"}, []string{}
	merger, err := c.MergedBy(t.Context(), widget, 12)
	must(t, err)
	first := w.now()
	tags.CreatedAt, tags.UpdatedAt = first, first
	for what, d := range map[string]string{
		"rules":     cmp.Diff([]forge.Rule{{Type: "non_fast_forward", Ruleset: 5}, {Type: "deletion", Ruleset: 5}}, rules),
		"rulesets":  cmp.Diff([]forge.Ruleset{tags}, rulesets),
		"protected": cmp.Diff([]string{"main"}, protected),
		"pulls": cmp.Diff([]forge.Pull{{
			Number: 12, Title: "attest releases", Author: "octocat", State: "closed", Base: "main",
			MergedAt: time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC), MergeCommit: w.commit, Head: w.commit, URL: "https://github.com/octo/widget/pull/12",
		}}, pulls),
		"reviews": cmp.Diff([]forge.Review{
			{Author: "hubot[bot]", State: "COMMENTED", Association: "MEMBER", SubmittedAt: first},
			{Author: "reviewer", State: "APPROVED", Association: "MEMBER", SubmittedAt: first},
		}, reviews),
		"issues": cmp.Diff([]forge.Issue{{
			Number: 3, Title: "Security Policy violation", Author: "allstar-app[bot]", State: "closed", CreatedAt: first,
			ClosedAt: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC), URL: "https://github.com/octo/widget/issues/3",
		}}, issues),
		"merger":                  cmp.Diff("lead", merger),
		"rules of another branch": cmp.Diff([]forge.Rule(nil), none),
	} {
		if d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	workflow := strings.Repeat("# a workflow\n", 20)
	commit := w.mustPush(t, map[string]string{".github/workflows/release.yml": workflow, ".github/workflows/ci.yaml": "", ".github/workflows/lib/x": "x"})
	c := w.client("")
	for _, ref := range []string{commit, "main"} {
		if got, err := c.File(t.Context(), widget, ".github/workflows/release.yml", ref); err != nil || string(got) != workflow {
			t.Errorf("at %s: %q, %v", ref, got, err)
		}
		names, err := c.Files(t.Context(), widget, ".github/workflows", ref)
		if d := cmp.Diff([]string{"ci.yaml", "release.yml"}, names); err != nil || d != "" {
			t.Errorf("at %s: %s, %v", ref, d, err)
		}
	}
	if names, err := c.Files(t.Context(), widget, "docs", "main"); err != nil || names != nil {
		t.Errorf("a folder that is not there: %v, %v", names, err)
	}
	for name, want := range map[string]error{"../secret": forge.ErrName, "/etc/passwd": forge.ErrName, "absent": forge.ErrNotFound, ".github": forge.ErrAnswer} {
		if _, err := c.File(t.Context(), widget, name, "main"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// mustPush commits files and pushes them as main.
func (w *world) mustPush(t *testing.T, files map[string]string) (commit string) {
	t.Helper()
	dir := t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
			"GIT_AUTHOR_NAME=Somebody", "GIT_AUTHOR_EMAIL=somebody@example.com", "GIT_AUTHOR_DATE=2026-11-20T14:00:00Z",
			"GIT_COMMITTER_NAME=Somebody", "GIT_COMMITTER_EMAIL=somebody@example.com", "GIT_COMMITTER_DATE=2026-11-20T14:00:00Z")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "--quiet", "--initial-branch", "main")
	for name, content := range files {
		must(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	git("add", ".")
	git("commit", "--quiet", "--message", "files")
	git("push", "--quiet", "--force", w.GitDir("octo", "widget"), "main")
	return git("rev-parse", "HEAD")
}

func TestBulkAttestations(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	var digests []string
	for i := range 250 {
		content := fmt.Sprintf("widget %d", i)
		digests = append(digests, "sha256:"+digestOf(content))
		if i%50 == 0 {
			must(t, w.Attest("octo", "widget", bundleFor(content)))
		}
	}
	c := w.client(reader)
	project, err := c.Project(t.Context(), widget)
	must(t, err)
	all, err := c.BulkAttestations(t.Context(), project, digests)
	must(t, err)
	if len(all) != 5 {
		t.Errorf("%d digests have attestations, want 5", len(all))
	}
	for digest, some := range all {
		if len(some) != 1 || some[0].RepositoryID != 77 || some[0].Err != nil || len(some[0].Bundle) == 0 {
			t.Errorf("%s: %+v", digest, some)
		}
	}
	calls := 0
	for _, line := range w.requests(t) {
		if strings.Contains(line, "bulk-list") {
			calls++
		}
	}
	if calls != 3 {
		t.Errorf("%d calls, want 3", calls)
	}
	if _, err := w.client("").BulkAttestations(t.Context(), project, digests); !errors.Is(err, forge.ErrDenied) {
		t.Errorf("without a token: %v, want ErrDenied", err)
	}
}

// TestHostileAnswers: what cannot be true is neither believed nor passed on.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	const asset = `{"id":1,"name":"x","state":"uploaded","size":1,"browser_download_url":"https://github.com/x"%s}`
	release := func(more, assets string) string {
		return fmt.Sprintf(`{"id":1,"tag_name":"v1"%s,"assets":[%s]}`, more, assets)
	}
	byTag := func(t *testing.T, c *forge.Client) error {
		_, err := c.ReleaseByTag(t.Context(), widget, "v1")
		return err
	}
	tests := map[string]struct {
		answer string
		ask    func(*testing.T, *forge.Client) error
		ok     bool
	}{
		"sound":                     {release("", fmt.Sprintf(asset, "")), byTag, true},
		"another tag":               {`{"id":1,"tag_name":"v2"}`, byTag, false},
		"a draft":                   {release(`,"draft":true`, ""), byTag, false},
		"no number":                 {`{"tag_name":"v1"}`, byTag, false},
		"a page elsewhere":          {release(`,"html_url":"https://github.com.evil.example/"`, ""), byTag, false},
		"an author with an escape":  {release(`,"author":{"login":"\u001b[2J"}`, ""), byTag, false},
		"a file that is a path":     {release("", fmt.Sprintf(asset, `,"name":"../../x"`)), byTag, false},
		"a file with an escape":     {release("", fmt.Sprintf(asset, `,"name":"x\u001b[31m"`)), byTag, false},
		"a file without a name":     {release("", fmt.Sprintf(asset, `,"name":""`)), byTag, false},
		"a file of negative size":   {release("", fmt.Sprintf(asset, `,"size":-1`)), byTag, false},
		"a digest that is a path":   {release("", fmt.Sprintf(asset, `,"digest":"sha256:../x"`)), byTag, false},
		"a file to be had anywhere": {release("", fmt.Sprintf(asset, `,"browser_download_url":"https://evil.example/x"`)), byTag, false},
		"no JSON":                   {`<html>`, byTag, false},
		"a repository of no number": {`{"name":"widget","owner":{"login":"octo","type":"User"},"default_branch":"main","visibility":"public"}`, func(t *testing.T, c *forge.Client) error {
			_, err := c.Project(t.Context(), widget)
			return err
		}, false},
		"a tag of another name": {`{"ref":"refs/tags/v10","object":{"type":"commit","sha":"` + strings.Repeat("a", 40) + `"}}`, func(t *testing.T, c *forge.Client) error {
			_, err := c.Tag(t.Context(), widget, "v1")
			return err
		}, false},
		"a rule with an escape": {`[{"type":"\u001b[31m"}]`, func(t *testing.T, c *forge.Client) error {
			_, err := c.BranchRules(t.Context(), widget, "main")
			return err
		}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &forge.Client{API: answers(func(*http.Request) *http.Response { return says(200, tc.answer) })}
			if err := tc.ask(t, c); (err == nil) != tc.ok {
				t.Errorf("got %v, want an answer: %v", err, tc.ok)
			}
		})
	}
	endless := &forge.Client{API: answers(func(r *http.Request) *http.Response {
		resp := says(200, `[{"id":1,"tag_name":"v1"}]`)
		resp.Header.Set("Link", `<https://api.github.com/x?page=2>; rel="next"`)
		return resp
	})}
	if _, err := endless.Releases(t.Context(), widget, 0); !errors.Is(err, forge.ErrAnswer) {
		t.Errorf("a list without end: %v, want ErrAnswer", err)
	}
	away := &forge.Client{Token: "secret", API: answers(func(r *http.Request) *http.Response {
		if r.URL.Host != "api.github.com" {
			t.Errorf("%s was asked", r.URL.Host)
		}
		return says(302, "", "Location", "https://evil.example/")
	})}
	if _, err := away.Project(t.Context(), widget); err == nil {
		t.Error("the API may lead away")
	}
}
