package cli

import (
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
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
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

// TestKilled kills the program outright at several stages. What it left is whole
// bundles or none, and the next run signs nothing that has one.
func TestKilled(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	const bundles = 12
	stages := []struct {
		name    string
		service string
		nth     int
	}{
		{"while it asks for the certificate", sandboxtest.Fulcio, 1},
		{"at the first timestamp", sandboxtest.TSA, 1},
		{"at the first entry", sandboxtest.Rekor, 1},
		{"in the middle of the timestamps", sandboxtest.TSA, bundles / 2},
		{"in the middle of the entries", sandboxtest.Rekor, bundles / 2},
		{"at the last entry", sandboxtest.Rekor, bundles},
	}
	commands := map[string][]string{
		"sign":   {"sign", "dist"},
		"attest": {"attest", "--checksums", "SUMS", "-o", "out"},
	}
	for name, command := range commands {
		for _, stage := range stages {
			t.Run(name+" "+stage.name, func(t *testing.T) {
				j := newJob(t, sandbox)
				if err := os.Mkdir(filepath.Join(j.dir, "dist"), 0o755); err != nil {
					t.Fatal(err)
				}
				for i := range bundles {
					mustWrite(t, filepath.Join(j.dir, "dist", fmt.Sprintf("a%02d", i)), fmt.Sprint(i))
				}
				j.checksums(bundles * 1024)
				words := j.signing(command...)
				arrived := make(chan struct{}, 1)
				j.weather.Break(stage.service, sandboxtest.Hold(arrived), sandboxtest.From(stage.nth))
				cmd := j.command(append(words, "--jobs", "4")...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				select {
				case <-arrived:
				case <-time.After(time.Minute):
					t.Error("it never came so far")
				}
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()

				wantMissing(t, j, "out")
				done := j.files("*.sigstore.json")
				for _, bundle := range done {
					j.want(exitDone, "inspect", bundle)
				}
				j.weather.Clear()
				j.want(exitDone, words...)
				if n, missing := j.weather.Done(sandboxtest.Rekor), bundles-len(done); n != missing {
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
