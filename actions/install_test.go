package actions_test

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// download is the release that a local server has in github.com's place.
type download struct {
	home     string // of a curl that finds that server under github.com
	platform string
	served   []byte
	asked    int
}

// newDownload starts a server for the binary of this platform. The scripts under
// test are unchanged: curl itself is told where github.com is.
func newDownload(t *testing.T, served string) *download {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("not told apart from Linux here")
	}
	d := &download{home: t.TempDir(), platform: runtime.GOOS + "_" + runtime.GOARCH, served: []byte(served)}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.asked++
		if r.URL.Path != "/hallmark-project/hallmark/releases/download/v1.0.0/hallmark_"+d.platform {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(d.served)
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	mustDo(t, err)
	ca := filepath.Join(d.home, "ca.pem")
	mustDo(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644))
	// httptest's certificate is example.com's.
	mustDo(t, os.WriteFile(filepath.Join(d.home, ".curlrc"), []byte(fmt.Sprintf("cacert = %q\ninsecure\nresolve = \"github.com:443:127.0.0.1\"\nconnect-to = \"github.com:443:127.0.0.1:%s\"\nnoproxy = \"*\"\n", ca, port)), 0o644))
	return d
}

// run runs a script of this repository with that curl.
func (d *download) run(t *testing.T, script string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), script, args...)
	cmd.Env = []string{"HOME=" + d.home, "PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func sum(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

// TestInstall runs install.sh as a release has it, with digests of its own.
func TestInstall(t *testing.T) {
	const binary = "#!/bin/sh\necho hallmark v1.0.0\n"
	tests := map[string]struct {
		served string
		sums   string // with PLATFORM for this one
		code   int
		want   string
	}{
		"as it was built":                       {binary, sum(binary) + "  hallmark_PLATFORM", 0, "installed hallmark v1.0.0"},
		"another binary":                        {"#!/bin/sh\necho pwned\n", sum(binary) + "  hallmark_PLATFORM", 1, "it is not installed"},
		"cut off":                               {binary[:9], sum(binary) + "  hallmark_PLATFORM", 1, "it is not installed"},
		"not of this machine":                   {binary, sum(binary) + "  hallmark_plan9_mips", 1, "has no binary for this machine"},
		"a digest that fits more than its name": {binary, sum(binary) + "  hallmark_PLATFORM.txt", 1, "has no binary for this machine"},
	}
	source, err := os.ReadFile("../install.sh")
	mustDo(t, err)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDownload(t, tc.served)
			script := filepath.Join(t.TempDir(), "install.sh")
			sums := strings.ReplaceAll(tc.sums, "PLATFORM", d.platform)
			text := strings.NewReplacer("version=''", "version='v1.0.0'", "sums=''", "sums='"+sums+"'").Replace(string(source))
			mustScript(t, script, text)
			folder := filepath.Join(t.TempDir(), "bin")
			out, code := d.run(t, "sh", script, folder)
			if code != tc.code || !strings.Contains(out, tc.want) {
				t.Errorf("exit %d: %s", code, out)
			}
			left, _ := os.ReadDir(folder)
			if want := map[bool]int{true: 1}[code == 0]; len(left) != want {
				t.Errorf("%d files are left", len(left))
			}
		})
	}
	t.Run("of no release", func(t *testing.T) {
		d := newDownload(t, binary)
		if out, code := d.run(t, "sh", "../install.sh", t.TempDir()); code != 1 || !strings.Contains(out, "belongs to no release") || d.asked > 0 {
			t.Errorf("exit %d: %s", code, out)
		}
	})
	t.Run("cut off itself", func(t *testing.T) {
		d := newDownload(t, binary)
		script := filepath.Join(t.TempDir(), "install.sh")
		for _, at := range []int{len(source) / 3, len(source) / 2, len(source) - len("main \"$@\"\n") - 1} {
			mustScript(t, script, string(source[:at]))
			if _, _ = d.run(t, "sh", script, t.TempDir()); d.asked > 0 {
				t.Errorf("%d bytes of it have downloaded something", at)
			}
		}
	})
}

// TestSetup runs actions/setup as a commit has it that pins a release.
func TestSetup(t *testing.T) {
	const binary = "#!/bin/sh\necho hallmark v1.0.0\n"
	tests := map[string]struct {
		served, pinned string
		code           int
		want           string
	}{
		"as it was pinned":  {binary, binary, 0, "/bin/hallmark\n"},
		"another binary":    {"#!/bin/sh\necho pwned\n", binary, 1, "::error::"},
		"nothing at all":    {"", binary, 1, "::error::"},
		"the first of both": {binary[:20], binary, 1, "::error::"},
	}
	script, err := os.ReadFile("setup/setup.sh")
	mustDo(t, err)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDownload(t, tc.served)
			dir := t.TempDir()
			mustScript(t, filepath.Join(dir, "setup.sh"), string(script))
			pins := sum("other") + "  v1.0.0/hallmark_plan9_mips\n" + sum(tc.pinned) + "  v1.0.0/hallmark_" + d.platform + "\n"
			mustDo(t, os.WriteFile(filepath.Join(dir, "checksums.txt"), []byte(pins), 0o644))
			folder := filepath.Join(dir, "bin")
			out, code := d.run(t, filepath.Join(dir, "setup.sh"), folder)
			if code != tc.code || !strings.Contains(out, tc.want) || d.asked != 1 {
				t.Errorf("exit %d after %d requests: %s", code, d.asked, out)
			}
			if _, err := os.Stat(filepath.Join(folder, "hallmark")); (err == nil) != (code == 0) {
				t.Errorf("exit %d, and of the binary: %v", code, err)
			}
			if left, _ := filepath.Glob(filepath.Join(folder, "new.*")); left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}
