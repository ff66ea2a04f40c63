package artifact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseGlob(t *testing.T) {
	for arg, want := range map[string]struct {
		root string
		p    pattern
	}{
		"*":            {".", pattern{"*"}},
		"dist/*.zip":   {"dist/", pattern{"*.zip"}},
		"dist/a*/b":    {"dist/", pattern{"a*", "b"}},
		"dist/**":      {"dist/", pattern{"**", "*"}},
		"dist/*/":      {"dist/", pattern{"*", "**", "*"}},
		"/dist/**/*.z": {"/dist/", pattern{"**", "*.z"}},
		"../x/?//./y":  {"../x/", pattern{"?", "y"}},
		"/*":           {"/", pattern{"*"}},
	} {
		root, p, err := parseGlob(arg)
		if err != nil {
			t.Fatal(err)
		}
		if root != want.root {
			t.Errorf("%s: want root %s, got %s", arg, want.root, root)
		}
		if diff := cmp.Diff(want.p, p); diff != "" {
			t.Errorf("%s: %s", arg, diff)
		}
	}
}

func TestPattern(t *testing.T) {
	for _, test := range []struct {
		glob    string
		matches []string
		not     []string
	}{
		{"*", []string{"a", ".a", "a b"}, []string{"a/b"}},
		{"*.zip", []string{"a.zip", ".zip"}, []string{"a.zip.x", "x/a.zip"}},
		{"**", []string{"a", "a/b", "a/b/c"}, nil},
		{"**/*.zip", []string{"a.zip", "x/a.zip", "x/y/a.zip"}, []string{"a.zip/b"}},
		{"*/**", []string{"a/b", "a/b/c"}, []string{"a"}},
		{"?/**/b/**/c", []string{"a/b/c", "a/x/b/c", "a/b/x/c", "a/b/b/x/y/c"}, []string{"a/c", "a/b/c/d", "aa/b/c"}},
		{"[^a]*/b", []string{"b/b"}, []string{"a/b"}},
		{"a**b*", []string{"ab", "axbx"}, []string{"a/b"}},
	} {
		_, p, err := parseGlob(test.glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range test.matches {
			if !match(p, name) {
				t.Errorf("%s does not match %s", test.glob, name)
			}
		}
		for _, name := range test.not {
			if match(p, name) {
				t.Errorf("%s matches %s", test.glob, name)
			}
		}
	}
}

func match(p pattern, name string) bool {
	at := p.start()
	for element := range strings.SplitSeq(name, "/") {
		at = p.step(at, element)
	}
	return p.accepts(at)
}

// A pattern made to be slow is not.
func FuzzPattern(f *testing.F) {
	f.Add("**/a/**/a/**/a/**/a/**/a/**/b", strings.Repeat("a/", 100)+"a")
	f.Add("*a*a*a*a*a*a*b", strings.Repeat("a", 100))
	f.Fuzz(func(t *testing.T, glob, name string) {
		if len(glob) > 100 || len(name) > 1000 || !isGlob(glob) {
			return
		}
		_, p, err := parseGlob(glob)
		if err != nil {
			return
		}
		match(p, name)
	})
}
