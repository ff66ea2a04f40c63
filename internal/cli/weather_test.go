package cli

import (
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// TestWeather signs in all kinds of bad weather, with real services behind it:
// what docs/weather.md says of each.
func TestWeather(t *testing.T) {
	const patience = "30s"
	passes := []struct {
		name  string
		fault sandboxtest.Fault
		meets func() func(int) bool
	}{
		{"502 for two seconds", sandboxtest.Status(502, ""), forTwoSeconds},
		{"500 once", sandboxtest.Status(500, ""), first},
		{"429 with Retry-After", sandboxtest.Status(429, "1"), first},
		{"503 with a Retry-After that is none", sandboxtest.Status(503, "soon"), first},
		{"connection reset in the middle of an answer", sandboxtest.ResetHalfway, first},
		{"answer that ends too early", sandboxtest.PromiseMore, first},
		{"answer lost after the work was done", sandboxtest.LoseAnswer, first},
		{"answer in pieces, slowly", sandboxtest.Drip(5, 100*time.Millisecond), always},
	}
	stays := []struct {
		name     string
		fault    sandboxtest.Fault
		retryFor string
		want     string // what is said of the service
	}{
		{"502 for longer than it is borne with", sandboxtest.Status(502, ""), "1s", `: 502 Bad Gateway, [1-9] (try|tries) in \S+\n` + again},
		{"502 and no second try", sandboxtest.Status(502, ""), "0s", `: 502 Bad Gateway\n` + again},
		{"429 with a Retry-After of longer than it is borne with", sandboxtest.Status(429, "3600"), patience, `: 429 Too Many Requests\n` + again},
		{"answer that always ends too early", sandboxtest.PromiseMore, "1s", `: (unexpected EOF|500 Internal Server Error)`},
		{"answer longer than it says", sandboxtest.PromiseLess, "1s", `: answer is no (JSON|timestamp), or only a part of (it|one)\n`},
	}
	for _, rekor := range []string{"v2", "v1"} {
		t.Run("rekor "+rekor, func(t *testing.T) {
			t.Parallel()
			sandbox := sandboxtest.Start(t, "--rekor", rekor)
			for _, test := range passes {
				t.Run(test.name, func(t *testing.T) {
					j := newJob(t, sandbox, "a", "b")
					for service := range roles {
						j.weather.Break(service, test.fault, test.meets())
					}
					j.want(exitDone, j.signing("attest", "--retry-for", patience, "-o", "out", "a", "b")...)
					for service := range roles {
						if n := j.weather.Asked(service); n == 0 {
							t.Errorf("%s was never asked", roles[service])
						}
					}
					j.wantWhole()
				})
			}
			for _, test := range stays {
				t.Run(test.name, func(t *testing.T) {
					var services sync.WaitGroup
					for service, role := range roles {
						j := newJob(t, sandbox, "a", "b")
						services.Go(func() {
							j.weather.Break(service, test.fault, always())
							attest := j.signing("attest", "-o", "out", "a", "b")
							_, stderr := j.want(exitUndecided, append(attest, "--retry-for", test.retryFor)...)
							want := regexp.MustCompile(`^hallmark: error: ` + role + ` http://127\.0\.0\.1:[0-9]+` + test.want)
							if !want.MatchString(stderr) {
								t.Errorf("stderr %q does not match %s", stderr, want)
							}
							if left := j.files("out*"); len(left) > 0 {
								t.Errorf("left behind: %q", left)
							}
							j.weather.Clear()
							j.want(exitDone, attest...)
							j.wantWhole()
						})
					}
					services.Wait()
				})
			}
		})
	}
}

// again is what a run says that could not even begin.
const again = `hallmark: hint: nothing is written yet: run the same command again`

// wantWhole wants the attestation of both artifacts, and nothing else.
func (j *job) wantWhole() {
	j.t.Helper()
	j.wantNothingPartial()
	j.wantVerified("--bundle", "out", "a", "b")
}

// roles are how errors name the services.
var roles = map[string]string{
	sandboxtest.Fulcio: "certificate authority",
	sandboxtest.TSA:    "timestamp authority",
	sandboxtest.Rekor:  "log",
}

func first() func(int) bool         { return sandboxtest.First(1) }
func always() func(int) bool        { return sandboxtest.From(1) }
func forTwoSeconds() func(int) bool { return sandboxtest.For(2 * time.Second) }
