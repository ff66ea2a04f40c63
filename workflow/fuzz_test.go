package workflow_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// FuzzParse asks all that can be asked of whatever can be read.
func FuzzParse(f *testing.F) {
	f.Add([]byte("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          for f in *; do cosign sign-blob $f || true; done\n"))
	f.Add([]byte("runs:\n  using: composite\n  steps:\n    - run: gh release upload v1 ${{ inputs.x }}\n      shell: bash\n"))
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
	f.Fuzz(func(_ *testing.T, data []byte) {
		w, err := workflow.Parse("w.yml", data)
		if err == nil {
			ask(w)
		}
		if w, err = workflow.ParseAction("action.yml", data); err == nil {
			ask(w)
		}
	})
}

func ask(w *workflow.Workflow) {
	for _, p := range w.Publishes() {
		w.Unsigned(p)
	}
	for _, j := range w.Jobs {
		for _, s := range j.Steps {
			s.Builds()
		}
	}
}
