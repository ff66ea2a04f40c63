package workflow_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// FuzzLint asks all that can be asked of whatever can be read.
func FuzzLint(f *testing.F) {
	f.Add([]byte("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          for f in *; do cosign sign-blob $f || true; done\n"))
	f.Add([]byte("runs:\n  using: composite\n  steps:\n    - run: gh release upload v1 ${{ inputs.x }}\n      shell: bash\n"))
	f.Add([]byte("on: push\njobs:\n  b:\n    uses: ./.github/workflows/a.yml\n  c:\n    runs-on: x\n    steps:\n      - uses: ./a\n"))
	f.Add([]byte("a: &a [x]\nb: &b [*a, *a]\non: *b\njobs: {a: *b}\n"))
	for _, pattern := range []string{"*.yml", "*/*.yml", "*/*/*.yml"} {
		files, _ := filepath.Glob(filepath.Join("../testdata/workflows", pattern))
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		findings := workflow.Lint([]workflow.File{{Path: ".github/workflows/a.yml", Data: data}, {Path: "a/action.yml", Data: data}}, nil)
		for _, finding := range findings {
			if finding.Line < 1 || finding.Column < 1 || finding.Message == "" || finding.Fix == "" {
				t.Errorf("%+v", finding)
			}
		}
		_, _ = workflow.ParseGoreleaser(".goreleaser.yml", data)
	})
}
