package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// checksums writes SUMS, a checksum file of n artifacts that nobody has: what is
// signed is their digests. SOME are a few of each statement's.
func (j *job) checksums(n int) {
	j.t.Helper()
	var all, some strings.Builder
	for i := range n {
		line := fmt.Sprintf("%064x  artifact-%05d\n", i+1, i)
		all.WriteString(line)
		if i%500 == 0 || i == n-1 {
			some.WriteString(line)
		}
	}
	mustWrite(j.t, filepath.Join(j.dir, "SUMS"), all.String())
	mustWrite(j.t, filepath.Join(j.dir, "SOME"), some.String())
}

// artifacts writes n files into dist.
func (j *job) artifacts(n int) {
	j.t.Helper()
	if err := os.Mkdir(filepath.Join(j.dir, "dist"), 0o755); err != nil {
		j.t.Fatal(err)
	}
	for i := range n {
		mustWrite(j.t, filepath.Join(j.dir, "dist", fmt.Sprintf("a%02d", i)), fmt.Sprint(i))
	}
}

// TestResumeAttest: a log that fails after the first of four statements costs
// nothing of what was done, and the next run does the rest.
func TestResumeAttest(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	j := newJob(t, sandbox)
	j.checksums(3*1024 + 1)
	attest := j.signing("attest", "--checksums", "SUMS", "-o", "out")
	folder := filepath.Join(j.dir, "out.d")

	j.weather.Break(sandboxtest.Rekor, sandboxtest.Status(502, ""), sandboxtest.From(2))
	stdout, stderr := j.want(exitUndecided, append(attest, "--retry-for", "0s")...)
	if stdout != "" {
		t.Errorf("stdout %q", stdout)
	}
	want := regexp.MustCompile(`\Ahallmark: error: log http://\S+: 502 Bad Gateway\nhallmark: hint: nothing is lost: 1 of 4 bundles are written, in out.d; run the\s+same\s+command\s+again\s+to\s+finish\s+the\s+other\s+3\n\z`)
	if !want.MatchString(stderr) {
		t.Errorf("stderr %q", stderr)
	}
	wantMissing(t, j, "out")
	parts := j.files("*.sigstore.json")
	if len(parts) != 1 || filepath.Dir(parts[0]) != folder {
		t.Fatalf("parts %q, want one in out.d", parts)
	}
	before := mustRead(t, parts[0])

	// What is there and not of these statements, or broken, does not count.
	mustWrite(t, filepath.Join(folder, strings.Repeat("0", 64)+".sigstore.json"), before)
	mustWrite(t, filepath.Join(folder, ".hallmark-1"), before[:100])
	j.weather.Clear()
	j.want(exitDone, attest...)
	if n := j.weather.Done(sandboxtest.Rekor); n != 3 {
		t.Errorf("%d entries were made, want the 3 that were missing", n)
	}
	if got := mustRead(t, filepath.Join(j.dir, "out")); !strings.Contains(got, strings.TrimSpace(before)) {
		t.Error("the bundle of the first run is not in the result")
	}
	j.wantNothingPartial()
	j.wantVerified("--bundle", "out", "--checksums", "SOME")

	// Done is done.
	stdout, _ = j.want(exitDone, attest...)
	if n := j.weather.Done(sandboxtest.Rekor); n != 3 || !strings.Contains(stdout, "\nkept ") {
		t.Errorf("a finished attestation was signed again: %d entries\n%s", n, stdout)
	}
}

// TestResumeSign: what a run has signed before the log fails is there, and the
// next run does the rest.
func TestResumeSign(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	j := newJob(t, sandbox)
	j.artifacts(40)
	sign := j.signing("sign", "dist")
	j.weather.Break(sandboxtest.Rekor, sandboxtest.Status(502, ""), sandboxtest.From(38))
	stdout, stderr := j.want(exitUndecided, append(sign, "--retry-for", "0s")...)
	want := regexp.MustCompile(`\Ahallmark: error: a\d+ and 2 others: log http://\S+: 502 Bad Gateway\nhallmark: hint: nothing is lost: 37 of 40 bundles are written; run the same\s+command again to finish the other 3\n\z`)
	if !want.MatchString(stderr) || !strings.Contains(stdout, "\nsigned ") {
		t.Errorf("stdout %q, stderr %q", stdout, stderr)
	}
	if n := len(j.files("*.sigstore.json")); n != 37 {
		t.Errorf("%d bundles are there, want 37", n)
	}
	j.wantNothingPartial()
	j.weather.Clear()
	j.want(exitDone, sign...)
	if n := j.weather.Done(sandboxtest.Rekor); n != 3 {
		t.Errorf("%d entries were made, want the 3 that were missing", n)
	}
	j.wantVerified("dist")
}

// TestResumeDamaged: parts that somebody changed, of other statements or of
// another signer are signed again; what is not hallmark's stays.
func TestResumeDamaged(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	other := sandboxtest.Start(t, "--actor", "mona")
	spoil := map[string]func(*testing.T, *job, string){
		"cut off": func(t *testing.T, _ *job, part string) {
			mustWrite(t, part, mustRead(t, part)[:1000])
		},
		"one bit": func(t *testing.T, _ *job, part string) {
			text := []byte(mustRead(t, part))
			text[len(text)/2] ^= 1
			mustWrite(t, part, string(text))
		},
		"of another statement": func(t *testing.T, j *job, part string) {
			mustWrite(t, filepath.Join(j.dir, "c"), "c")
			j.want(exitDone, j.signing("attest", "c")...)
			mustWrite(t, part, mustRead(t, filepath.Join(j.dir, "c.intoto.jsonl")))
			j.weather.Clear()
		},
		"of another Sigstore": func(t *testing.T, _ *job, part string) {
			o := newJob(t, other)
			o.checksums(1024)
			o.want(exitDone, o.signing("attest", "--checksums", "SUMS", "-o", "out")...)
			mustWrite(t, part, mustRead(t, filepath.Join(o.dir, "out")))
		},
		"gone": func(t *testing.T, _ *job, part string) {
			if err := os.Remove(part); err != nil {
				t.Fatal(err)
			}
		},
	}
	runs := sideBySide()
	defer runs.Wait()
	for name, spoil := range spoil {
		runs.subtest(t, name, func(t *testing.T) {
			j := newJob(t, sandbox)
			j.checksums(1024 + 1)
			attest := j.signing("attest", "--checksums", "SUMS", "-o", "out")
			j.weather.Break(sandboxtest.Rekor, sandboxtest.Status(502, ""), sandboxtest.From(2))
			j.want(exitUndecided, append(attest, "--retry-for", "0s")...)
			parts := j.files("*.sigstore.json")
			if len(parts) != 1 {
				t.Fatalf("parts %q", parts)
			}
			j.weather.Clear()
			spoil(t, j, parts[0])
			mine := filepath.Join(j.dir, "out.d", "notes.txt")
			mustWrite(t, mine, "mine")
			_, stderr := j.want(exitDone, attest...)
			if n := j.weather.Done(sandboxtest.Rekor); n != 2 {
				t.Errorf("%d entries were made, want both again", n)
			}
			if !strings.Contains(stderr, "out.d holds files that are not hallmark's, so it stays") || mustRead(t, mine) != "mine" {
				t.Errorf("somebody else's file: %q", stderr)
			}
			j.wantVerified("--bundle", "out", "--checksums", "SOME")
		})
	}
}

// killStages are moments at which a run is killed: when the nth request has come
// to a service, or without one, when the last bundle is there.
var killStages = []struct {
	name    string
	service string
	hold    func(chan<- struct{}) sandboxtest.Fault
	nth     int
}{
	{"before it has an identity", sandboxtest.Runner, sandboxtest.Hold, 1},
	{"while it asks for the certificate", sandboxtest.Fulcio, sandboxtest.Hold, 1},
	{"with a certificate that it never got", sandboxtest.Fulcio, sandboxtest.HoldAnswer, 1},
	{"at the first timestamp", sandboxtest.TSA, sandboxtest.Hold, 1},
	{"at the first entry", sandboxtest.Rekor, sandboxtest.Hold, 1},
	{"in the middle of the timestamps", sandboxtest.TSA, sandboxtest.Hold, killBundles / 2},
	{"in the middle of the entries", sandboxtest.Rekor, sandboxtest.Hold, killBundles / 2},
	{"with an entry that has no bundle yet", sandboxtest.Rekor, sandboxtest.HoldAnswer, killBundles / 2},
	{"at the last entry", sandboxtest.Rekor, sandboxtest.Hold, killBundles},
	{"when the last bundle is there", "", nil, 0},
}

const killBundles = 6

// TestKilled kills the program outright at several stages. What it left is whole
// bundles or none, and the next run signs nothing that has one.
func TestKilled(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	runs := sideBySide()
	defer runs.Wait()
	for name, command := range map[string][]string{
		"sign":   {"sign", "dist"},
		"attest": {"attest", "--checksums", "SUMS", "-o", "out"},
	} {
		for _, stage := range killStages {
			runs.subtest(t, name+" "+stage.name, func(t *testing.T) {
				j := newJob(t, sandbox)
				j.artifacts(killBundles)
				j.checksums(killBundles * 1024)
				words := j.signing(command...)
				arrived := make(chan struct{}, 1)
				if stage.service != "" {
					j.weather.Break(stage.service, stage.hold(arrived), sandboxtest.From(stage.nth))
				}
				j.kill(arrived, append(words, "--jobs", "3")...)

				done := j.wantWholeBundles()
				j.weather.Clear()
				j.want(exitDone, words...)
				if n, missing := j.weather.Done(sandboxtest.Rekor), killBundles-done; n != missing {
					t.Errorf("%d entries were made, want the %d that had no bundle", n, missing)
				}
				if name == "sign" {
					j.wantVerified("dist")
				} else {
					j.wantNothingPartial()
					j.wantVerified("--bundle", "out", "--checksums", "SOME")
				}
			})
		}
	}
}

// kill starts the program and kills it once somebody says so, or all of its
// bundles are there.
func (j *job) kill(now <-chan struct{}, words ...string) {
	j.t.Helper()
	cmd := j.command(words...)
	if err := cmd.Start(); err != nil {
		j.t.Fatal(err)
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	late := time.After(time.Minute)
	for waiting := true; waiting; {
		select {
		case <-now:
			waiting = false
		case <-look.C:
			waiting = len(j.files("*.sigstore.json")) < killBundles && len(j.files("out")) == 0
		case <-late:
			j.t.Error("it never came so far")
			waiting = false
		}
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		j.t.Fatal(err)
	}
	_ = cmd.Wait()
}

// wantWholeBundles wants what a killed run has left to be read without fault,
// and counts the bundles. Where the one file for all of them is there, so are
// they, whether or not it came to remove the parts.
func (j *job) wantWholeBundles() int {
	j.t.Helper()
	if out := j.files("out"); len(out) > 0 {
		j.wantVerified("--bundle", out[0], "--checksums", "SOME")
		return killBundles
	}
	bundles := j.files("*.sigstore.json")
	for _, bundle := range bundles {
		j.want(exitDone, "inspect", bundle)
	}
	return len(bundles)
}

func wantMissing(t *testing.T, j *job, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(j.dir, name)); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want that it does not exist", name, err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
