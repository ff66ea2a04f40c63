package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writes(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// wantFolder compares the names in dir, temporary ones included, and what they hold.
func wantFolder(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(content)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folder -want +got\n%s", diff)
	}
}

func TestWriteOutput(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 10_000)
	tests := map[string]struct {
		before map[string]string
		force  bool
		text   string
		code   int
		want   map[string]string
	}{
		"new":                 {nil, false, "a", 0, map[string]string{"out": "a"}},
		"empty":               {nil, false, "", 0, map[string]string{"out": ""}},
		"same content":        {map[string]string{"out": big}, false, big, 0, map[string]string{"out": big}},
		"other content":       {map[string]string{"out": "a"}, false, "b", 2, map[string]string{"out": "a"}},
		"longer content":      {map[string]string{"out": "a"}, false, "ab", 2, map[string]string{"out": "a"}},
		"last byte differs":   {map[string]string{"out": big + "a"}, false, big + "b", 2, map[string]string{"out": big + "a"}},
		"other, forced":       {map[string]string{"out": "a"}, true, "b", 0, map[string]string{"out": "b"}},
		"same, forced":        {map[string]string{"out": "a"}, true, "a", 0, map[string]string{"out": "a"}},
		"neighbours are kept": {map[string]string{"x": "1"}, false, "a", 0, map[string]string{"x": "1", "out": "a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range test.before {
				mustWrite(t, filepath.Join(dir, name), content)
			}
			env := Env{}.withDefaults()
			err := env.writeOutput(t.Context(), filepath.Join(dir, "out"), test.force, writes(test.text))
			if exitCode(err) != test.code {
				t.Errorf("exit %d, want %d: %v", exitCode(err), test.code, err)
			}
			if test.code == exitUsage && !strings.Contains(strings.Join(hintsOf(err), "\n"), "--force") {
				t.Errorf("hint %q does not name --force", strings.Join(hintsOf(err), "\n"))
			}
			wantFolder(t, dir, test.want)
		})
	}
}

func TestWriteOutputLeavesNothingHalfDone(t *testing.T) {
	errBurnt := errors.New("burnt")
	tests := map[string]struct {
		write func(cancel func()) func(io.Writer) error
		want  error
	}{
		"error": {func(func()) func(io.Writer) error {
			return func(w io.Writer) error { io.WriteString(w, "half"); return errBurnt }
		}, errBurnt},
		"cancelled": {func(cancel func()) func(io.Writer) error {
			return func(w io.Writer) error { cancel(); return writes("whole")(w) }
		}, context.Canceled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, filepath.Join(dir, "out"), "before")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			env := Env{}.withDefaults()
			err := env.writeOutput(ctx, filepath.Join(dir, "out"), true, test.write(cancel))
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			wantFolder(t, dir, map[string]string{"out": "before"})
		})
	}
}

func TestWriteOutputElsewhere(t *testing.T) {
	dir := t.TempDir()
	env := Env{}.withDefaults()
	t.Run("stdout", func(t *testing.T) {
		var stdout bytes.Buffer
		env := Env{Stdout: &stdout}.withDefaults()
		if err := env.writeOutput(t.Context(), "-", false, writes("a")); err != nil || stdout.String() != "a" {
			t.Errorf("got %q, %v", stdout.String(), err)
		}
	})
	t.Run("a device is not replaced", func(t *testing.T) {
		if err := env.writeOutput(t.Context(), os.DevNull, true, writes("a")); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
			t.Errorf("%s is now %v, %v", os.DevNull, info, err)
		}
	})
	t.Run("a folder is refused", func(t *testing.T) {
		if err := env.writeOutput(t.Context(), dir, true, writes("a")); exitCode(err) != exitUsage {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a missing folder is refused", func(t *testing.T) {
		err := env.writeOutput(t.Context(), filepath.Join(dir, "no", "out"), true, writes("a"))
		if exitCode(err) != exitUsage || !strings.Contains(strings.Join(hintsOf(err), "\n"), "mkdir") {
			t.Errorf("got %v, hint %q", err, strings.Join(hintsOf(err), "\n"))
		}
	})
	t.Run("a link is replaced, not followed", func(t *testing.T) {
		dir := t.TempDir()
		mustWrite(t, filepath.Join(dir, "target"), "same")
		if err := os.Symlink("target", filepath.Join(dir, "out")); err != nil {
			t.Fatal(err)
		}
		if err := env.writeOutput(t.Context(), filepath.Join(dir, "out"), false, writes("same")); exitCode(err) != exitUsage {
			t.Errorf("without force: %v", err)
		}
		if err := env.writeOutput(t.Context(), filepath.Join(dir, "out"), true, writes("new")); err != nil {
			t.Errorf("with force: %v", err)
		}
		wantFolder(t, dir, map[string]string{"out": "new", "target": "same"})
	})
}

func mustWrite(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCanWrite(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		paths []string
		code  int
		want  string
	}{
		"nothing":          {nil, exitDone, ""},
		"stdout":           {[]string{"-"}, exitDone, ""},
		"a device":         {[]string{os.DevNull}, exitDone, ""},
		"new":              {[]string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, exitDone, ""},
		"there":            {[]string{there}, exitDone, ""},
		"a folder":         {[]string{dir}, exitUsage, "is a folder"},
		"no folder":        {[]string{there, filepath.Join(dir, "no", "a")}, exitUsage, "no folder"},
		"a file as folder": {[]string{filepath.Join(there, "a")}, exitUndecided, "there/a cannot be written: not a directory"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := canWrite(true, tc.paths...)
			if got := exitCode(err); got != tc.code || err != nil && !strings.Contains(filepath.ToSlash(err.Error()), tc.want) {
				t.Errorf("exit %d, %v; want %d, %q", got, err, tc.code, tc.want)
			}
			wantFolder(t, dir, map[string]string{"there": "x"})
		})
	}
}
