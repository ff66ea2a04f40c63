package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestExitCode(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		want   int
		stderr string
	}{
		{"success", []string{"--", "true"}, 0, ""},
		{"the command's own", []string{"--", "sh", "-c", "exit 7"}, 7, ""},
		{"signal", []string{"--", "sh", "-c", "kill -TERM $$"}, 128 + int(syscall.SIGTERM), ""},
		{"no such command", []string{"--", "no-such-command-here"}, exitNotFound, "no-such-command-here"},
		{"not a program", []string{"--", "/"}, exitNotRunnable, "directory"},
		{"help", []string{"--help"}, 0, "--job-workflow-ref OWNER/NAME/PATH@REF\n"},
		{"nothing to run", nil, exitSandbox, "give a COMMAND"},
		{"unknown flag", []string{"--frobnicate"}, exitSandbox, "frobnicate"},
		{"rekor", []string{"--rekor", "v3", "--", "true"}, exitSandbox, "want v2, v1 or both"},
		{"issuer without https", []string{"--issuer", "http://issuer.example", "--", "true"}, exitSandbox, "want https"},
		{"issuer with port", []string{"--issuer", "https://issuer.example:8443", "--", "true"}, exitSandbox, "want https"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd, tmp := sandboxCommand(t.Context(), t, test.args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != test.want {
				t.Errorf("exit code %d, want %d; stderr: %s", got, test.want, &stderr)
			}
			if stdout.Len() > 0 {
				t.Errorf("stdout: %s", &stdout)
			}
			if !strings.Contains(stderr.String(), test.stderr) || (test.stderr == "" && stderr.Len() > 0) {
				t.Errorf("stderr %q, want %q in it", &stderr, test.stderr)
			}
			wantEmpty(t, tmp)
		})
	}
}

// TestNothingLeft ends a sandbox in every way, with a command that has left a
// process in the background.
func TestNothingLeft(t *testing.T) {
	for _, test := range []struct {
		name   string
		script string
		signal os.Signal
		want   int
		keeps  bool // a killed sandbox cannot remove its folder
	}{
		{"command ends", `sleep 300 & touch "$STARTED"; exit 3`, nil, 3, false},
		{"SIGTERM", `sleep 300 & touch "$STARTED"; wait`, syscall.SIGTERM, 128 + int(syscall.SIGTERM), false},
		{"SIGINT", `sleep 300 & touch "$STARTED"; wait`, syscall.SIGINT, 128 + int(syscall.SIGINT), false},
		{"the command decides", `trap 'exit 9' TERM; touch "$STARTED"; while :; do sleep 0.05; done`, syscall.SIGTERM, 9, false},
		{"SIGKILL", `touch "$STARTED"; exec sleep 300`, syscall.SIGKILL, -1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mark := "SANDBOX_TEST_MARK=" + rand.Text()
			started := filepath.Join(t.TempDir(), "started")
			cmd, tmp := sandboxCommand(t.Context(), t, "--", "sh", "-c", test.script)
			cmd.Env = append(cmd.Env, mark, "STARTED="+started)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waitFor(t, started)
			if test.signal != nil {
				// The sandbox, the server, the command.
				if got := len(processesWith(t, mark)); got < 3 {
					t.Errorf("%d processes while running, want at least 3", got)
				}
				if err := cmd.Process.Signal(test.signal); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
			wantGone(t, mark)
			if !test.keeps {
				wantEmpty(t, tmp)
			}
		})
	}
}

// TestReaderGone closes stderr, as "2>&1 | head" does, while the sandbox has
// much to say.
func TestReaderGone(t *testing.T) {
	t.Parallel()
	cmd, tmp := sandboxCommand(t.Context(), t, "--verbose", "--", "sh", "-c", "exit 7")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stderr.Close()
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 7 {
		t.Errorf("exit code %d, want 7", got)
	}
	wantEmpty(t, tmp)
}

// TestServerEnds kills the log under a running sandbox, which must not go on
// without it.
func TestServerEnds(t *testing.T) {
	t.Parallel()
	mark := "SANDBOX_TEST_MARK=" + rand.Text()
	started := filepath.Join(t.TempDir(), "started")
	cmd, tmp := sandboxCommand(t.Context(), t, "--", "sh", "-c", `touch "$STARTED"; exec sleep 300`)
	cmd.Env = append(cmd.Env, mark, "STARTED="+started)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, started)
	for _, environ := range processesWith(t, mark) {
		process := filepath.Dir(environ)
		if line, err := os.ReadFile(filepath.Join(process, "cmdline")); err != nil || !bytes.Contains(line, []byte(rekorVerb)) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(process))
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != exitSandbox || !strings.Contains(stderr.String(), "rekor ended") {
		t.Errorf("exit code %d, stderr %q, want %d, rekor ended", got, &stderr, exitSandbox)
	}
	wantGone(t, mark)
	wantEmpty(t, tmp)
}

// waitFor waits until a command has made the file.
func waitFor(t *testing.T, file string) {
	t.Helper()
	for range 1000 {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the command did not start")
}
