package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

// composite is an action of the repository with these steps.
func composite(steps string) string {
	return "runs:\n  using: composite\n  steps:\n" + indent(strings.TrimRight(steps, "\n"), "    ")
}

func called(steps string) string {
	return "on: workflow_call\npermissions: {}\njobs:\n  inner:\n    runs-on: ubuntu-latest\n    permissions: {contents: write, id-token: write}\n    steps:\n" +
		indent(strings.TrimRight(steps, "\n"), "      ")
}

// TestLocal holds what a repository's own actions and workflows do to those that
// use them.
func TestLocal(t *testing.T) {
	const (
		head     = "on: push\npermissions: {contents: write, id-token: write}\njobs:\n"
		shell    = "  shell: bash\n"
		byAction = head + "  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./sign\n      - run: gh release upload v1 a\n"
		byCall   = "on: push\npermissions: {contents: write}\njobs:\n  s:\n    permissions: {contents: write, id-token: write}\n" +
			"    uses: ./.github/workflows/other.yml\n  p:\n    needs: s\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh release upload v1 a\n"
	)
	for _, test := range []struct {
		name, main, other string
		want              []string
	}{
		{"an action signs", byAction, composite(sign + shell), nil},
		{"an action may sign", byAction, composite(sign + shell + "  if: inputs.sign == 'true'\n"), []string{"skippable-signing"}},
		{"an action tolerates", byAction, composite("- run: cosign sign-blob --yes --bundle b a || true\n" + shell), []string{"skippable-signing"}},
		{"an action does nothing", byAction, composite("- run: true\n" + shell), []string{"unsigned-publication"}},
		{"an action uses itself", byAction, composite("- uses: ./sign\n"), []string{"unsigned-publication"}},
		{"a workflow signs", byCall, called(sign), nil},
		{"a workflow signs too late", byCall, called(upload + sign), []string{"sign-after-publish"}},
		{"a workflow may sign", byCall, called(sign + "  if: inputs.sign\n"), []string{"skippable-signing"}},
		{"an action publishes", head + "  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./sign\n", composite(upload + shell), []string{"unsigned-publication"}},
		{"an action signs and publishes", head + "  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ./sign\n", composite(sign + shell + upload + shell), nil},
		{"a workflow publishes, signed before", head + "  s:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cosign sign-blob --yes a\n" +
			"  p:\n    needs: s\n    uses: ./.github/workflows/other.yml\n", called(upload), nil},
		{"a token is missing", strings.Replace(byCall, ", id-token: write", "", 1), called(sign), []string{"missing-permission"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			other := workflow.File{Path: "x/.github/workflows/other.yml", Data: []byte(test.other)}
			if strings.HasPrefix(test.other, "runs:") {
				other.Path = "x/sign/action.yml"
			}
			var got []string
			for _, f := range workflow.Lint([]workflow.File{{Path: "x/.github/workflows/main.yml", Data: []byte(test.main)}, other}, nil) {
				if f.Path != other.Path && f.Rule.ID != "install-in-signing-job" {
					got = append(got, f.Rule.ID)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestLocalMany bounds what many files cost that use each other.
func TestLocalMany(t *testing.T) {
	var files []workflow.File
	for i := range 40 {
		text := "on: workflow_call\njobs:\n"
		for j := range 40 {
			text += fmt.Sprintf("  j%d:\n    uses: ./.github/workflows/w%d.yml\n", j, j)
		}
		files = append(files, workflow.File{Path: fmt.Sprintf(".github/workflows/w%d.yml", i), Data: []byte(text)})
	}
	workflow.Lint(files, nil)
}
