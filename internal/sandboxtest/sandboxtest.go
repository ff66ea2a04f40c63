// Package sandboxtest gives tests a local Sigstore: it builds
// cmd/hallmark-sandbox, a module of its own, and runs it as a process.
//
//	sandbox := sandboxtest.Start(t)
//	cmd.Env = sandbox.Env // cmd is now a job of GitHub Actions
//
// A plain go test skips what needs the sandbox and says so. HALLMARK_SANDBOX=1
// builds it, and makes its absence a failure; HALLMARK_SANDBOX_BIN names one
// that is already built.
package sandboxtest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Limits on how long a sandbox may take; it takes a fraction of a second.
const (
	startWithin = time.Minute
	stopWithin  = 20 * time.Second
)

// Sandbox is a running sandbox.
type Sandbox struct {
	// Dir holds the files that the sandbox has written.
	Dir string
	// Env is the environment of a job inside, whole, to hand to a child.
	Env []string
}

// TrustedRoot is the file that verifiers of the sandbox's signatures trust.
func (s *Sandbox) TrustedRoot() string { return filepath.Join(s.Dir, "trusted_root.json") }

// SigningConfig is the file that tells signers where the services are.
func (s *Sandbox) SigningConfig() string { return filepath.Join(s.Dir, "signing_config.json") }

// RequestLog is the file that lists what was contacted, one request a line:
// TIME SERVICE METHOD HOST PATH. The service is "refused" for a host outside.
func (s *Sandbox) RequestLog() string { return filepath.Join(s.Dir, "requests.log") }

// Getenv returns a variable of Env.
func (s *Sandbox) Getenv(name string) string {
	for _, kv := range s.Env {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return ""
}

// Start starts a sandbox with the given flags, --dir excepted, and stops it
// when the test ends.
func Start(t testing.TB, flags ...string) *Sandbox {
	t.Helper()
	binary := Binary(t)
	dir := filepath.Join(t.TempDir(), "sandbox")
	cmd := exec.Command(binary, append([]string{"--dir", dir}, flags...)...)
	cmd.SysProcAttr = endWithParent()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	ready := make(chan struct{})
	go func() { said <- listen(stderr, ready) }()
	t.Cleanup(func() { stop(t, cmd, said) })

	select {
	case <-ready:
	case text := <-said:
		said <- "" // for the cleanup, which waits for it too
		t.Fatalf("the sandbox did not start: %s", text)
	case <-time.After(startWithin):
		t.Fatalf("the sandbox was not ready after %v", startWithin)
	}
	script, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil {
		t.Fatal(err)
	}
	return &Sandbox{Dir: dir, Env: source(os.Environ(), string(script))}
}

// listen reads what the sandbox says until it ends, and closes ready at the
// line that announces that everything answers. It returns all other lines.
func listen(stderr io.Reader, ready chan<- struct{}) string {
	var rest bytes.Buffer
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if lines.Text() == "ready" && ready != nil {
			close(ready)
			ready = nil
			continue
		}
		rest.WriteString(lines.Text() + "\n")
	}
	return rest.String()
}

func stop(t testing.TB, cmd *exec.Cmd, said <-chan string) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stopping the sandbox: %v", err)
	}
	kill := time.AfterFunc(stopWithin, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	text := <-said // Wait closes the pipe, so it comes after the last line
	if err := cmd.Wait(); err != nil {
		t.Errorf("sandbox: %v\n%s", err, text)
	}
}

// source applies the sandbox's environment file to an environment, as a shell
// would. The file has a line of names to unset, then export NAME='VALUE' lines.
func source(environ []string, script string) []string {
	drop := make(map[string]bool)
	var set []string
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if names, ok := strings.CutPrefix(line, "unset "); ok {
			for _, name := range strings.Fields(names) {
				drop[name] = true
			}
			continue
		}
		assignment, ok := strings.CutPrefix(line, "export ")
		if !ok {
			continue
		}
		name, quoted, _ := strings.Cut(assignment, "=")
		drop[name] = true
		value := strings.TrimSuffix(strings.TrimPrefix(quoted, "'"), "'")
		set = append(set, name+"="+strings.ReplaceAll(value, `'\''`, "'"))
	}
	var env []string
	for _, kv := range environ {
		if name, _, _ := strings.Cut(kv, "="); !drop[name] {
			env = append(env, kv)
		}
	}
	return append(env, set...)
}
