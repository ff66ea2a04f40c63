package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asSandbox makes the test binary the command under test, so that tests see
// whole processes and need no second build.
const asSandbox = "SANDBOX_TEST_AS_COMMAND"

// asClient is the first argument with which it is an ordinary HTTP client, to
// be run inside.
const asClient = "sandbox-test-client"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == asClient {
		response, err := http.Get(os.Args[2])
		fmt.Println(response != nil && response.StatusCode == http.StatusOK, err)
		return
	}
	if os.Getenv(asSandbox) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// sandboxCommand prepares the command with a temporary folder of its own.
func sandboxCommand(ctx context.Context, t *testing.T, args ...string) (cmd *exec.Cmd, tmp string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tmp = t.TempDir()
	cmd = exec.CommandContext(ctx, self, args...)
	cmd.Env = append(os.Environ(), asSandbox+"=1", "TMPDIR="+tmp)
	return cmd, tmp
}

// running is a sandbox that stays up.
type running struct {
	dir string
	env map[string]string
}

// mustStart starts a sandbox with --dir and stops it when the test ends.
func mustStart(t *testing.T, flags ...string) *running {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sandbox")
	cmd, tmp := sandboxCommand(context.Background(), t, append([]string{"--dir", dir}, flags...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(stderr)
	rest := make(chan string, 1)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		text := <-rest
		if err := cmd.Wait(); err != nil || text != "" {
			t.Errorf("sandbox: %v\n%s", err, text)
		}
		wantEmpty(t, tmp)
	})
	line, err := said.ReadString('\n')
	// Reports of the race detector must not fill the pipe and stop the sandbox.
	go func() {
		text, _ := io.ReadAll(said)
		rest <- string(text)
	}()
	if line != "ready\n" {
		t.Fatalf("sandbox said %q (%v), want ready", line, err)
	}
	return &running{dir: dir, env: mustSource(t, filepath.Join(dir, envFile))}
}

// mustSource reads the environment as a shell does.
func mustSource(t *testing.T, file string) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0" && env -0`, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	env := make(map[string]string)
	for kv := range bytes.SplitSeq(out, []byte{0}) {
		name, value, _ := strings.Cut(string(kv), "=")
		env[name] = value
	}
	return env
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("left behind: %s", e.Name())
	}
}

// processesWith lists the processes whose environment holds the mark.
func processesWith(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range files {
		// A process that ends meanwhile cannot be read, and need not be.
		if env, err := os.ReadFile(f); err == nil && bytes.Contains(env, []byte(mark)) {
			found = append(found, f)
		}
	}
	return found
}

// wantGone waits a moment for killed processes to be reaped.
func wantGone(t *testing.T, mark string) {
	t.Helper()
	for range 100 {
		if len(processesWith(t, mark)) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("still there: %v", processesWith(t, mark))
}
