package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// release is a folder of files in a sandbox, and the program as it is released.
type release struct {
	*sandboxtest.Sandbox
	binary string
}

func newRelease(b *testing.B) *release {
	b.Helper()
	r := &release{Sandbox: sandboxtest.Start(b), binary: mustBuild(b)}
	for _, name := range []string{"CI", "HALLMARK_SANDBOX"} {
		b.Setenv(name, "")
	}
	for _, kv := range r.Env {
		name, value, _ := strings.Cut(kv, "=")
		b.Setenv(name, value)
	}
	b.Setenv("XDG_CACHE_HOME", b.TempDir())
	return r
}

// argv are the words of a command that signs.
func (r *release) argv(words ...string) []string {
	return append([]string{r.binary}, append(words, "--signing-config", r.SigningConfig(), "--trusted-root", r.TrustedRoot())...)
}

// requests counts what was asked of a service so far.
func (r *release) requests(b *testing.B, service string) int {
	b.Helper()
	log, err := os.ReadFile(r.RequestLog())
	if err != nil {
		b.Fatal(err)
	}
	return strings.Count(string(log), " "+service+" POST ")
}

// files makes a folder of n files that differ.
func files(b *testing.B, n, size int) string {
	b.Helper()
	dir := b.TempDir()
	content := make([]byte, size)
	for i := range n {
		name := fmt.Sprintf("f%05d", i)
		copy(content, name)
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkSign200 signs 200 artifacts in one call. x-20-calls is how many times
// as long 20 calls of one took, which is what a loop in a script would do.
func BenchmarkSign200(b *testing.B) {
	r := newRelease(b)
	var together, alone time.Duration
	for b.Loop() {
		b.StopTimer()
		dir, few, before := files(b, 200, 100), files(b, 20, 99), r.requests(b, "fulcio")
		b.StartTimer()
		together += took(b, r.argv("sign", dir)...)
		b.StopTimer()
		if n := r.requests(b, "fulcio") - before; n != 1 {
			b.Errorf("%d certificates were asked for, want 1", n)
		}
		for i := range 20 {
			alone += took(b, r.argv("sign", filepath.Join(few, fmt.Sprintf("f%05d", i)))...)
		}
		b.StartTimer()
	}
	b.ReportMetric(alone.Seconds()/together.Seconds(), "x-20-calls")
}

// BenchmarkSign1000 signs 1,000 artifacts in one call.
func BenchmarkSign1000(b *testing.B) {
	r := newRelease(b)
	for b.Loop() {
		b.StopTimer()
		dir := files(b, 1000, 100)
		b.StartTimer()
		took(b, r.argv("sign", dir)...)
	}
	b.StopTimer()
	b.ReportMetric(float64(r.requests(b, "fulcio"))/float64(b.N), "certificates/op")
	b.ReportMetric(float64(peakRSS(b, r.argv("sign", files(b, 1000, 101))...))/1e6, "peak-MB")
}

// BenchmarkAttest10000 attests 10,000 subjects in one call, and verifies each of
// them by what that wrote.
func BenchmarkAttest10000(b *testing.B) {
	r := newRelease(b)
	var attesting, verifying time.Duration
	var verify []string
	for b.Loop() {
		b.StopTimer()
		dir, out := files(b, 10000, 100), filepath.Join(b.TempDir(), "all.jsonl")
		verify = []string{r.binary, "verify", "--offline", "--trusted-root", r.TrustedRoot(),
			"--repo", r.Getenv("GITHUB_REPOSITORY"), "--bundle", out, dir}
		b.StartTimer()
		attesting += took(b, r.argv("attest", "-o", out, dir)...)
		verifying += took(b, verify...)
	}
	b.ReportMetric(attesting.Seconds()/float64(b.N), "attest-s/op")
	b.ReportMetric(verifying.Seconds()/float64(b.N), "verify-s/op")
	b.ReportMetric(float64(peakRSS(b, verify...))/1e6, "verify-peak-MB")
}

// BenchmarkProvenance10000 writes provenance for 10,000 files of 100 KiB.
// x-openssl is how many times as long it took as one openssl per core took to
// hash them, 1 and less is as good.
func BenchmarkProvenance10000(b *testing.B) {
	binary, dir := mustBuild(b), files(b, 10000, 100<<10)
	b.Chdir(oneCommit(b))
	out := filepath.Join(b.TempDir(), "statements")
	provenance := []string{binary, "provenance", "--from", "git", "--force", "-o", out, dir}
	cores, err := exec.Command("nproc").Output()
	if err != nil {
		b.Fatal(err)
	}
	openssl := []string{"sh", "-c", `find "$1" -type f -print0 | xargs -0 -P "$2" openssl dgst -sha256 >"$3"`, "sh",
		dir, strings.TrimSpace(string(cores)), os.DevNull}
	var ours, theirs time.Duration
	for b.Loop() {
		ours += took(b, provenance...)
		b.StopTimer()
		theirs += took(b, openssl...)
		b.StartTimer()
	}
	b.SetBytes(10000 * 100 << 10)
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-openssl")
	b.ReportMetric(float64(peakRSS(b, provenance...))/1e6, "peak-MB")
}

// oneCommit is a git repository with one commit.
func oneCommit(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	for name, value := range map[string]string{"HOME": dir, "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1"} {
		b.Setenv(name, value)
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"remote", "add", "origin", "https://github.com/octo/widget"},
		{"-c", "user.name=octo", "-c", "user.email=octo@example.com", "commit", "-q", "--allow-empty", "-m", "first"},
	} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			b.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	return dir
}
