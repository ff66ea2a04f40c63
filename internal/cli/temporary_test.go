package cli

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestUnfinishedHasNoName: what is still being written cannot be left behind.
func TestUnfinishedHasNoName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs O_TMPFILE")
	}
	dir := t.TempDir()
	env := Env{}.withDefaults()
	err := env.writeOutput(t.Context(), filepath.Join(dir, "out"), false, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		wantFolder(t, dir, map[string]string{})
		_, err := io.WriteString(w, " and half")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantFolder(t, dir, map[string]string{"out": "half and half"})
}

func TestTemporaryNames(t *testing.T) {
	dir := t.TempDir()
	f, err := createTemp(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.remove()
	if err := f.name(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(f.path); err != nil || !isTemporary(filepath.Base(f.path)) {
		t.Errorf("%s: %v", f.path, err)
	}
	for _, name := range []string{".hallmark", ".hallmark-", ".hallmark-A", ".hallmark-1.txt", "x.hallmark-1", ".hallmark-12345678901234"} {
		if isTemporary(name) {
			t.Errorf("%q is taken for a temporary file", name)
		}
	}
}
