package sandboxtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Binary returns the path of the sandbox. Without HALLMARK_SANDBOX_BIN or
// HALLMARK_SANDBOX=1 it skips the test.
func Binary(t testing.TB) string {
	t.Helper()
	if named := os.Getenv("HALLMARK_SANDBOX_BIN"); named != "" {
		if _, err := os.Stat(named); err != nil {
			t.Fatalf("HALLMARK_SANDBOX_BIN: %v", err)
		}
		return named
	}
	if os.Getenv("HALLMARK_SANDBOX") != "1" {
		t.Skip("needs the sandbox: set HALLMARK_SANDBOX=1 to build and use it")
	}
	if runtime.GOOS != "linux" {
		t.Fatal("HALLMARK_SANDBOX=1, but the sandbox runs on Linux only")
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// build builds the sandbox once a process, into the user's cache. Where nothing
// has changed the go command leaves the file as it is, in under a second.
var build = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("building the sandbox: %w", err)
	}
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("building the sandbox: go env GOMOD: %w", err)
	}
	module := filepath.Dir(strings.TrimSpace(string(out)))
	dir := filepath.Join(cache, "hallmark-sandbox")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("building the sandbox: %w", err)
	}
	// Tests of several packages run at once, and may all build.
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return "", fmt.Errorf("building the sandbox: %w", err)
	}
	defer unlock()
	path := filepath.Join(dir, "hallmark-sandbox")
	// The fake GitHub is a program of its own, and stands beside it.
	for _, program := range []struct{ dir, from, to string }{
		{filepath.Join(module, "cmd", "hallmark-sandbox"), ".", path},
		{module, "./internal/forge/fakegithub/serve", path + "-github"},
	} {
		cmd := exec.Command("go", "build", "-o", program.to, program.from)
		cmd.Dir = program.dir
		if text, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building the sandbox: %w\n%s", err, text)
		}
	}
	return path, nil
})
