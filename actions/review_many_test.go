package actions_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"

	"github.com/hallmark-project/hallmark/workflow"
)

// TestReviewMany: the workflow that reviews many projects passes actionlint and
// hallmark's own rules, and each of its parts is a shard of as many.
func TestReviewMany(t *testing.T) {
	data, err := os.ReadFile("../docs/review-many.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(string(data))
	if block == nil {
		t.Fatal("no workflow")
	}
	text := strings.NewReplacer("COMMIT", strings.Repeat("4", 40), "vX.Y.Z", "v1.0.0").Replace(block[1])
	wantClean(t, workflow.Parse, "docs/review-many.md", text)
	path := filepath.Join(t.TempDir(), "many.yml")
	mustDo(t, os.WriteFile(path, []byte(text), 0o644))
	linter, err := actionlint.NewLinter(os.Stderr, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.LintFile(path, nil)
	if err != nil || len(found) > 0 {
		t.Errorf("actionlint: %v, %v", found, err)
	}
	f := mustRead(t, path)
	parts := at(f.root, "jobs", "shard", "strategy", "matrix", "shard").Content
	if of := "/" + parts[len(parts)-1].Value; !strings.Contains(text, "SHARD: ${{ matrix.shard }}"+of+"\n") {
		t.Errorf("the parts are not of %s", of)
	}
	for _, rule := range rules {
		if rule.id == "A-09" || rule.id == "A-11" || rule.id == "A-03" {
			continue // it is started by hand, joins artifacts, and its scripts are one command each
		}
		for _, what := range rule.check(f) {
			t.Errorf("%s: %s", rule.id, what)
		}
	}
}
