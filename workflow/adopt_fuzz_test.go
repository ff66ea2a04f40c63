package workflow_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// FuzzAdopt changes whatever can be read, at both levels. What comes out leaves
// nothing unsigned, and is not changed again.
func FuzzAdopt(f *testing.F) {
	for _, data := range mustCorpus(f) {
		f.Add(data, false)
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, reusable bool) {
		how := adoption
		if reusable {
			how.Level = 3
		}
		w, err := workflow.Parse("in.yml", data)
		if err != nil {
			return
		}
		change, err := w.Adopt(data, how)
		var left *workflow.NotUnderstood
		switch {
		case err != nil && !errors.As(err, &left):
			t.Fatalf("%T: %v", err, err)
		case err != nil && (left.Pos.Line < 1 || left.Reason == ""):
			t.Fatalf("%+v", left)
		case err != nil || change == nil:
			return
		}
		after := mustParseWith(t, change.Data, nil)
		if change.Draft {
			after.Goreleaser = drafting(t, "")
		}
		for _, p := range after.Publishes() {
			if why := after.Unsigned(p); why != "" {
				t.Errorf("%s: %s\n%s", p.Tool, why, change.Data)
			}
		}
		if again, err := after.Adopt(change.Data, how); again != nil {
			t.Errorf("applied twice: %v\n%s", err, told(change.Data, again, err))
		}
		_, _ = workflow.DraftGoreleaser("goreleaser.yml", data)
	})
}

// BenchmarkAdopt adds hallmark to all workflows of the corpus.
func BenchmarkAdopt(b *testing.B) {
	all := mustCorpus(b)
	size := 0
	for _, data := range all {
		size += len(data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, data := range all {
			w, err := workflow.Parse("in.yml", data)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = w.Adopt(data, adoption)
		}
	}
}

func mustCorpus(tb testing.TB) [][]byte {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(corpus, "init", "*", "in.yml"))
	if err != nil || len(names) == 0 {
		tb.Fatalf("%d workflows, %v", len(names), err)
	}
	var all [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}
