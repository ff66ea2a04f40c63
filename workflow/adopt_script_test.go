package workflow_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

// TestHashesScript runs the script that says what was built, on names that a shell
// could stumble over: what it puts out is what hallmark's workflow compares with.
func TestHashesScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	script := mustHashesScript(t)
	work, temp := t.TempDir(), t.TempDir()
	var want []string
	for _, name := range []string{"tool_a", "tool_b -rf", "tool_ä"} {
		path := filepath.Join(work, "dist", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%x  %s", sha256.Sum256([]byte(name)), name))
	}
	if err := os.WriteFile(filepath.Join(work, "dist", "SHA256SUMS"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want = append([]string{fmt.Sprintf("%x  SHA256SUMS", sha256.Sum256(nil))}, want...)
	output := filepath.Join(temp, "output")
	cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "LC_ALL=C", "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+output)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	data, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	name, delimiter, _ := strings.Cut(got[0], "<<")
	if name != "hashes" || len(delimiter) != 32 || got[len(got)-1] != delimiter {
		t.Errorf("no output between delimiters:\n%s", data)
	}
	if diff := cmp.Diff(want, got[1:len(got)-1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again := exec.CommandContext(t.Context(), bash, "-eo", "pipefail", "-c", strings.ReplaceAll(script, "dist/", "absent/")); again.Run() == nil {
		t.Error("files that are not there are none to it")
	}
}

func mustHashesScript(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, "init", "level3-softprops", "in.yml"))
	if err != nil {
		t.Fatal(err)
	}
	how := adoption
	how.Level = 3
	change, err := mustParseWith(t, data, nil).Adopt(data, how)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range mustParseWith(t, change.Data, nil).Jobs[0].Steps {
		if s.ID == "hashes-of-release" {
			return s.Run.Value
		}
	}
	t.Fatalf("no step says the hashes:\n%s", change.Data)
	return ""
}

// TestPinned: the actions that are put into others' workflows are those that this
// repository's own workflow runs.
func TestPinned(t *testing.T) {
	own, err := os.ReadFile("../.github/workflows/hallmark.yml")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, data := range mustCorpus(t) {
		w, err := workflow.Parse("in.yml", data)
		if err != nil {
			t.Fatal(err)
		}
		change, _ := w.Adopt(data, adoption)
		if change == nil {
			continue
		}
		for line := range strings.Lines(string(change.Data)) {
			if line = strings.TrimSpace(line); strings.Contains(line, "-artifact@") && !strings.Contains(string(data), line) {
				seen++
				if !strings.Contains(string(own), strings.TrimPrefix(line, "- ")) {
					t.Errorf("%s is not what .github/workflows/hallmark.yml runs", line)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no change hands anything over")
	}
}
