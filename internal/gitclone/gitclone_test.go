package gitclone

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

// origin makes a repository with two releases on main, one on another branch,
// and one whose commit is on none.
func origin(t *testing.T) (dir string, at map[string]string) {
	t.Helper()
	dir, at = t.TempDir(), make(map[string]string)
	commit := func(name, content, date string) string {
		write(t, dir, name, content)
		git(t, dir, date, "add", ".")
		git(t, dir, date, "commit", "--quiet", "-m", content)
		return git(t, dir, date, "rev-parse", "HEAD")
	}
	git(t, dir, "", "init", "--quiet", "--initial-branch=main")
	at["v1"] = commit("a.txt", "first", "2025-06-01T12:00:00+02:00")
	git(t, dir, "", "tag", "v1")
	at["v2"] = commit(".github/workflows/release.yml", "on: push\n", "2025-07-01T12:00:00Z")
	git(t, dir, "2025-07-02T12:00:00Z", "tag", "-a", "-m", "two", "v2")
	git(t, dir, "2025-07-03T12:00:00Z", "tag", "-a", "-m", "a tag of a tag", "v2-again", "v2")
	at["v2 object"] = git(t, dir, "", "rev-parse", "v2")
	at["v2-again object"] = git(t, dir, "", "rev-parse", "v2-again")
	git(t, dir, "", "checkout", "--quiet", "-b", "release-1", "v1")
	at["v1.1"] = commit("a.txt", "patched", "2025-08-01T12:00:00Z")
	git(t, dir, "", "tag", "v1.1")
	git(t, dir, "", "checkout", "--quiet", "--detach")
	at["loose"] = commit("a.txt", "on no branch", "2025-09-01T12:00:00Z")
	git(t, dir, "", "tag", "loose")
	git(t, dir, "", "checkout", "--quiet", "main")
	git(t, dir, "", "update-ref", "refs/pull/7/head", git(t, dir, "", "commit-tree", "-m", "a fork's", "-p", "main", "main^{tree}"))
	at["pull"] = git(t, dir, "", "rev-parse", "refs/pull/7/head")
	git(t, dir, "", "tag", "tree", "main^{tree}")
	return dir, at
}

func git(t *testing.T, dir, date string, args ...string) string {
	t.Helper()
	if date == "" {
		date = "2025-01-01T00:00:00Z"
	}
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_COMMITTER_DATE="+date, "GIT_AUTHOR_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

var fromFile = Options{Protocols: []string{"file"}}

func mustClone(t *testing.T, from string) *Repository {
	t.Helper()
	r, err := Clone(t.Context(), "file://"+from, filepath.Join(t.TempDir(), "clone"), fromFile)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestHistory(t *testing.T) {
	t.Parallel()
	dir, at := origin(t)
	r := mustClone(t, dir)
	tags, err := r.Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []review.Tag{
		{Name: "loose", Object: at["loose"], Commit: at["loose"]},
		{Name: "v1", Object: at["v1"], Commit: at["v1"]},
		{Name: "v1.1", Object: at["v1.1"], Commit: at["v1.1"]},
		{Name: "v2", Object: at["v2 object"], Commit: at["v2"], Time: date("2025-07-02T12:00:00Z")},
		{Name: "v2-again", Object: at["v2-again object"], Commit: at["v2"], Time: date("2025-07-03T12:00:00Z")},
	}
	if diff := cmp.Diff(want, tags); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	commits, err := r.Commits(t.Context(), []string{at["v1"], at["v1.1"], at["loose"], at["pull"], at["v1"], at["v2 object"]})
	if err != nil {
		t.Fatal(err)
	}
	wantCommits := []review.Commit{
		{ID: at["v1"], Committed: date("2025-06-01T10:00:00Z"), Authored: date("2025-06-01T10:00:00Z"), Branches: []string{"main"}},
		{ID: at["v1.1"], Committed: date("2025-08-01T12:00:00Z"), Authored: date("2025-08-01T12:00:00Z"), Branches: []string{"release-1"}},
		{ID: at["loose"], Committed: date("2025-09-01T12:00:00Z"), Authored: date("2025-09-01T12:00:00Z")},
		{ID: at["pull"], Missing: true},
		{ID: at["v2 object"], Missing: true},
	}
	if diff := cmp.Diff(wantCommits, commits); diff != "" {
		t.Errorf("commits: %s", diff)
	}
	branch, head, err := r.Head(t.Context())
	if err != nil || branch != "main" || head != at["v2"] {
		t.Errorf("head %s %s %v, want main %s", branch, head, err, at["v2"])
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	dir, at := origin(t)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, ".github/workflows/link.yml")); err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".github/workflows/large.yml", strings.Repeat("#", MaxFile+1))
	git(t, dir, "", "add", ".")
	git(t, dir, "", "commit", "--quiet", "-m", "more")
	head := git(t, dir, "", "rev-parse", "HEAD")
	r := mustClone(t, dir)
	files, err := r.Files(t.Context(), head, ".github/workflows")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".github/workflows/large.yml", ".github/workflows/release.yml"}, files); diff != "" {
		t.Error(diff)
	}
	text, err := r.File(t.Context(), at["v2"], ".github/workflows/release.yml")
	if err != nil || string(text) != "on: push\n" {
		t.Errorf("got %q, %v", text, err)
	}
	if _, err := r.File(t.Context(), head, ".github/workflows/large.yml"); err == nil {
		t.Error("a file beyond the limit was read")
	}
	if _, err := r.File(t.Context(), at["v1"], ".github/workflows/release.yml"); err == nil {
		t.Error("a file was read that was not there yet")
	}
	commit, added, err := r.Added(t.Context(), ".github/workflows/release.yml")
	if err != nil || commit != at["v2"] || !added.Equal(date("2025-07-01T12:00:00Z")) {
		t.Errorf("added by %s at %s, %v", commit, added, err)
	}
	if commit, _, err := r.Added(t.Context(), "absent"); err != nil || commit != "" {
		t.Errorf("what is not there was added by %q, %v", commit, err)
	}
}

func TestCloneRefuses(t *testing.T) {
	t.Parallel()
	dir, _ := origin(t)
	write(t, dir, "large", strings.Repeat("0123456789abcdef", 1<<16))
	git(t, dir, "", "add", ".")
	git(t, dir, "", "commit", "--quiet", "-m", "large")
	tests := map[string]struct {
		url     string
		options Options
		want    string
	}{
		"another protocol":  {"file://" + dir, Options{}, "transport 'file' not allowed"},
		"a path":            {dir, Options{}, "transport 'file' not allowed"},
		"a command":         {"ext::sh -c true", Options{}, "transport 'ext' not allowed"},
		"an option":         {"--upload-pack=true", Options{}, "not an address"},
		"nothing there":     {"file://" + dir + "/absent", fromFile, "absent"},
		"too large":         {"file://" + dir, Options{Protocols: fromFile.Protocols, MaxSize: 1 << 10}, ErrSize.Error()},
		"too long a moment": {"file://" + dir, Options{Protocols: fromFile.Protocols, Timeout: 1}, "no whole clone"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			into := filepath.Join(t.TempDir(), "clone")
			_, err := Clone(t.Context(), tt.url, into, tt.options)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if _, err := os.Lstat(into); !errors.Is(err, os.ErrNotExist) {
				t.Error("something of it stayed")
			}
		})
	}
	if _, err := Clone(t.Context(), "file://"+dir, dir, fromFile); err == nil {
		t.Error("cloned into a folder that was there")
	}
	if _, err := mustClone(t, dir).Commits(t.Context(), []string{"--all"}); err == nil {
		t.Error("an option was taken for a commit")
	}
}

// What the server left out stays out: reading a clone opens no connection.
func TestNothingIsFetchedLater(t *testing.T) {
	t.Parallel()
	dir, _ := origin(t)
	git(t, dir, "", "config", "uploadpack.allowFilter", "true")
	write(t, dir, "large", strings.Repeat("0123456789abcdef", 1<<17))
	git(t, dir, "", "add", ".")
	git(t, dir, "", "commit", "--quiet", "-m", "large")
	head := git(t, dir, "", "rev-parse", "HEAD")
	r := mustClone(t, dir)
	if _, err := r.File(t.Context(), head, "large"); err == nil || strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v, want that the file is not there", err)
	}
	if text, err := r.File(t.Context(), head, "a.txt"); err != nil || string(text) != "first" {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestNothingRuns arms what a user's and a system's configuration could make
// git run while it clones and reads.
func TestNothingRuns(t *testing.T) {
	dir, at := origin(t)
	home := t.TempDir()
	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(home, "trap.sh")
	write(t, home, "trap.sh", "#!/bin/sh\ntouch "+ran+"\n")
	for _, hook := range []string{"post-checkout", "reference-transaction", "post-update"} {
		write(t, home, "hooks/"+hook, "#!/bin/sh\ntouch "+ran+"\n")
	}
	write(t, home, ".gitconfig", "[core]\n\thooksPath = "+home+"/hooks\n\tpager = "+script+"\n\tfsmonitor = "+script+
		"\n\tgitProxy = "+script+"\n[init]\n\ttemplateDir = "+home+"\n[credential]\n\thelper = "+script+"\n[url \"ext::"+script+"\"]\n\tinsteadOf = file://\n")
	for name, value := range map[string]string{"HOME": home, "GIT_CONFIG_GLOBAL": home + "/.gitconfig", "GIT_TEMPLATE_DIR": home,
		"GIT_DIR": home, "GIT_SSH_COMMAND": script, "GIT_EXTERNAL_DIFF": script, "GIT_EXEC_PATH": home} {
		t.Setenv(name, value)
	}
	r := mustClone(t, dir)
	if _, err := r.Commits(t.Context(), []string{at["v1"]}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(ran); !errors.Is(err, os.ErrNotExist) {
		t.Error("a program of the configuration was run")
	}
}
