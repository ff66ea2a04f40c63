package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// weathered is a fault and what becomes of a run that it meets, both as
// docs/weather.md has them.
type weathered struct {
	fault    string
	begin    func(*job, string)
	retryFor string
	exit     int
	said     string // of the service, see saidOf; "" where nothing is
}

// passing are faults that a run outlasts by itself.
var passing = []weathered{
	{"connections refused for a while", refusedFor, "30s", exitDone, ""},
	{"502 for a while", meeting(sandboxtest.Status(502, ""), forOneSecond), "30s", exitDone, ""},
	{"500 once", meeting(sandboxtest.Status(500, ""), first), "30s", exitDone, ""},
	{"429 with Retry-After", meeting(sandboxtest.Status(429, "1"), first), "30s", exitDone, ""},
	{"503 with a Retry-After that is none", meeting(sandboxtest.Status(503, "soon"), first), "30s", exitDone, ""},
	{"connection reset in the middle of an answer", meeting(sandboxtest.ResetHalfway, first), "30s", exitDone, ""},
	{"answer shorter than its Content-Length", meeting(sandboxtest.PromiseMore, first), "30s", exitDone, ""},
	{"answer lost after the work was done", meeting(sandboxtest.LoseAnswer, first), "30s", exitDone, ""},
	{"answer in pieces, slowly", meeting(sandboxtest.Drip(5, 100*time.Millisecond), always), "30s", exitDone, ""},
}

// lasting are faults that end a run.
var lasting = []weathered{
	{"connections refused for longer than `--retry-for`", refusedForEver, "1s", exitUndecided, "SERVICE: dial tcp HOST: connect: connection refused, N tries in T"},
	{"502 for longer than `--retry-for`", meeting(sandboxtest.Status(502, ""), always), "1s", exitUndecided, "SERVICE: 502 Bad Gateway, N tries in T"},
	{"502 with `--retry-for 0s`", meeting(sandboxtest.Status(502, ""), always), "0s", exitUndecided, "SERVICE: 502 Bad Gateway"},
	{"429 with a Retry-After of longer than `--retry-for`", meeting(sandboxtest.Status(429, "3600"), always), "30s", exitUndecided, "SERVICE: 429 Too Many Requests, to be tried again in 1h"},
	{"every answer shorter than its Content-Length", meeting(sandboxtest.PromiseMore, always), "1s", exitUndecided, "SERVICE: unexpected EOF, N tries in T"},
	{"answer longer than its Content-Length", meeting(sandboxtest.PromiseLess, always), "1s", exitUndecided, "SERVICE: answer is no FORM, or only a part of it"},
}

// TestWeather signs in all kinds of bad weather, with real services behind it:
// what docs/weather.md says of each.
func TestWeather(t *testing.T) {
	t.Parallel()
	runs := sideBySide()
	defer runs.Wait()
	for _, rekor := range []string{"v2", "v1"} {
		sandbox := sandboxtest.Start(t, "--rekor", rekor)
		for _, test := range passing {
			runs.subtest(t, rekor+" "+test.fault, func(t *testing.T) { test.wantToPass(t, sandbox) })
		}
		for _, test := range lasting {
			for _, service := range services {
				if rekor == "v1" && service != sandboxtest.Rekor {
					continue // the same services as before
				}
				runs.subtest(t, rekor+" "+test.fault+" "+service, func(t *testing.T) { test.wantToLast(t, sandbox, service) })
			}
		}
	}
}

// wantToPass has the fault meet every service.
func (w weathered) wantToPass(t *testing.T, sandbox *sandboxtest.Sandbox) {
	j := newJob(t, sandbox, "a", "b")
	for _, service := range services {
		w.begin(j, service)
	}
	_, stderr := j.want(w.exit, j.signing("attest", "--retry-for", w.retryFor, "-o", "out", "a", "b")...)
	if stderr != "" {
		t.Errorf("stderr %q", stderr)
	}
	for _, service := range services {
		if n := j.weather.Asked(service); n == 0 {
			t.Errorf("%s was never asked", service)
		}
	}
	j.wantWhole()
}

// wantToLast has it meet one, for as long as the run lasts. The next run, in fine
// weather, finishes what the first began.
func (w weathered) wantToLast(t *testing.T, sandbox *sandboxtest.Sandbox, service string) {
	j := newJob(t, sandbox, "a", "b")
	attest := []string{"attest", "-o", "out", "a", "b"}
	w.begin(j, service)
	_, stderr := j.want(w.exit, j.signing(append(attest, "--retry-for", w.retryFor)...)...)
	if want := saidOf(w.said, roles[service]); !want.MatchString(stderr) {
		t.Errorf("stderr %q does not match %s", stderr, want)
	}
	if left := j.files("out*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	j.weather = sandbox.Weather(t)
	j.want(exitDone, j.signing(attest...)...)
	j.wantWhole()
}

// waiting are subtests that run side by side, and more of them than there are
// cores: they wait for services.
type waiting struct{ errgroup.Group }

func sideBySide() *waiting {
	w := new(waiting)
	w.SetLimit(10)
	return w
}

// subtest runs one, as soon as there is room. The caller waits for them all.
func (w *waiting) subtest(t *testing.T, name string, run func(*testing.T)) {
	w.Go(func() error { t.Run(name, run); return nil })
}

// saidOf is what docs/weather.md says that is printed of a service, as a
// pattern, with the advice that follows: capitals stand for what differs.
func saidOf(said, role string) *regexp.Regexp {
	again := `hallmark: hint: nothing is written yet: run the same command again, with a\n +longer --retry-for if it is to wait longer\n`
	if strings.Contains(said, "only a part") {
		again = "" // the service answers, and would again
	}
	pattern := strings.NewReplacer(
		"SERVICE", role+` http://127\.0\.0\.1:[0-9]+`,
		"HOST", `127\.0\.0\.1:[0-9]+`,
		", N tries in T", `(, [0-9]+ (try|tries) in [0-9a-z]+)?`, // not of one within a second
		"FORM", `(JSON|timestamp)`,
	).Replace(regexp.QuoteMeta(said))
	return regexp.MustCompile(`\Ahallmark: error: ` + pattern + `\n` + again + `\z`)
}

// wantWhole wants the attestation of both artifacts, and nothing else.
func (j *job) wantWhole() {
	j.t.Helper()
	j.wantNothingPartial()
	j.wantVerified("--bundle", "out", "a", "b")
}

// services are those that a run asks, in their order.
var services = []string{sandboxtest.Runner, sandboxtest.Fulcio, sandboxtest.TSA, sandboxtest.Rekor}

// roles are how errors name them.
var roles = map[string]string{
	sandboxtest.Runner: "identity from github-actions:",
	sandboxtest.Fulcio: "certificate authority",
	sandboxtest.TSA:    "timestamp authority",
	sandboxtest.Rekor:  "log",
}

func meeting(fault sandboxtest.Fault, meets func() func(int) bool) func(*job, string) {
	return func(j *job, service string) { j.weather.Break(service, fault, meets()) }
}

// refusedFor keeps each service down for longer than the one that is asked
// before it.
func refusedFor(j *job, service string) {
	j.weather.Refuse(j.t, service, time.Duration(slices.Index(services, service)+1)*700*time.Millisecond)
}

func refusedForEver(j *job, service string) { j.weather.Refuse(j.t, service, 0) }

func first() func(int) bool        { return sandboxtest.First(1) }
func always() func(int) bool       { return sandboxtest.From(1) }
func forOneSecond() func(int) bool { return sandboxtest.For(time.Second) }
