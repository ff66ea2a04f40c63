package trust

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/tuf"
)

// TestCacheOfOthers: a cache that others can write to, or that lies elsewhere
// than it seems, is refused, and neither a fetch nor the embedded root takes its
// place.
func TestCacheOfOthers(t *testing.T) {
	folders := map[string]func(dir, mirror string) string{
		"cache":   func(dir, _ string) string { return dir },
		"mirror":  func(dir, mirror string) string { return filepath.Join(dir, mirror) },
		"targets": func(dir, mirror string) string { return filepath.Join(dir, mirror, "targets") },
		"roots":   func(dir, mirror string) string { return filepath.Join(dir, mirror, "roots") },
	}
	spoil := map[string]struct {
		spoil func(*testing.T, string)
		want  string
	}{
		"world-writable": {func(t *testing.T, folder string) { must(t, os.Chmod(folder, 0o777)) }, "everybody may write"},
		"sticky, like /tmp": {func(t *testing.T, folder string) { must(t, os.Chmod(folder, 0o777|os.ModeSticky)) },
			"everybody may write"},
		"link": {func(t *testing.T, folder string) {
			must(t, os.Rename(folder, folder+".away"))
			must(t, os.Symlink(folder+".away", folder))
		}, "symbolic link"},
		"link to nothing": {func(t *testing.T, folder string) {
			must(t, os.RemoveAll(folder))
			must(t, os.Symlink(filepath.Join(t.TempDir(), "nothing"), folder))
		}, "symbolic link"},
		"file": {func(t *testing.T, folder string) {
			must(t, os.RemoveAll(folder))
			must(t, os.WriteFile(folder, nil, 0o600))
		}, "no folder"},
	}
	for where, folder := range folders {
		for what, tc := range spoil {
			t.Run(where+" is "+what, func(t *testing.T) {
				m := newMirror(t)
				m.root.Signed.Version = 2
				m.put("2.root.json", m.root) // so that a chain is kept
				dir := filepath.Join(t.TempDir(), "cache")
				o := m.options(dir)
				if _, _, err := o.Root(t.Context()); err != nil {
					t.Fatal(err)
				}
				spoilt := folder(dir, tuf.URLToPath(m.url))
				tc.spoil(t, spoilt)
				for _, offline := range []bool{false, true} {
					o := m.options(dir)
					if offline {
						o.Transport = nil
					}
					_, _, err := o.Root(t.Context())
					if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), spoilt) {
						t.Errorf("offline %t: got %v, want %q of %s", offline, err, tc.want, spoilt)
					}
					if errors.Is(err, ErrRoot) || isUnreachable(err) {
						t.Errorf("offline %t: %v is called the operator's error or weather", offline, err)
					}
				}
			})
		}
	}
	t.Run("the public instance's", func(t *testing.T) {
		dir := t.TempDir()
		must(t, os.Chmod(dir, 0o777))
		if r, _, err := (Options{Dir: dir}).Root(t.Context()); err == nil {
			t.Errorf("got %s", r.Source)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
