package artifact

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listed shows lists: name, then each entry or why there is none, then what is
// absent.
func listed(lists []*List) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l.Name)
		for _, e := range l.Entries {
			out = append(out, fmt.Sprint("  ", filepath.ToSlash(l.File(e)), " ", text(e.Digest)))
		}
		for _, a := range l.Absent {
			out = append(out, fmt.Sprint("  absent ", a.Name, ": ", a.Reason))
		}
		if l.Err != nil {
			out = append(out, "  "+l.Err.Error())
		}
	}
	return out
}

func TestLists(t *testing.T) {
	a, b := sum256("a"), sum256("b")
	for name, test := range map[string]struct {
		sums string // d/SUMS, named itself
		want []string
	}{
		"every line":         {a + "  a\n" + b + " *n/b\n", []string{"d/a sha256:" + a, "d/n/b sha256:" + b}},
		"two algorithms":     {a + "  a\n" + "SHA512 (./a) = " + sum512("a") + "\n", []string{"d/a sha256:" + a + " sha512:" + sum512("a")}},
		"the same twice":     {a + "  a\n" + a + " *./a\n", []string{"d/a sha256:" + a}},
		"two digests":        {a + "  a\n" + b + "  ./a\n", []string{`line 2: a second sha256 digest for "a"`}},
		"a bad line":         {a + "  a\nnothing\n", []string{`line 2: "nothing" is no line of a SHA-256, SHA-384 or SHA-512 checksum file`}},
		"a line with a CR":   {a + "  a\r\n", []string{"line 1: holds a carriage return; end the lines with a line feed alone"}},
		"it leaves":          {a + "  ../x\n", []string{`line 1: name "../x": leaves the folder; a relative name is wanted`}},
		"it leaves by root":  {a + "  a\n" + a + "  /x\n", []string{`line 2: name "/x": leaves the folder; a relative name is wanted`}},
		"absent":             {b + "  c\n", []string{"d/c sha256:" + b, "absent c: no such file"}},
		"a folder":           {b + "  n\n", []string{"d/n sha256:" + b, "absent n: folder, not a regular file"}},
		"below a file":       {b + "  a/b\n", []string{"d/a/b sha256:" + b, "absent a/b: no such file"}},
		"a link within":      {a + "  in\n", []string{"d/in sha256:" + a}},
		"a link that leaves": {sum256("x") + "  out\n", []string{"d/out sha256:" + sum256("x"), "absent out: symbolic link that leaves the folder"}},
		"a folder outside":   {sum256("x") + "  up/x\n", []string{"d/up/x sha256:" + sum256("x"), "absent up/x: symbolic link that leaves the folder"}},
		"itself":             {a + "  SUMS\n", []string{"d/SUMS sha256:" + a}},
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, "d/SUMS="+test.sums, "d/a=a", "d/n/b=b", "x=x")
			for link, to := range map[string]string{"in": "a", "out": "../x", "up": ".."} {
				if err := os.Symlink(to, filepath.Join("d", link)); err != nil {
					t.Skip(err)
				}
			}
			set, err := Collect(t.Context(), []string{"d/SUMS"}, Options{Lists: true})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"SUMS"}
			for _, line := range test.want {
				want = append(want, "  "+line)
			}
			if diff := cmp.Diff(want, listed(set.Lists)); diff != "" {
				t.Error(diff)
			}
			for _, a := range set.Artifacts {
				if _, err := os.Stat(a.Path); err != nil || !a.Explicit {
					t.Errorf("%s, explicit %v: %v", a.Path, a.Explicit, err)
				}
			}
		})
	}
}

// A list brings its files only where it was named itself.
func TestWhatListsBring(t *testing.T) {
	sums := sum512("a") + "  a\n"
	tree(t, "d/a=a", "d/b=b", "d/SUMS="+sums)
	alone := []string{has("named", "SUMS", sums, "d/SUMS"), "named a sha256:" + sum256("a") + " sha512:" + sum512("a") + " d/a"}
	for name, test := range map[string]struct {
		args  []string
		lists bool
		want  []string
	}{
		"named":         {[]string{"d/SUMS"}, true, alone},
		"not asked for": {[]string{"d/SUMS"}, false, []string{has("named", "SUMS", sums, "d/SUMS")}},
		"by a glob":     {[]string{"d/S*"}, true, []string{has("found", "SUMS", sums, "d/SUMS")}},
		"by the folder": {[]string{"d"}, true, []string{has("found", "a", "a", "d/a"), has("found", "b", "b", "d/b"), "left out SUMS: every line matches"}},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := Collect(t.Context(), test.args, Options{Lists: test.lists})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(set)); diff != "" {
				t.Error(diff)
			}
			if got := len(set.Lists) == 1; got != test.lists {
				t.Errorf("lists %v", listed(set.Lists))
			}
		})
	}
}

func TestListsIn(t *testing.T) {
	tree(t, "d/SUMS="+sum256("a")+"  a\n", "d/BAD="+sum256("a")+"  a\nx\n", "d/a=a", "d/n/SUMS="+sum256("a")+"  a\n", "d/empty=")
	lists, err := ListsIn(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"BAD", `  line 2: "x" is no line of a SHA-256, SHA-384 or SHA-512 checksum file`,
		"SUMS", "  d/a sha256:" + sum256("a"),
	}
	if diff := cmp.Diff(want, listed(lists)); diff != "" {
		t.Error(diff)
	}
}

// All lists of one call together have a limit; what is beyond it covers nothing.
func TestListsAreBounded(t *testing.T) {
	line := sum256("a") + "  a\n"
	tree(t, "d/a=a", "d/1="+strings.Repeat(line, maxListed), "d/2="+line)
	lists, err := ListsIn(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1", "  d/a sha256:" + sum256("a"), "2", fmt.Sprintf("  more than %d lines, with the checksum files before it", maxListed)}
	if diff := cmp.Diff(want, listed(lists)); diff != "" {
		t.Error(diff)
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(sum256("a") + "  a\nSHA512 (a) = " + sum512("a") + "\n"))
	f.Add([]byte(`\` + sum256("a") + "  a\\nb\n" + sum256("b") + "  ../x\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		one := &task{found: found{name: "SUMS", path: "d/SUMS", info: fakeInfo{}}}
		(&batch{lists: true}).judge(one, content)
		for _, l := range readLists([]*task{one}) {
			for _, e := range l.Entries {
				if rel, err := filepath.Rel("d", l.File(e)); err != nil || !filepath.IsLocal(rel) || len(e.Digest) == 0 {
					t.Errorf("entry %q of %v", e.Name, e.Digest)
				}
			}
			if (l.Err == nil) != (len(l.Entries) > 0) {
				t.Errorf("%d entries beside %v", len(l.Entries), l.Err)
			}
		}
	})
}

type fakeInfo struct{ os.FileInfo }

func (fakeInfo) Size() int64 { return 0 }
