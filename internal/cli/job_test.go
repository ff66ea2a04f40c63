package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// clockVariable names a file that holds how much the clock of the program under
// test is fast, as a duration. Only the test binary knows it.
const clockVariable = "HALLMARK_TEST_CLOCK"

// wrongClock is a clock that is off by what a file says at the time.
func wrongClock(file string) func() time.Time {
	if file == "" {
		return time.Now
	}
	return func() time.Time {
		text, _ := os.ReadFile(file)
		off, _ := time.ParseDuration(strings.TrimSpace(string(text)))
		return time.Now().Add(off)
	}
}

// job is a folder with artifacts, in which the program runs as a job of a
// sandbox, with weather of its own.
type job struct {
	t       *testing.T
	sandbox *sandboxtest.Sandbox
	weather *sandboxtest.Weather
	dir     string
	clock   string
}

func newJob(t *testing.T, sandbox *sandboxtest.Sandbox, artifacts ...string) *job {
	t.Helper()
	j := &job{t: t, sandbox: sandbox, weather: sandbox.Weather(t), dir: t.TempDir()}
	j.clock = filepath.Join(t.TempDir(), "clock")
	for _, name := range artifacts {
		mustWrite(t, filepath.Join(j.dir, name), "contents of "+name)
	}
	return j
}

// command is a run of the program.
func (j *job) command(args ...string) *exec.Cmd {
	j.t.Helper()
	cmd := exec.CommandContext(j.t.Context(), "hallmark", args...)
	cmd.Dir = j.dir
	cmd.Env = append(append(slices.Clip(j.sandbox.Env), j.weather.Env()...), "CI=", "HOME="+j.dir, "XDG_CACHE_HOME="+j.dir, clockVariable+"="+j.clock)
	return cmd
}

// signing are the words of a command that signs in this job's weather.
func (j *job) signing(words ...string) []string {
	return append(words, "--signing-config", j.weather.SigningConfig(), "--trusted-root", j.sandbox.TrustedRoot())
}

// run runs the program to its end.
func (j *job) run(args ...string) (code int, stdout, stderr string) {
	j.t.Helper()
	var out, errs bytes.Buffer
	cmd := j.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		j.t.Error(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// want runs the program and wants an exit code.
func (j *job) want(code int, args ...string) (stdout, stderr string) {
	j.t.Helper()
	got, stdout, stderr := j.run(args...)
	if got != code {
		j.t.Errorf("hallmark %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	return stdout, stderr
}

// wantVerified wants the verdict of somebody who was not there.
func (j *job) wantVerified(args ...string) {
	j.t.Helper()
	j.want(exitDone, append([]string{"verify", "--offline", "--trusted-root", j.sandbox.TrustedRoot(),
		"--repo", j.sandbox.Getenv("GITHUB_REPOSITORY")}, args...)...)
}

// files are the names of all files in the job's folder that match a pattern.
func (j *job) files(pattern string) []string {
	j.t.Helper()
	var found []string
	err := filepath.WalkDir(j.dir, func(path string, d fs.DirEntry, err error) error {
		if matched, _ := filepath.Match(pattern, d.Name()); matched && err == nil {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		j.t.Fatal(err)
	}
	return found
}

// wantNothingPartial wants no file that a reader could take for a finished one,
// and no rubbish either.
func (j *job) wantNothingPartial() {
	j.t.Helper()
	for _, pattern := range []string{".hallmark-*", "*.d"} {
		if left := j.files(pattern); len(left) > 0 {
			j.t.Errorf("left behind: %q", left)
		}
	}
}
