package workflow_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/hallmark-project/hallmark/workflow"
)

var update = flag.Bool("update", false, "write down what adopting the corpus gives")

var adoption = workflow.Adoption{Level: 2, Commit: "0123456789abcdef0123456789abcdef01234567", Version: "v1.4.0"}

// TestAdopt holds each workflow of the corpus to the change that is written down
// for it, or to why there is none. What comes out passes actionlint as well as it
// did before, breaks no rule at error that it kept, and is not changed again.
func TestAdopt(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(corpus, "init", "*"))
	if err != nil || len(folders) < 25 {
		t.Fatalf("%d workflows, %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(folder, "in.yml"))
			if err != nil {
				t.Fatal(err)
			}
			how := adoption
			if level, err := os.ReadFile(filepath.Join(folder, "level")); err == nil && strings.TrimSpace(string(level)) == "3" {
				how.Level = 3
			}
			config := goreleaserOf(t, folder)
			change, err := mustParseWith(t, data, config).Adopt(data, how)
			got := told(data, change, err)
			want := filepath.Join(folder, "want.diff")
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if change == nil {
				return
			}
			if change.Draft {
				config = drafting(t, folder)
			}
			after := mustParseWith(t, change.Data, config)
			if again, err := after.Adopt(change.Data, how); again != nil || err != nil {
				t.Errorf("applied twice: %v\n%s", err, told(change.Data, again, err))
			}
			for _, p := range after.Publishes() {
				if why := after.Unsigned(p); why != "" {
					t.Errorf("%s: %s", p.Tool, why)
				}
			}
			wantNothingNew(t, lint(t, data), lint(t, change.Data))
			wantNothingNew(t, failures(mustParseWith(t, data, config)), failures(after))
		})
	}
}

func TestOnlySigned(t *testing.T) {
	const head = "on: push\npermissions: {id-token: write}\njobs:\n  j:\n    runs-on: ubuntu-24.04\n    steps:\n"
	const pypi, twine = "      - uses: pypa/gh-action-pypi-publish@v1\n", "      - run: twine upload dist/*\n"
	tests := map[string]struct {
		steps string
		want  int
	}{
		"attested for PyPI":          {pypi, 1},
		"signed":                     {"      - uses: sigstore/gh-action-sigstore-python@v3\n        with: {inputs: dist/*}\n" + twine, 1},
		"attested by GitHub":         {"      - uses: actions/attest-build-provenance@v3\n        with: {subject-path: dist/*}\n" + pypi, 0},
		"not signed":                 {twine, 0},
		"npm's provenance":           {"      - run: npm publish --provenance\n", 0},
		"signed after it is there":   {twine + "      - uses: sigstore/gh-action-sigstore-python@v3\n        with: {inputs: dist/*}\n", 0},
		"hallmark's own publication": {"      - uses: hallmark-project/hallmark/actions/release@v1\n        with: {artifacts: dist/*}\n", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := mustParseWith(t, []byte(head+tt.steps), nil).OnlySigned(); len(got) != tt.want {
				t.Errorf("got %d, want %d", len(got), tt.want)
			}
		})
	}
}

// told is a change as a person reads it: the diff, what else there is to do, and
// the level.
func told(data []byte, change *workflow.Change, err error) string {
	switch {
	case err != nil:
		return err.Error() + "\n"
	case change == nil:
		return "nothing to change\n"
	}
	var b bytes.Buffer
	b.Write(diff.Diff("in.yml", data, "in.yml", change.Data))
	for _, advice := range change.Advice {
		fmt.Fprintf(&b, "%s: %s\n", advice.Pos, advice.Text)
	}
	if change.Draft {
		fmt.Fprintln(&b, "goreleaser: release.draft: true")
	}
	fmt.Fprintln(&b, "level", change.Level)
	return strings.ReplaceAll(b.String(), "\r", "\\r")
}

func mustParseWith(t *testing.T, data []byte, config *workflow.Goreleaser) *workflow.Workflow {
	t.Helper()
	w, err := workflow.Parse("in.yml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	w.Goreleaser = config
	return w
}

func goreleaserOf(t *testing.T, folder string) *workflow.Goreleaser {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "goreleaser.yml"))
	if err != nil {
		return nil
	}
	config, err := workflow.ParseGoreleaser("goreleaser.yml", data)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// drafting is the configuration once it leaves the release a draft.
func drafting(t *testing.T, folder string) *workflow.Goreleaser {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "goreleaser.yml"))
	if err != nil {
		data = []byte("version: 2\n")
	}
	drafted, err := workflow.DraftGoreleaser("goreleaser.yml", data)
	if err != nil {
		t.Fatal(err)
	}
	config, err := workflow.ParseGoreleaser("goreleaser.yml", drafted)
	if err != nil || !config.Draft {
		t.Fatalf("%v: no draft in\n%s", err, drafted)
	}
	return config
}

// lint counts what actionlint says, without the places.
func lint(t *testing.T, data []byte) map[string]int {
	t.Helper()
	shellcheck, _ := exec.LookPath("shellcheck") // which CI has
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint("in.yml", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]int)
	for _, e := range found {
		all[e.Message]++
	}
	return all
}

func failures(w *workflow.Workflow) map[string]int {
	all := make(map[string]int)
	for _, f := range w.Check() {
		if f.Rule.Severity == workflow.Error {
			all[f.Rule.ID]++
		}
	}
	return all
}

func wantNothingNew(t *testing.T, before, after map[string]int) {
	t.Helper()
	for message, n := range after {
		if n > before[message] {
			t.Errorf("new: %s", message)
		}
	}
}
