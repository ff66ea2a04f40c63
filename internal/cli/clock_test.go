package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// clocks are clocks of this machine, each off by so much, and what becomes of a
// run by them, as docs/weather.md has it.
var clocks = []struct {
	fault string
	off   string
	exit  int
	said  string
}{
	{"clock two minutes ahead", "2m", exitDone, ""},
	{"clock two minutes behind", "-2m", exitDone, ""},
	{"clock an hour ahead", "1h", exitUndecided, "identity from github-actions: the token expired at TIME, and this machine's clock says TIME"},
	{"clock an hour behind", "-1h", exitUndecided, "identity from github-actions: the token is valid from TIME on, and this machine's clock says TIME"},
}

// TestClock signs by clocks that are wrong. What is signed bears the services'
// times, so a verifier notices nothing.
func TestClock(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	runs := sideBySide()
	defer runs.Wait()
	for _, test := range clocks {
		for _, command := range []string{"sign", "attest"} {
			runs.subtest(t, command+" "+test.fault, func(t *testing.T) {
				j := newJob(t, sandbox, "a")
				mustWrite(t, j.clock, test.off)
				_, stderr := j.want(test.exit, j.signing(command, "a")...)
				if test.exit == exitDone {
					j.wantVerified("a")
				} else if left := j.files("a.*"); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
				want := `\A\z`
				if test.said != "" {
					want = `\Ahallmark: error: ` + strings.ReplaceAll(regexp.QuoteMeta(test.said), "TIME", `20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`) +
						`\nhallmark: hint: it was issued just now: if this machine's clock is wrong, set it\n +and run the same command again\n\z`
				}
				if !regexp.MustCompile(want).MatchString(stderr) {
					t.Errorf("stderr %q does not match %s", stderr, want)
				}
			})
		}
	}
}

// TestNoServiceByTheClock: the sandbox's own signing config names services that
// began with it.
func TestNoServiceByTheClock(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t)
	j := newJob(t, sandbox, "a")
	mustWrite(t, j.clock, "-2m")
	for _, command := range []string{"sign", "attest"} {
		_, stderr := j.want(exitUsage, command, "--signing-config", sandbox.SigningConfig(), "--trusted-root", sandbox.TrustedRoot(), "a")
		if want := "certificate authority: none is in use before 20"; !strings.Contains(stderr, want) || !strings.Contains(stderr, "this machine's clock says 20") {
			t.Errorf("stderr %q, want %q", stderr, want)
		}
	}
}

// TestCertificateExpires: time goes by while a call signs, until the certificate
// that it began with is no good for what is left.
func TestCertificateExpires(t *testing.T) {
	t.Parallel()
	sandbox := sandboxtest.Start(t, "--token-ttl", "30m")
	artifacts := []string{"a", "b", "c"}
	j := newJob(t, sandbox, artifacts...)
	j.weather.Break(sandboxtest.Rekor, sandboxtest.Meanwhile(func() { mustWrite(t, j.clock, "9m30s") }), sandboxtest.Nth(2))
	j.want(exitDone, j.signing(append([]string{"sign", "--jobs", "1"}, artifacts...)...)...)
	for service, want := range map[string]int{sandboxtest.Runner: 2, sandboxtest.Fulcio: 2, sandboxtest.Rekor: 3} {
		if n := j.weather.Done(service); n != want {
			t.Errorf("%s granted %d requests, want %d", service, n, want)
		}
	}
	certificates := map[string]int{}
	for _, name := range artifacts {
		bundle := mustRead(t, filepath.Join(j.dir, name+".sigstore.json"))
		certificate := regexp.MustCompile(`"rawBytes": *"[^"]+"`).FindString(bundle)
		certificates[certificate]++
	}
	if len(certificates) != 2 || certificates[""] > 0 {
		t.Errorf("%d certificates in the bundles, want two", len(certificates))
	}
	j.wantVerified(artifacts...)
}
