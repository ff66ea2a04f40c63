package forge_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// cached is a client that keeps what it was told in the folder.
func (w *world) cached(token, dir string) *forge.Client {
	c := w.client(token)
	c.API = &forge.Cache{Base: c.API, Dir: dir}
	return c
}

// TestSecondRunCostsNothing: what has not changed is not paid for twice, and
// what has is seen.
func TestSecondRunCostsNothing(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.change(t, func(r *fakegithub.Repository) {
		for range 65 {
			r.Releases = append(r.Releases, &fakegithub.Release{Tag: "v1", CreatedAt: w.now(), PublishedAt: w.now()})
		}
	})
	dir := filepath.Join(t.TempDir(), "cache")
	budget := func() int {
		b, err := w.client(reader).Budget(t.Context())
		must(t, err)
		return b.Left
	}
	ask := func() []*forge.Release {
		all, err := w.cached(reader, dir).Releases(t.Context(), widget, 0)
		must(t, err)
		return all
	}
	full := budget()
	first := ask()
	paid := budget()
	second := ask()
	if full-paid != 3 || paid-budget() != 0 {
		t.Errorf("the first run cost %d calls, the second %d; want 3 and none", full-paid, paid-budget())
	}
	if d := cmp.Diff(first, second); d != "" || len(first) != 65 {
		t.Errorf("%d releases, and then %s", len(first), d)
	}
	w.change(t, func(r *fakegithub.Repository) { r.Releases = r.Releases[:10] })
	if got := ask(); len(got) != 10 {
		t.Errorf("%d releases after a change, want 10", len(got))
	}
	// What one may see is not shown to another.
	w.change(t, func(r *fakegithub.Repository) { r.Visibility = "private" })
	if _, err := w.cached("", dir).Releases(t.Context(), widget, 0); err == nil {
		t.Error("a stranger is given what a token saw")
	}
	info, err := os.Stat(dir)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %s", info.Mode())
	}
}

// TestBrokenCache: what lies in the folder and is not whole is asked for anew.
func TestBrokenCache(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	dir := t.TempDir()
	_, err := w.cached("", dir).Project(t.Context(), widget)
	must(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("%d files are kept, want one", len(files))
	}
	whole, err := os.ReadFile(files[0])
	must(t, err)
	for name, content := range map[string]string{
		"cut":          string(whole[:len(whole)/2]),
		"another body": strings.Replace(string(whole), `"body":"`, `"body":"eyJ9`, 1),
		"empty":        "",
	} {
		must(t, os.WriteFile(files[0], []byte(content), 0o600))
		if p, err := w.cached("", dir).Project(t.Context(), widget); err != nil || p.ID != 77 {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for _, line := range w.requests(t) {
		if !strings.HasPrefix(line, "200 ") {
			t.Errorf("it asked conditionally: %s", line)
		}
	}
	// A folder that cannot be written to is no reason to fail.
	c := w.cached("", filepath.Join(files[0], "no folder"))
	if _, err := c.Project(t.Context(), widget); err != nil {
		t.Error(err)
	}
}

// TestCacheKeepsTheAPIAlone: nothing else is kept, and nothing but answers.
func TestCacheKeepsTheAPIAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cache := &forge.Cache{Dir: dir, Base: answers(func(r *http.Request) *http.Response {
		if r.URL.Path == "/absent" {
			return says(404, "", "ETag", `"x"`)
		}
		return says(200, "x", "ETag", `"x"`)
	})}
	for _, request := range []struct{ method, url string }{
		{http.MethodGet, "https://x.blob.core.windows.net/b"}, {http.MethodPost, "https://api.github.com/x"}, {http.MethodGet, "https://api.github.com/absent"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), request.method, request.url, nil)
		must(t, err)
		resp, err := cache.RoundTrip(r)
		must(t, err)
		resp.Body.Close()
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 0 {
		t.Errorf("kept: %q", files)
	}
}
