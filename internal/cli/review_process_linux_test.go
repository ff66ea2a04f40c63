package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/review"
)

// The reviewer is hallmark in a process of its own to which a fake is GitHub.
func init() {
	programs["reviewer"] = func() {
		env := Process("v0.0.0-test", "")
		env.Network, env.gitOrigin = fakegithub.Transport(os.Getenv("FAKE_GITHUB")), os.Getenv("FAKE_ORIGIN")
		os.Exit(Main(scriptContext(), env))
	}
}

// TestReviewAlone: the program judges a pack again where there is no network.
func TestReviewAlone(t *testing.T) {
	if os.Getenv("HALLMARK_SANDBOX") != "1" {
		t.Skip("builds the program: set HALLMARK_SANDBOX=1")
	}
	t.Parallel()
	p := newPast(t, 4, 1, 2)
	file := filepath.Join(t.TempDir(), "widget.pack")
	online, _ := p.review(0, "octo/widget", "--profile", "sos", "--pack", file, "--format", "json")
	binary := mustBuild(t)
	alone := func(args ...string) (string, int) {
		t.Helper()
		argv := append([]string{"unshare", "--map-root-user", "--net", binary, "review", "--trusted-root", p.root}, args...)
		if exec.Command(argv[0], append(argv[1:3:3], "true")...).Run() != nil {
			argv = argv[3:] // where namespaces are forbidden: TestReviewPack has no network either
		}
		cmd := exec.Command(argv[0], argv[1:]...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run()
		t.Logf("%s%s", errs.String(), strings.Join(argv[:3], " "))
		return out.String(), cmd.ProcessState.ExitCode()
	}
	if offline, code := alone(file, "--format", "json"); code != 0 || offline != online {
		t.Errorf("exit %d, and the same: %t", code, offline == online)
	}
	data, err := os.ReadFile(file)
	p.must(err)
	data[len(data)/2] ^= 1
	p.must(os.WriteFile(file, data, 0o644))
	if _, code := alone(file); code != 1 {
		t.Errorf("changed: exit %d", code)
	}
}

// TestReviewMany: a hundred releases of ten files each cost little of a token's
// calls, of time and of memory.
func TestReviewMany(t *testing.T) {
	if os.Getenv("HALLMARK_SANDBOX") != "1" {
		t.Skip("takes a while: set HALLMARK_SANDBOX=1")
	}
	const releases, files, budget, memory, most = 100, 10, 5000, 256 << 20, time.Minute
	p := newPast(t, releases, 40, files)
	p.must(p.gitHub.SetFaults(fakegithub.Faults{Token: budget}))
	server := httptest.NewServer(p.gitHub)
	defer server.Close()
	out := filepath.Join(t.TempDir(), "report.json")
	for name, value := range map[string]string{"FAKE_GITHUB": server.URL, "FAKE_ORIGIN": p.gitOrigin, "GITHUB_TOKEN": "reader", "GITHUB_SERVER_URL": "",
		"XDG_CACHE_HOME": t.TempDir(), "CI": ""} {
		t.Setenv(name, value)
	}
	argv := []string{"reviewer", "review", "octo/widget", "--trusted-root", p.root, "--format", "json", "--profile", "sos", "--since", "2021-10-01", "--output", out}
	for _, run := range []string{"the first time", "again"} {
		before := strings.Count(p.requests(), " api.github.com ")
		start := time.Now()
		peak := peakRSS(t, append(argv, "--force")...)
		took, calls := time.Since(start), strings.Count(p.requests(), " api.github.com ")-before
		t.Logf("%s: %s, %s in use at most, %d calls", run, took.Round(time.Millisecond), byteSize(peak), calls)
		if took > most || peak > memory || calls > budget/10 {
			t.Errorf("%s: want at most %s, %s and %d calls", run, most, byteSize(memory), budget/10)
		}
	}
	text, err := os.ReadFile(out)
	p.must(err)
	if want := fmt.Sprintf(`"verdict": %q`, review.Enforced); !bytes.Contains(text, []byte(want)) || bytes.Count(text, []byte(`"state": "covered"`)) != (releases-40)*files {
		t.Errorf("no %s, or not all is covered:\n%.3000s", want, text)
	}
}

// BenchmarkReview reviews a project of twelve releases of five files, without
// its network.
func BenchmarkReview(b *testing.B) {
	p := newPast(b, 12, 6, 5)
	b.ReportAllocs()
	for b.Loop() {
		code := Main(b.Context(), Env{Args: []string{"review", "octo/widget", "--trusted-root", p.root, "--quiet"}, Stdout: io.Discard, Stderr: io.Discard,
			Now: time.Now, Network: p.network, gitOrigin: p.gitOrigin, LookupEnv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok }})
		if code != exitDone {
			b.Fatalf("exit %d", code)
		}
	}
}
