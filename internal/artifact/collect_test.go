package artifact

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sum256(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func sum512(content string) string {
	sum := sha512.Sum512([]byte(content))
	return hex.EncodeToString(sum[:])
}

// tree writes files, each holding its own name unless the name says otherwise
// as "name=content", and makes the new folder the current one.
func tree(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range files {
		name, content, given := strings.Cut(file, "=")
		if !given {
			content = name
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// lines shows a set: mark, name, digests, path.
func lines(set *Set) []string {
	var out []string
	for _, a := range set.Artifacts {
		mark := "found"
		if a.Explicit {
			mark = "named"
		}
		out = append(out, fmt.Sprint(mark, " ", a.Name, " ", text(a.Digest), " ", filepath.ToSlash(a.Path)))
	}
	for _, l := range set.LeftOut {
		out = append(out, "left out "+l.Name+": "+l.Reason)
	}
	return out
}

// has is the line of a file that holds content.
func has(mark, name, content, path string) string {
	return mark + " " + name + " sha256:" + sum256(content) + " " + path
}

func TestCollect(t *testing.T) {
	files := []string{
		"LICENSE", "dist/a.zip", "dist/b.zip", "dist/b.txt", "dist/sub/c.zip", "dist/sub/deep/d.zip",
		"dist/empty=", "dist/[x].zip", "dist/.hidden", "other/a.zip=dist/a.zip",
	}
	for name, test := range map[string]struct {
		args []string
		o    Options
		want []string
	}{
		"a file": {
			args: []string{"dist/a.zip"},
			want: []string{has("named", "a.zip", "dist/a.zip", "dist/a.zip")},
		},
		"a file of no bytes": {
			args: []string{"dist/empty"},
			want: []string{has("named", "empty", "", "dist/empty")},
		},
		"a folder": {
			args: []string{"dist/sub"},
			want: []string{
				has("found", "c.zip", "dist/sub/c.zip", "dist/sub/c.zip"),
				has("found", "deep/d.zip", "dist/sub/deep/d.zip", "dist/sub/deep/d.zip"),
			},
		},
		"a folder with a slash and one of its files": {
			args: []string{"dist/sub/", "dist/sub/c.zip"},
			want: []string{
				has("named", "c.zip", "dist/sub/c.zip", "dist/sub/c.zip"),
				has("found", "deep/d.zip", "dist/sub/deep/d.zip", "dist/sub/deep/d.zip"),
			},
		},
		"a glob of one folder": {
			args: []string{"dist/*.zip"},
			want: []string{
				has("found", "[x].zip", "dist/[x].zip", "dist/[x].zip"),
				has("found", "a.zip", "dist/a.zip", "dist/a.zip"),
				has("found", "b.zip", "dist/b.zip", "dist/b.zip"),
			},
		},
		"a glob over folders": {
			args: []string{"dist/**/*.zip"},
			want: []string{
				has("found", "[x].zip", "dist/[x].zip", "dist/[x].zip"),
				has("found", "a.zip", "dist/a.zip", "dist/a.zip"),
				has("found", "b.zip", "dist/b.zip", "dist/b.zip"),
				has("found", "sub/c.zip", "dist/sub/c.zip", "dist/sub/c.zip"),
				has("found", "sub/deep/d.zip", "dist/sub/deep/d.zip", "dist/sub/deep/d.zip"),
			},
		},
		"a glob that leaves a folder out": {
			args: []string{"dist/[bs]*"},
			want: []string{
				has("found", "b.txt", "dist/b.txt", "dist/b.txt"),
				has("found", "b.zip", "dist/b.zip", "dist/b.zip"),
				"left out sub: folder",
			},
		},
		"a file that looks like a glob": {
			args: []string{"dist/[x].zip"},
			want: []string{has("named", "[x].zip", "dist/[x].zip", "dist/[x].zip")},
		},
		"a digest": {
			args: []string{"x/y@sha256:" + strings.ToUpper(sum256("y"))},
			want: []string{"named x/y sha256:" + sum256("y") + " "},
		},
		"two digests of one name": {
			args: []string{"y@sha512:" + sum512("y"), "y@sha256:" + sum256("y")},
			want: []string{"named y sha256:" + sum256("y") + " sha512:" + sum512("y") + " "},
		},
		"the same file twice": {
			args: []string{"dist/a.zip", "./dist/../dist/a.zip"},
			want: []string{has("named", "a.zip", "dist/a.zip", "dist/a.zip")},
		},
		"the same name and digest twice": {
			args: []string{"dist/a.zip", "other/a.zip"},
			want: []string{has("named", "a.zip", "dist/a.zip", "dist/a.zip")},
		},
		"a file and its other digest": {
			args: []string{"dist/a.zip", "a.zip@sha512:" + sum512("dist/a.zip")},
			want: []string{"named a.zip sha256:" + sum256("dist/a.zip") + " sha512:" + sum512("dist/a.zip") + " dist/a.zip"},
		},
		"several algorithms": {
			args: []string{"LICENSE"},
			o:    Options{Algorithms: []string{"sha512", "sha256", "sha512"}},
			want: []string{"named LICENSE sha256:" + sum256("LICENSE") + " sha512:" + sum512("LICENSE") + " LICENSE"},
		},
		"checksums on standard input": {
			o: Options{Checksums: []string{"-"}, Stdin: strings.NewReader(sum256("y") + "  ./x/y\n" + sum512("z") + " *z")},
			want: []string{
				"named x/y sha256:" + sum256("y") + " ",
				"named z sha512:" + sum512("z") + " ",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, files...)
			set, err := Collect(t.Context(), test.args, test.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(set)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCollectRefuses(t *testing.T) {
	y, z := sum256("y"), sum256("z")
	for name, test := range map[string]struct {
		args  []string
		o     Options
		stdin string
		want  string
	}{
		"nothing":                          {want: "no artifact is named"},
		"an empty word":                    {args: []string{""}, want: "empty word"},
		"no such file":                     {args: []string{"dist/none"}, want: "dist/none: no such file or folder"},
		"a file taken for a folder":        {args: []string{"LICENSE/"}, want: "LICENSE/: no such file or folder"},
		"a NUL":                            {args: []string{"a\x00b"}, want: "no such file"},
		"a name beyond measure":            {args: []string{strings.Repeat("x", 1<<20)}, want: "no such file"},
		"an empty folder":                  {args: []string{"void"}, want: "void: no file in this folder"},
		"an image":                         {args: []string{"oci://ghcr.io/octo/widget:v1"}, want: "an image in a registry"},
		"a glob without a match":           {args: []string{"dist/*.gz"}, want: "glob dist/*.gz: matches no regular file"},
		"a glob that only matches folders": {args: []string{"di*"}, want: "matches no regular file"},
		"a glob nowhere":                   {args: []string{"none/*.gz"}, want: "glob none/*.gz: none/: no such file or folder"},
		"a glob below a file":              {args: []string{"LICENSE/*"}, want: "no such file or folder"},
		"a bad glob":                       {args: []string{"dist/[a"}, want: "glob dist/[a: syntax error in pattern in [a"},
		"a glob with a shell's class":      {args: []string{"dist/[!a]*"}, want: "write [^ for [!"},
		"a glob that climbs":               {args: []string{"dist/*/../x"}, want: ".. after a special character"},
		"a short digest":                   {args: []string{"y@sha256:" + y[1:]}, want: "want 64 hexadecimal digits for sha256"},
		"a digest of another length":       {args: []string{"y@sha512:" + y}, want: "want 128 hexadecimal digits for sha512"},
		"a digest of no hex":               {args: []string{"y@sha256:" + strings.Repeat("g", 64)}, want: "want 64 hexadecimal"},
		"a digest of no name":              {args: []string{"@sha256:" + y}, want: "no file is named"},
		"a digest of a weak kind":          {args: []string{"y@sha1:" + y[:40]}, want: "no such file"},
		"a digest of a name outside":       {args: []string{"../y@sha256:" + y}, want: "leaves the folder"},
		"a digest of a rooted name":        {args: []string{"/y@sha256:" + y}, want: "leaves the folder"},
		"a digest of bad UTF-8":            {args: []string{"\xff@sha256:" + y}, want: "not valid UTF-8"},
		"an unknown algorithm":             {args: []string{"LICENSE"}, o: Options{Algorithms: []string{"md5"}}, want: `digest algorithm "md5"`},
		"one name, two digests":            {args: []string{"y@sha256:" + y, "y@sha256:" + z}, want: "two different artifacts of the name y: y@sha256:" + y},
		"one name, two files":              {args: []string{"dist/x", "other/x"}, want: "two different artifacts of the name x: dist/x with sha256:"},
		"one base name in two folders":     {args: []string{"dist", "more/"}, want: "two different artifacts of the name x: dist/x with sha256:" + sum256("dist/x") + ", more/n/x with"},
		"a file and a digest not its own":  {args: []string{"dist/x", "x@sha512:" + sum512("y")}, want: "two different artifacts of the name x"},
		"no standard input":                {o: Options{Checksums: []string{"-"}}, want: "there is no standard input"},
		"no checksum file":                 {o: Options{Checksums: []string{"none"}}, want: "none: no such file"},
		"a folder of checksums":            {o: Options{Checksums: []string{"dist"}}, want: "checksums dist: folder, not a regular file"},
		"standard input twice":             {o: Options{Checksums: []string{"-", "-"}}, stdin: y + "  y\n", want: "can be read once only"},
		"a bad checksum line":              {o: Options{Checksums: []string{"-"}}, stdin: y + "  y\n\n", want: "checksums standard input:2: "},
		"two checksums of one name":        {o: Options{Checksums: []string{"-"}}, stdin: y + "  y\n" + z + "  y\n", want: "two different artifacts of the name y: -:1 with"},
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, "LICENSE", "dist/x", "other/x", "more/n/x", "dist/n/y")
			if err := os.Mkdir("void", 0o755); err != nil {
				t.Fatal(err)
			}
			if test.stdin != "" {
				test.o.Stdin = strings.NewReader(test.stdin)
			}
			_, err := Collect(t.Context(), test.args, test.o)
			wantUsage(t, err, test.want)
		})
	}
}

func wantUsage(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("want an error with %q, got %.500v", want, err)
	}
	if _, ok := errors.AsType[*UsageError](err); !ok {
		t.Errorf("want a UsageError, got %T", err)
	}
}

func TestBaseNamesOfOneFolder(t *testing.T) {
	tree(t, "dist/a/x", "dist/b/x", "sums=")
	sums := sum256("dist/a/x") + "  a/x\n" + sum256("dist/b/x") + "  b/x\n"
	set, err := Collect(t.Context(), []string{"dist"}, Options{Checksums: []string{"-"}, Stdin: strings.NewReader(sums)})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		has("named", "a/x", "dist/a/x", "dist/a/x"),
		has("named", "b/x", "dist/b/x", "dist/b/x"),
	}
	if diff := cmp.Diff(want, lines(set)); diff != "" {
		t.Error(diff)
	}
}

func TestCollectBounds(t *testing.T) {
	tree(t, "dist/1", "dist/2", "dist/n/3", "other/4")
	for name, collect := range map[string]func(*collector) error{
		"a wide folder": func(c *collector) error { c.limit = 1; return c.argument(t.Context(), "dist") },
		"a deep folder": func(c *collector) error { return c.argument(t.Context(), "dist") },
		"several folders": func(c *collector) error {
			c.limit = 3
			return errors.Join(c.argument(t.Context(), "dist"), c.argument(t.Context(), "other"))
		},
		"checksum lines": func(c *collector) error {
			return c.checksums([]string{"-"}, strings.NewReader(strings.Repeat(sum256("")+"  x\n", 3)))
		},
		"digests": func(c *collector) error { c.limit = 0; return c.argument(t.Context(), "x@sha256:"+sum256("")) },
	} {
		t.Run(name, func(t *testing.T) {
			wantUsage(t, collect(&collector{limit: 2}), "more than")
		})
	}
}

func TestTotalAndProgress(t *testing.T) {
	tree(t, "dist/big="+strings.Repeat("x", 3*chunkSize+1), "dist/text="+strings.Repeat("material\n", chunkSize), "dist/small=material")
	var total, done atomic.Int64
	_, err := Collect(t.Context(), []string{"dist"}, Options{
		Total:    func(n int64) { total.Add(n) },
		Progress: func(n int64) { done.Add(n) },
		Material: func(_ string, content []byte) string {
			if strings.HasPrefix(string(content), "material") {
				return "material"
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := int64(3*chunkSize + 1 + 9*chunkSize + 8)
	if total.Load() != want || done.Load() != want {
		t.Errorf("want %d bytes told twice, got a total of %d and %d done", want, total.Load(), done.Load())
	}
}

func TestCancelled(t *testing.T) {
	tree(t, "dist/a", "dist/big="+strings.Repeat("x", 3*chunkSize))
	ctx, stop := context.WithCancel(t.Context())
	_, err := Collect(ctx, []string{"dist"}, Options{Progress: func(int64) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("want context.Canceled, got %v", err)
	}
}
