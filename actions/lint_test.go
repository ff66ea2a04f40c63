package actions_test

import (
	"bytes"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// newer is what actionlint 1.7.12 does not know yet: contexts that GitHub has had
// since April 2026 (rhysd/actionlint#711 is of the same kind).
var newer = regexp.MustCompile(`^property "workflow_(repository|sha)" is not defined in object type `)

// TestActionlint: the workflows pass actionlint, and with shellcheck where that
// is installed, as it is in CI.
func TestActionlint(t *testing.T) {
	shellcheck, _ := exec.LookPath("shellcheck")
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{Shellcheck: shellcheck})
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	project, err := actionlint.NewProject("..")
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.LintFiles(paths, project)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		if !newer.MatchString(e.Message) {
			t.Error(e)
		}
	}
}

// TestShellcheck holds the scripts of the Actions to shellcheck, which actionlint
// does not look at.
func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Log("no shellcheck here: CI has it")
		return
	}
	for _, f := range files(t) {
		if f.workflow {
			continue
		}
		for _, b := range f.blocks() {
			cmd := exec.CommandContext(t.Context(), shellcheck, "--shell=bash", "--format=gcc", "-")
			cmd.Stdin = strings.NewReader(b.script)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %s:\n%s", f.path, b.name, out)
			}
		}
	}
	scripts, err := filepath.Glob("*/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), shellcheck, append(scripts, "../install.sh")...).CombinedOutput()
	if err != nil {
		t.Errorf("%s", bytes.TrimSpace(out))
	}
}
