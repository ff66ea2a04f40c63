package workflow_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/workflow"
)

const corpus = "../testdata/workflows"

// mustRead reads a workflow of the corpus.
func mustRead(t *testing.T, name string) (*workflow.Workflow, []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus, name))
	if err != nil {
		t.Fatal(err)
	}
	w, err := workflow.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return w, data
}

// TestRules holds each rule to its two examples: it fires on the lines marked
// with "finding" of the bad one and on no other, and no rule at all on the good.
func TestRules(t *testing.T) {
	for _, rule := range workflow.Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			bad, data := mustRead(t, filepath.Join("rules", rule.ID, "bad.yml"))
			var want, got []int
			for i, line := range strings.Split(string(data), "\n") {
				if strings.HasSuffix(line, "finding") {
					want = append(want, i+1)
				}
			}
			for _, f := range bad.Check() {
				if f.Rule.ID == rule.ID {
					got = append(got, f.Line)
				}
			}
			if len(want) == 0 {
				t.Error("no line of bad.yml is marked")
			}
			if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
				t.Errorf("bad.yml: lines (-want +got):\n%s", diff)
			}
			good, _ := mustRead(t, filepath.Join("rules", rule.ID, "good.yml"))
			for _, f := range good.Check() {
				t.Errorf("%s:%d: %s: %s", f.Path, f.Line, f.Rule.ID, f.Message)
			}
		})
	}
}

// TestRulesPage holds docs/rules.md to the rules: a section for each, in their
// order, that begins with its severity and its name.
func TestRulesPage(t *testing.T) {
	page, err := os.ReadFile("../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, rule := range workflow.Rules() {
		severity := rule.Severity.String()
		want = append(want, rule.ID+": "+strings.ToUpper(severity[:1])+severity[1:]+": "+rule.Name+".")
	}
	for _, section := range strings.Split(string(page), "\n## ")[1:] {
		lines := strings.SplitN(section, "\n", 4)
		got = append(got, lines[0]+": "+lines[2])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/rules.md (-want +got):\n%s", diff)
	}
	if !slices.IsSortedFunc(workflow.Rules(), func(a, b *workflow.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the rules are not in the order of their IDs")
	}
}

// TestRuleExamples leaves no example without its rule.
func TestRuleExamples(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join(corpus, "rules"))
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(workflow.Rules()) {
		t.Errorf("%d folders of examples for %d rules", len(folders), len(workflow.Rules()))
	}
}

// TestGood holds the rules to workflows that are as they should be: what their
// tools recommend, in the shapes that projects have.
func TestGood(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(corpus, "good", "*.yml"))
	if err != nil || len(names) == 0 {
		t.Fatal("no good workflows", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			w, _ := mustRead(t, filepath.Join("good", filepath.Base(name)))
			for _, f := range w.Check() {
				t.Errorf("%s:%d: %s: %s", f.Path, f.Line, f.Rule.ID, f.Message)
			}
		})
	}
}
