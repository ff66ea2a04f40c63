package actions_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// hostile are values that an input may have where others choose it: the name of a
// file, a tag, a branch.
var hostile = []string{
	"$(touch pwned)",
	"`touch pwned`",
	`"; touch pwned; "`,
	`'; touch pwned; '`,
	`" #`,
	"a\nb",
	"x\nNODE_OPTIONS=--require=/tmp/x",
	"-rf",
	"--help",
	"--",
	"*",
	"~root",
	"{a,b}",
	"${IFS}x",
	"a[$(touch pwned)]",
	"%0A::error::x",
	"::error::x",
	"::stop-commands::x",
	"EOF\nx<<EOF",
	`\`,
	"é\u202e\U0001f4a3",
	"  a  b  ",
	"true",
}

// rounds is how often a script runs: each time each input has another of these
// values, and all of them come to be some input.
const rounds = 4

// choices are the inputs of which a step takes only some values; the program
// refuses all others, so they are left out here.
var choices = []string{"PUBLISH"}

// TestBlocks runs every script of the Actions, and of the jobs that sign and
// publish, with hostile inputs. Nothing may run but hallmark, each input must
// arrive in one piece of one argument, and no line may be a command to the runner
// that the script did not mean.
func TestBlocks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-ins are shell scripts")
	}
	for _, f := range files(t) {
		if f.workflow && f.path != ".github/workflows/hallmark.yml" {
			continue
		}
		for _, b := range f.blocks() {
			for round := range rounds {
				t.Run(fmt.Sprintf("%s/%s/%s/%d", f.path, b.job, b.name, round), func(t *testing.T) {
					t.Parallel()
					runBlock(t, f, b, round)
				})
			}
		}
	}
}

// runBlock runs one script with a value for each of its inputs.
func runBlock(t *testing.T, f *file, b block, round int) {
	s := newStage(t)
	env := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(b.env)) {
		from := b.env[name]
		env[name] = hostile[(round*len(hostile)/rounds+i)%len(hostile)]
		if slices.Contains(choices, name) {
			env[name] = "none"
		}
		if strings.Contains(from, "signing-config != ''") {
			env[name] = "true"
		}
	}
	out, code := s.run(t, filepath.Join(s.dir, filepath.Dir(f.path)), b.script, env)
	if _, err := os.Stat(filepath.Join(s.work, "pwned")); err == nil {
		t.Errorf("the input was run")
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::error title=hallmark::") && !strings.HasPrefix(line, "::notice title=hallmark::") {
			t.Errorf("a command to the runner: %q", line)
		}
	}
	s.wantOutputs(t)
	argv := s.argv(t)
	if !strings.Contains(b.script, "/hallmark\" action") {
		want := []string(nil)
		if strings.Contains(b.script, "/hallmark\" publish --dry-run") {
			want = []string{"publish", "--dry-run", "--repo=octo/widget", "--", "v1.4.0"}
		}
		if strings.Contains(b.script, "/hallmark\" init --check") {
			want = []string{"init", "--check", "--fail-on=none", "--", env["WORKFLOWS"],
				"init", "--check", "--fail-on=none", "--format=sarif", "--", env["WORKFLOWS"]}
		}
		if !slices.Equal(argv, want) {
			t.Errorf("hallmark ran with %q, want %q", argv, want)
		}
		return
	}
	if code != 0 || len(argv) < 3 || argv[0] != "action" {
		t.Fatalf("exit %d, argv %q\n%s", code, argv, out)
	}
	for _, arg := range argv[2:] {
		if !regexp.MustCompile(`(?s)\A--[a-z-]+(=.+)?\z`).MatchString(arg) {
			t.Errorf("%q is no flag: an input came apart", arg)
		}
	}
	for name := range b.env {
		arrives := slices.ContainsFunc(argv, func(arg string) bool {
			_, value, _ := strings.Cut(arg, "=")
			return value == env[name]
		})
		// The other inputs are flags, which are there or not.
		if strings.Contains(b.script, "=$"+name+`"`) && !arrives {
			t.Errorf("%s did not arrive whole: %q", name, argv)
		}
		if name == "GITHUB_TOKEN" && arrives {
			t.Errorf("the token is on a command line: %q", argv)
		}
	}
}

// stage is where a script runs: a folder for it, stand-ins for the programs that
// it calls, and the files of a runner.
type stage struct {
	dir, work, temp string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{dir: dir, work: filepath.Join(dir, "work"), temp: filepath.Join(dir, "temp")}
	bin := filepath.Join(s.temp, "hallmark", "bin")
	for _, folder := range []string{bin, s.work, filepath.Join(s.work, "built"), filepath.Join(s.work, "bundles"), filepath.Join(s.work, "hallmark", "actions", "setup"), filepath.Join(dir, "path")} {
		mustDo(t, os.MkdirAll(folder, 0o755))
	}
	mustDo(t, os.WriteFile(filepath.Join(s.work, "a file"), nil, 0o644))
	record := "#!/bin/sh\nprintf '%s\\0' \"$@\" >>\"" + s.dir + "/argv\"\n"
	mustScript(t, filepath.Join(bin, "hallmark"), record)
	mustScript(t, filepath.Join(dir, "path", "curl"), "#!/bin/sh\ncat >/dev/null\n")
	setup := "#!/bin/sh\necho \"$1/hallmark\"\n"
	mustScript(t, filepath.Join(s.work, "hallmark", "actions", "setup", "setup.sh"), setup)
	for _, name := range []string{"setup", "release", "verify", "review"} {
		mustDo(t, os.MkdirAll(filepath.Join(dir, "actions", name), 0o755))
	}
	mustScript(t, filepath.Join(dir, "actions", "setup", "setup.sh"), setup)
	preflight, err := os.ReadFile("release/preflight.sh")
	mustDo(t, err)
	mustScript(t, filepath.Join(dir, "actions", "release", "preflight.sh"), string(preflight))
	return s
}

// run runs a script as the runner would, and returns what it printed.
func (s *stage) run(t *testing.T, action, script string, env map[string]string) (string, int) {
	t.Helper()
	path := filepath.Join(s.dir, "script.sh")
	mustDo(t, os.WriteFile(path, []byte(script), 0o644))
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", path)
	cmd.Dir = s.work
	all := map[string]string{
		"PATH": filepath.Join(s.dir, "path") + ":" + os.Getenv("PATH"), "HOME": s.dir,
		"GITHUB_ACTION_PATH": action, "RUNNER_TEMP": s.temp, "RUNNER_ENVIRONMENT": "github-hosted",
		"GITHUB_OUTPUT": filepath.Join(s.dir, "outputs"), "GITHUB_PATH": filepath.Join(s.dir, "paths"),
		"GITHUB_REPOSITORY": "octo/widget", "GITHUB_REF": "refs/tags/v1.4.0", "GITHUB_REF_NAME": "v1.4.0", "GITHUB_REF_TYPE": "tag",
		"GITHUB_EVENT_NAME": "push", "GITHUB_WORKFLOW_REF": "octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0",
		"ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1/token", "GITHUB_TOKEN": "ghs_x",
	}
	for name, value := range env {
		all[name] = value
	}
	for name, value := range all {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// argv is what hallmark was called with, nil if it was not.
func (s *stage) argv(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "argv"))
	if os.IsNotExist(err) {
		return nil
	}
	mustDo(t, err)
	return strings.Split(strings.TrimSuffix(string(data), "\x00"), "\x00")
}

// wantOutputs reads the file of outputs as the runner does, and wants no others
// than a script means to set.
func (s *stage) wantOutputs(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "outputs"))
	if os.IsNotExist(err) {
		return
	}
	mustDo(t, err)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for len(lines) > 0 {
		if name, delimiter, ok := strings.Cut(lines[0], "<<"); ok && (name == "path" || name == "sarif") && len(delimiter) == 32 && len(lines) > 2 && lines[2] == delimiter {
			lines = lines[3:]
			continue
		}
		if lines[0] != "release=true" {
			t.Fatalf("outputs: %q", lines)
		}
		lines = lines[1:]
	}
}

func mustScript(t *testing.T, path, script string) {
	t.Helper()
	mustDo(t, os.WriteFile(path, []byte(script), 0o755))
}

func mustDo(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
