package workflow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

const sample = `name: release
on:
  push:
    tags: ["v*"]
  workflow_dispatch:
permissions: read-all
env: {A: b}
defaults: {run: {shell: bash}}
jobs:
  Build:
    runs-on: [self-hosted, linux]
    permissions: {contents: write}
    outputs:
      hash: ${{ steps.h.outputs.v }}
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683   # v4.2.2
        with: {Fetch-Depth: 0}
      - id: h
        name: hash it
        if: github.ref == 'x'
        continue-on-error: ${{ inputs.x }}
        run: |
          make

            gh release upload v1 \
              a
  sign:
    needs: build
    uses: octo/flows/.github/workflows/sign.yml@v1
    with: {Level: 3}
    secrets: inherit
`

func TestParse(t *testing.T) {
	w, err := workflow.Parse("release.yml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	build, sign := w.Job("BUILD"), w.Job("sign")
	checkout, hash := build.Steps[0], build.Steps[1]
	for _, test := range []struct{ name, want, got string }{
		{"name", "release", w.Name},
		{"events", "push true, workflow_dispatch false", fmt.Sprintf("%s %t, %s %t", w.Events[0].Name, w.Events[0].OnlyTags, w.Events[1].Name, w.Events[1].OnlyTags)},
		{"tags", "[v*]", fmt.Sprint(w.Event("push").Tags)},
		{"no event", "true", fmt.Sprint(w.Event("release") == nil)},
		{"env", "b", w.Env["A"].Value},
		{"runner", "true", fmt.Sprint(build.SelfHosted())},
		{"output", "${{ steps.h.outputs.v }}", build.Outputs["hash"].Value},
		{"action", "actions checkout v4.2.2 true", fmt.Sprint(checkout.Uses.Owner, " ", checkout.Uses.Repo, " ", checkout.Uses.Comment, " ", checkout.Uses.Pinned())},
		{"action's place", "16:15", checkout.Uses.Text.Pos.String()},
		{"input", "0", checkout.Input("fetch-depth")},
		{"step's place", "18:9", hash.Pos.String()},
		{"label", "hash it", hash.Label()},
		{"condition", "github.ref == 'x'", hash.If.Value},
		{"continue-on-error", "${{ inputs.x }} true", fmt.Sprint(hash.ContinueOnError.Expression, " ", hash.ContinueOnError.Possible())},
		{"commands", "[make] 23:11, [gh release upload v1 a] 25:13", commands(hash)},
		{"needs", "[build]", fmt.Sprint(sign.Needs)},
		{"call", "octo/flows/.github/workflows/sign.yml 3 true", fmt.Sprint(strings.Split(sign.Uses.Text.Value, "@")[0], " ", sign.Input("level"), " ", sign.InheritSecrets)},
		{"a line", "      - id: h", w.Line(18)},
		{"lines", "31 ", fmt.Sprint(w.Lines(), " ", w.Line(32))},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.name, diff)
		}
	}
}

func commands(s *workflow.Step) string {
	var all []string
	for _, c := range s.Commands() {
		all = append(all, fmt.Sprint(c.Words, " ", c.Pos))
	}
	return strings.Join(all, ", ")
}

func TestPermissions(t *testing.T) {
	for _, test := range []struct {
		permissions string // of workflow and job, "" if it has none
		job         string
		scope       string
		access      string
		want        bool
	}{
		{"", "", "contents", "read", true},
		{"", "", "contents", "write", false},
		{"", "", "id-token", "write", false},
		{"read-all", "", "actions", "read", true},
		{"read-all", "", "contents", "write", false},
		{"write-all", "", "id-token", "write", true},
		{"{}", "", "contents", "read", false},
		{"{id-token: write}", "", "id-token", "write", true},
		{"{id-token: write}", "{contents: read}", "id-token", "write", false}, // replaced as a whole
		{"write-all", "{}", "contents", "read", false},
		{"{}", "{contents: write}", "contents", "read", true},
		{"{}", "{contents: read}", "contents", "write", false},
	} {
		t.Run(test.permissions+" "+test.job+" "+test.scope+" "+test.access, func(t *testing.T) {
			text := "on: push\n"
			if test.permissions != "" {
				text += "permissions: " + test.permissions + "\n"
			}
			text += "jobs:\n  a:\n    runs-on: x\n"
			if test.job != "" {
				text += "    permissions: " + test.job + "\n"
			}
			w := mustParse(t, text+"    steps: [{run: make}]\n")
			if got := w.PermissionsOf(w.Jobs[0]).Allows(test.scope, test.access); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// TestParseRefuses holds files that are no workflows to what is said of them.
func TestParseRefuses(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "w.yml: it is empty"},
		{"text", "hello", "w.yml:1:1: want names with values"},
		{"no jobs", "on: push", `w.yml:1:1: "jobs" section is missing in workflow`},
		{"two documents", "on: push\n---\non: push\n", "w.yml:2:1: a second document"},
		{"not UTF-8", "a: \xff", "w.yml: not UTF-8"},
		{"broken", "on: [\n", "w.yml:1:1: did not find expected node content"},
		{"too large", strings.Repeat("#", workflow.MaxSize+1), "w.yml: 1048577 bytes: at most 1048576 are read"},
		{"aliases of aliases", bomb, "w.yml: more than 200000 values once its aliases are resolved"},
		{"an alias of itself", "on: push\njobs: &a [*a]\n", "w.yml: more than 200000 values once its aliases are resolved"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := workflow.Parse("w.yml", []byte(test.text))
			var syntax *workflow.SyntaxError
			if !errors.As(err, &syntax) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestParseAction(t *testing.T) {
	const text = `name: greet
runs:
  using: composite
  steps:
    - uses: octo/a@main
      continue-on-error: true
    - shell: pwsh
      env: {A: b}
      run: gh release upload v1 a
`
	w, err := workflow.ParseAction("action.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	steps := w.Jobs[0].Steps
	if len(steps) != 2 || !steps[0].ContinueOnError.Value || steps[1].Env["A"].Value != "b" || len(w.Publishes()) != 1 {
		t.Errorf("got %d steps, %d publications", len(steps), len(w.Publishes()))
	}
	if other, err := workflow.ParseAction("action.yml", []byte("runs: {using: node20, main: x.js}")); err != nil || len(other.Jobs[0].Steps) != 0 {
		t.Errorf("an action of another kind: %v", err)
	}
	if _, err := workflow.ParseAction("action.yml", []byte("name: x")); err == nil || err.Error() != "action.yml: no runs: it is no action" {
		t.Errorf("got %v", err)
	}
}
