package workflow_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// BenchmarkLint holds all examples of the rules to all rules.
func BenchmarkLint(b *testing.B) {
	names, err := filepath.Glob(corpus + "/rules/*/*.yml")
	if err != nil {
		b.Fatal(err)
	}
	var files []workflow.File
	size := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, workflow.File{Path: name, Data: data})
		size += len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		workflow.Lint(files, nil)
	}
}
