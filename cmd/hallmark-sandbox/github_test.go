package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// buildGitHub puts the fake GitHub beside the test binary, which is the sandbox
// here.
var buildGitHub = sync.OnceValue(func() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(filepath.Dir(self), githubServer), "./internal/forge/fakegithub/serve")
	cmd.Dir = filepath.Join("..", "..")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
})

// TestGitHub publishes in one sandbox, as curl would, and looks for it in the
// next one.
func TestGitHub(t *testing.T) {
	t.Parallel()
	if err := buildGitHub(); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(t.TempDir(), "github")
	first := mustStart(t, "--github", state, "--repository", "octo/widget", "--repository-id", "77")
	commit := push(t, first)
	var release struct {
		ID        int64
		UploadURL string `json:"upload_url"`
	}
	const releases = "https://api.github.com/repos/octo/widget/releases"
	first.call(t, http.MethodPost, releases, `{"tag_name": "v1", "draft": true}`, http.StatusCreated, &release)
	upload, _, _ := strings.Cut(release.UploadURL, "{")
	first.call(t, http.MethodPost, upload+"?name=widget", "the widget", http.StatusCreated, nil)
	first.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", releases, release.ID), `{"draft": false}`, http.StatusOK, nil)

	second := mustStart(t, "--github", state, "--repository", "octo/widget")
	response, err := second.client(t).Get("https://github.com/octo/widget/releases/download/v1/widget")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || string(content) != "the widget" || response.Header.Get("X-Fake") == "" {
		t.Errorf("got %q, %v, X-Fake %q", content, err, response.Header.Get("X-Fake"))
	}
	clone := filepath.Join(t.TempDir(), "clone")
	second.git(t, ".", "clone", "--quiet", "https://github.com/octo/widget", clone)
	if got := second.git(t, clone, "rev-parse", "v1^{commit}"); got != commit {
		t.Errorf("the tag is at %s, want %s", got, commit)
	}
	if log, err := os.ReadFile(filepath.Join(state, "requests.log")); err != nil || !strings.Contains(string(log), "github-actions[bot]\n") || !strings.Contains(string(log), " 200 GET release-assets.githubusercontent.com ") {
		t.Errorf("its log: %v\n%s", err, log)
	}
}

func TestGitHubsPermissions(t *testing.T) {
	t.Parallel()
	if err := buildGitHub(); err != nil {
		t.Fatal(err)
	}
	sandbox := mustStart(t, "--github", filepath.Join(t.TempDir(), "github"), "--repository", "octo/widget", "--permissions", "contents:read")
	sandbox.call(t, http.MethodPost, "https://api.github.com/repos/octo/widget/releases", `{"tag_name": "v1"}`, http.StatusForbidden, nil)
	if _, _, err := parse([]string{"--permissions", "contents", "--", "true"}, io.Discard); err == nil {
		t.Error("--permissions contents: want an error")
	}
	if other := mustStart(t); other.env["GITHUB_TOKEN"] != "" {
		t.Error("a job without --github has a token")
	}
}

// push commits something in a checkout and pushes it by https, with the token.
func push(t *testing.T, r *running) (commit string) {
	t.Helper()
	dir := t.TempDir()
	r.git(t, dir, "init", "--quiet", "--initial-branch", "main")
	widget := make([]byte, 200_000) // that cannot be compressed
	_, _ = rand.Read(widget)
	if err := os.WriteFile(filepath.Join(dir, "widget"), widget, 0o644); err != nil {
		t.Fatal(err)
	}
	r.git(t, dir, "add", "widget")
	r.git(t, dir, "commit", "--quiet", "--message", "first")
	// What is larger than the buffer comes in chunks.
	r.git(t, dir, "-c", "http.postBuffer=65536", "push", "--quiet", "https://x-access-token:"+r.env["GITHUB_TOKEN"]+"@github.com/octo/widget.git", "main")
	return r.git(t, dir, "rev-parse", "HEAD")
}

func (r *running) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=Somebody", "GIT_AUTHOR_EMAIL=somebody@example.com", "GIT_COMMITTER_NAME=Somebody", "GIT_COMMITTER_EMAIL=somebody@example.com",
		"GIT_TERMINAL_PROMPT=0", "https_proxy="+r.env["HTTPS_PROXY"], "GIT_SSL_CAINFO="+r.env["GIT_SSL_CAINFO"])
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

// call sends a request with the job's token, as the job would.
func (r *running) call(t *testing.T, method, url, body string, status int, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.env["GITHUB_TOKEN"])
	response, err := r.client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		t.Fatalf("%s %s: %s, %v, want %d: %s", method, url, response.Status, err, status, content)
	}
	if into != nil {
		if err := json.Unmarshal(content, into); err != nil {
			t.Fatal(err)
		}
	}
}
