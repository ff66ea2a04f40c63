package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/urfave/cli/v2"
)

// programs are what tests can run by name, each this test binary in a process of
// its own: hallmark, so that its exit codes are what a shell would see.
var programs = map[string]func(){
	"hallmark": func() {
		env := Process("v0.0.0-test", "0123456789abcdef0123456789abcdef01234567")
		env.Now = wrongClock(os.Getenv(clockVariable))
		os.Exit(Main(scriptContext(), env))
	},
}

func TestMain(m *testing.M) { testscript.Main(m, programs) }

// sample is a command with a flag of every kind, as a new one would be written.
func sample(action cli.ActionFunc) *cli.Command {
	return &cli.Command{
		Name:      "sum",
		Usage:     "print the digests of artifacts",
		UsageText: "hallmark sum dist/*\nhallmark sum --format json a.txt\nhallmark sum -o SUMS dist",
		ArgsUsage: "ARTIFACT...",
		Category:  maintainers,
		Flags: []cli.Flag{
			newListFlag("param", groupBuilt, "record `K=V`"),
			&cli.IntFlag{Name: "jobs", Category: groupSigning, Usage: "work on `N` at a time"},
			signingConfigFlag(),
			trustedRootFlag(),
			offlineFlag(),
			formatFlag("text", "json"),
			outputFlag("write the digests to `FILE`"),
			forceFlag(),
			quietFlag(),
		},
		Action: action,
	}
}

// sampleApp is the real app with the sample command, and a group, beside the
// real ones.
func sampleApp(env *Env, action cli.ActionFunc) *cli.App {
	app := newApp(env)
	group := &cli.Command{Name: "box", Usage: "work on boxes", Category: downstream,
		UsageText: "hallmark box show x", Subcommands: []*cli.Command{
			{Name: "show", Usage: "show one", ArgsUsage: "FILE", Action: action},
			{Name: "complete", Usage: "complete one", ArgsUsage: "FILE", Action: action},
		}}
	app.Commands = append(app.Commands, sample(action), group)
	prepare(app.Commands)
	return app
}

func runMain(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), Env{Args: args, Stdout: &out, Stderr: &errs, Version: "v1.2.3"})
	return code, out.String(), errs.String()
}

type brokenWriter struct{}

var errBroken = errors.New("no space left on device")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestMainFailsWhenNobodyGetsTheResult(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"version", "--format=json"}, {"help"}, {"version", "--help"}, {completeWord, "="}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			var stderr bytes.Buffer
			code := Main(t.Context(), Env{Args: args, Stdout: brokenWriter{}, Stderr: &stderr})
			if code != exitUndecided {
				t.Errorf("exit %d, want %d", code, exitUndecided)
			}
			if !strings.Contains(stderr.String(), errBroken.Error()) {
				t.Errorf("stderr does not say why: %q", stderr.String())
			}
		})
	}
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("nil map\n::set-output::") }

func TestPanicIsNeverSuccess(t *testing.T) {
	var stderr bytes.Buffer
	code := Main(t.Context(), Env{Args: []string{"version"}, Stdout: panickingWriter{}, Stderr: &stderr})
	if code != exitUndecided {
		t.Errorf("exit %d, want %d", code, exitUndecided)
	}
	if want := `hallmark: error: internal error: nil map\n::set-output::`; !strings.HasPrefix(stderr.String(), want) {
		t.Errorf("stderr begins %.80q, want %q", stderr.String(), want)
	}
}

func TestCancelledRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	code := Main(ctx, Env{Args: []string{"completion", "tcsh"}, Stderr: &stderr})
	if code != exitUndecided || stderr.String() != "hallmark: error: cancelled\n" {
		t.Errorf("exit %d, stderr %q", code, stderr.String())
	}
	if code := Main(ctx, Env{Args: []string{"version"}}); code != exitDone {
		t.Errorf("what was done before it could be stopped: exit %d, want %d", code, exitDone)
	}
}

func BenchmarkVersion(b *testing.B) {
	for b.Loop() {
		if code := Main(b.Context(), Env{Args: []string{"version"}}); code != exitDone {
			b.Fatalf("exit %d", code)
		}
	}
}

func TestZeroEnv(t *testing.T) {
	if code := Main(t.Context(), Env{}); code != exitUsage {
		t.Errorf("exit %d, want %d", code, exitUsage)
	}
	env := Env{}.withDefaults()
	if n, err := env.Stdin.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("stdin gave %d, %v", n, err)
	}
	if !env.Now().IsZero() || env.getenv("HOME") != "" || env.Unsetenv("HOME") != nil {
		t.Error("a zero Env knows the time or the environment")
	}
}
