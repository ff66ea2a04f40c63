package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// mustBuild builds hallmark as it is released: what a test binary links beside
// it could open sockets of its own, and takes memory.
func mustBuild(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hallmark")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "../../cmd/hallmark")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return path
}

// large is a file that takes no space, with a bundle beside it that a key signed
// and no log has seen.
type large struct{ file, key string }

func mustLarge(t testing.TB, size int64) large {
	t.Helper()
	dir := t.TempDir()
	l := large{filepath.Join(dir, "large"), filepath.Join(dir, "key.pub")}
	if err := os.WriteFile(l.file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(l.file, size); err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	mustWrite(t, l.key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})))
	process := Process("", "")
	process.Args = []string{"sign", "--no-log", "--key", filepath.Join(dir, "key.pem"), "--trusted-root", embeddedRoot, l.file}
	process.Stdout, process.Stderr = &bytes.Buffer{}, os.Stderr
	if code := Main(t.Context(), process); code != exitDone {
		t.Fatalf("sign: exit %d", code)
	}
	return l
}

// verify are the arguments that verify it.
func (l large) verify() []string {
	return []string{"verify", "--offline", "--key", l.key, "--allow-unlogged", l.file}
}

const embeddedRoot = "../trust/embedded/trusted_root.json"

// peakRSS is the most memory that a program had in use, in bytes. It runs below
// a process of its own, for a child inherits the peak of whoever starts it, and
// a test has a large one.
func peakRSS(t testing.TB, argv ...string) int64 {
	t.Helper()
	out, err := exec.Command("peakrss", argv...).Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	peak, err := strconv.ParseInt(string(out), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return peak
}

func init() { programs["peakrss"] = peakRSSMain }

func peakRSSMain() {
	child := exec.Command(os.Args[1], os.Args[2:]...)
	child.Stderr = os.Stderr
	if err := child.Run(); err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	kib := child.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	os.Stdout.WriteString(strconv.FormatInt(kib<<10, 10))
}

// TestProgram holds the program to what only a process of its own can show.
func TestProgram(t *testing.T) {
	if os.Getenv("HALLMARK_SANDBOX") != "1" {
		t.Skip("builds the program and traces it: set HALLMARK_SANDBOX=1")
	}
	binary := mustBuild(t)
	slsa, err := releases()
	if err != nil {
		t.Fatal(err)
	}
	release := filepath.Join(slsa, "gha_generic", "v2.1.0", "binary-linux-amd64-push-v14.2")
	verify := []string{binary, "verify", "--repo", "slsa-framework/example-package", "--bundle", release + ".intoto.jsonl", release}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")

	t.Run("no socket is opened offline", func(t *testing.T) {
		for name, more := range map[string][]string{
			"embedded root": nil, "root in a file": {"--trusted-root", embeddedRoot}, "refused": {"--tag", "v1"},
		} {
			if calls := sockets(t, append(append(verify, "--offline"), more...)); calls != "" {
				t.Errorf("%s:\n%s", name, calls)
			}
		}
		t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // nobody listens there
		if sockets(t, verify) == "" {
			t.Error("the trace does not show the connection that refreshes the trusted root")
		}
	})
	t.Run("no network is needed offline", func(t *testing.T) {
		alone := []string{"unshare", "--map-root-user", "--net"}
		if err := exec.Command(alone[0], append(alone[1:], "true")...).Run(); err != nil {
			t.Logf("not tried, unshare: %v", err)
			return
		}
		out, err := exec.Command(alone[0], append(append(alone[1:], verify...), "--offline")...).Output()
		if err != nil || !bytes.HasPrefix(out, []byte("verified")) {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("a large file takes little memory", func(t *testing.T) {
		const most = 64 << 20
		peak := peakRSS(t, append([]string{binary}, mustLarge(t, 512<<20).verify()...)...)
		t.Logf("%s in use at most", byteSize(peak))
		if peak > most {
			t.Errorf("want at most %s", byteSize(most))
		}
	})
}

// sockets runs a program and returns its system calls that open or connect one.
func sockets(t *testing.T, argv []string) string {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace")
	strace := exec.Command("strace", append([]string{"-f", "-qq", "-e", "trace=socket,connect", "-e", "signal=none", "-o", trace}, argv...)...)
	out, err := strace.CombinedOutput()
	if code := strace.ProcessState.ExitCode(); code != exitDone && code != exitRefused {
		t.Fatalf("strace: %v\n%s", err, out)
	}
	calls, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	// A thread that ends while strace lets go of it leaves a line of no call.
	var made []string
	for line := range strings.Lines(string(calls)) {
		if !strings.Contains(line, "<detached ...>") {
			made = append(made, line)
		}
	}
	return strings.Join(made, "")
}
