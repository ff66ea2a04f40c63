package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/provenance"
)

// repository makes a working tree with one commit.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	write(t, dir, "a.txt", "a")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "--quiet", "-m", "first")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestRead(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, dir string)
		want    provenance.Git
	}{
		"branch": {
			func(*testing.T, string) {},
			provenance.Git{Ref: "refs/heads/main"},
		},
		"origin": {
			func(t *testing.T, dir string) { git(t, dir, "remote", "add", "origin", "https://example.com/w.git") },
			provenance.Git{Ref: "refs/heads/main", Remote: "https://example.com/w.git"},
		},
		"the remote that the branch follows": {
			func(t *testing.T, dir string) {
				git(t, dir, "remote", "add", "origin", "https://example.com/fork.git")
				git(t, dir, "remote", "add", "upstream", "https://example.com/w.git")
				git(t, dir, "config", "branch.main.remote", "upstream")
			},
			provenance.Git{Ref: "refs/heads/main", Remote: "https://example.com/w.git"},
		},
		"tag": {
			func(t *testing.T, dir string) { git(t, dir, "tag", "-a", "-m", "x", "v1") },
			provenance.Git{Ref: "refs/tags/v1"},
		},
		"detached": {
			func(t *testing.T, dir string) { git(t, dir, "checkout", "--quiet", "--detach") },
			provenance.Git{},
		},
		"changed": {
			func(t *testing.T, dir string) { write(t, dir, "a.txt", "b") },
			provenance.Git{Ref: "refs/heads/main", Dirty: true},
		},
		"added": {
			func(t *testing.T, dir string) { write(t, dir, "b.txt", "b") },
			provenance.Git{Ref: "refs/heads/main", Dirty: true},
		},
		"removed": {
			func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "a.txt")) },
			provenance.Git{Ref: "refs/heads/main", Dirty: true},
		},
		"ignored": {
			func(t *testing.T, dir string) {
				write(t, dir, ".git/info/exclude", "dist\n")
				write(t, dir, "dist", "b")
			},
			provenance.Git{Ref: "refs/heads/main"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := repository(t)
			tc.want.Commit = git(t, dir, "rev-parse", "HEAD")
			tc.prepare(t, dir)
			got, err := Read(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNothingOfTheRepositoryRuns arms every way known by which a working tree
// can make a reading git run a program.
func TestNothingOfTheRepositoryRuns(t *testing.T) {
	dir := repository(t)
	ran := filepath.Join(t.TempDir(), "ran")
	trap := "touch " + ran
	write(t, dir, "trap.sh", "#!/bin/sh\n"+trap+"\n")
	write(t, dir, "git", "#!/bin/sh\n"+trap+"\n")
	script := filepath.Join(dir, "trap.sh")
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman", "reference-transaction"} {
		write(t, dir, ".git/hooks/"+hook, "#!/bin/sh\n"+trap+"\n")
	}
	write(t, dir, ".git/info/attributes", "* filter=evil diff=evil\n")
	for key, value := range map[string]string{
		"core.fsmonitor": script, "core.hooksPath": filepath.Join(dir, ".git/hooks"),
		"filter.evil.clean": script, "filter.evil.process": script, "filter.evil.required": "true",
		"diff.evil.textconv": script, "diff.external": script, "core.pager": script,
		"core.sshCommand": script, "credential.helper": script, "core.editor": script, "gpg.program": script,
	} {
		git(t, t.TempDir(), "config", "--file", filepath.Join(dir, ".git/config"), key, value)
	}
	write(t, dir, "a.txt", "z") // same size, other content: git must read it
	for name, value := range map[string]string{
		"GIT_DIR": t.TempDir(), "GIT_EXTERNAL_DIFF": script, "GIT_SSH_COMMAND": script,
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": script,
	} {
		t.Setenv(name, value)
	}
	t.Chdir(dir)
	got, err := Read(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Dirty {
		t.Error("the changed file was not seen")
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program named by the repository was run")
	}
}

func TestGitInTheWorkingDirectoryIsNotRun(t *testing.T) {
	dir := repository(t)
	write(t, dir, "git", "#!/bin/sh\ntouch ran\n")
	t.Chdir(dir)
	t.Setenv("PATH", ".")
	if _, err := Read(t.Context(), dir); err == nil {
		t.Error("a git in the current directory was used")
	}
	if _, err := os.Stat("ran"); err == nil {
		t.Error("a git in the current directory was run")
	}
}

func TestRemote(t *testing.T) {
	const url = "https://example.com/w.git"
	unborn := t.TempDir()
	git(t, unborn, "init", "--quiet", "--initial-branch=main")
	git(t, unborn, "remote", "add", "origin", url)
	detached := repository(t)
	git(t, detached, "remote", "add", "origin", url)
	git(t, detached, "checkout", "--quiet", "--detach")
	tests := map[string]struct{ dir, want string }{
		"no commit":   {unborn, url},
		"no branch":   {detached, url},
		"no remote":   {repository(t), ""},
		"a subfolder": {filepath.Join(unborn, ".github"), url},
	}
	if err := os.Mkdir(filepath.Join(unborn, ".github"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Remote(t.Context(), tc.dir)
			if err != nil || got != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
	if got, err := Remote(t.Context(), t.TempDir()); err == nil {
		t.Errorf("of no repository: %q", got)
	}
}

func TestReadRefuses(t *testing.T) {
	empty := t.TempDir()
	git(t, empty, "init", "--quiet")
	tests := map[string]struct{ dir, want string }{
		"no repository": {t.TempDir(), "not a git repository"},
		"no commit":     {empty, "no commit is checked out"},
		"no folder":     {filepath.Join(empty, "absent"), "absent"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(t.Context(), tc.dir); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
