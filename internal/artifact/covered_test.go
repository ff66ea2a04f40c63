package artifact

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChecksumFilesOfFolders(t *testing.T) {
	a, b := sum256("a"), sum256("b")
	for name, test := range map[string]struct {
		files   []string
		leftOut []string
	}{
		"every line matches":           {[]string{"d/SUMS=" + a + "  a\n" + b + " *n/b\n"}, []string{"SUMS"}},
		"some files are not listed":    {[]string{"d/SUMS=" + a + "  a\n"}, []string{"SUMS"}},
		"a digest differs":             {[]string{"d/SUMS=" + a + "  a\n" + a + "  n/b\n"}, nil},
		"a file is absent":             {[]string{"d/SUMS=" + a + "  a\n" + b + "  c\n"}, nil},
		"a file lies outside":          {[]string{"SUMS=" + a + "  a\n", "d/SUMS=" + sum256("x") + "  ../x\n"}, nil},
		"a line is bad":                {[]string{"d/SUMS=" + a + "  a\nx\n"}, nil},
		"it lists itself":              {[]string{"d/SUMS=" + a + "  SUMS\n"}, nil},
		"it lists material":            {[]string{"d/SUMS=" + sum256("material") + "  m\n", "d/m=material"}, []string{"m"}},
		"names begin at its folder":    {[]string{"d/n/SUMS=" + b + "  b\n"}, []string{"n/SUMS"}},
		"names begin at the root":      {[]string{"d/sums/256=" + a + "  a\n" + b + "  n/b\n"}, []string{"sums/256"}},
		"digests nobody asked for":     {[]string{"d/SUMS=" + sum512("a") + "  a\n"}, []string{"SUMS"}},
		"other digests that differ":    {[]string{"d/SUMS=" + sum512("b") + "  a\n"}, nil},
		"one lists the other":          {[]string{"d/256=" + a + "  a\n", "d/512=" + sum512(a+"  a\n") + "  256\n" + sum512("a") + "  a\n"}, []string{"256", "512"}},
		"BSD's form":                   {[]string{"d/SUMS=SHA256 (a) = " + a + "\n"}, []string{"SUMS"}},
		"larger than a chunk, in text": {[]string{"d/SUMS=" + strings.Repeat(a+"  ./////////////////////////////////a\n", chunkSize/64)}, []string{"SUMS"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree(t, append(test.files, "d/a=a", "d/n/b=b", "x=x")...)
			set, err := Collect(t.Context(), []string{"d"}, Options{Material: material})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range set.LeftOut {
				got = append(got, l.Name)
			}
			if diff := cmp.Diff(test.leftOut, got); diff != "" {
				t.Error(diff)
			}
			for _, a := range set.Artifacts {
				if len(a.Digest) != 1 {
					t.Errorf("%s has digests that nobody asked for: %v", a.Name, a.Digest)
				}
			}
		})
	}
}

func material(_ string, content []byte) string {
	if string(content) == "material" {
		return "verification material"
	}
	return ""
}

// What is named itself is an artifact, whatever it holds.
func TestNamedItself(t *testing.T) {
	sums := sum256("a") + "  a\n"
	tree(t, "d/a=a", "d/SUMS="+sums, "d/m=material")
	folder := []string{
		has("found", "a", "a", "d/a"),
		"left out SUMS: every line matches",
		"left out m: verification material",
	}
	for name, test := range map[string]struct {
		args  []string
		globs bool
		want  []string
	}{
		"by the folder":                  {[]string{"d"}, false, folder},
		"by a glob":                      {[]string{"d/*"}, false, []string{has("found", "SUMS", sums, "d/SUMS"), has("found", "a", "a", "d/a"), has("found", "m", "material", "d/m")}},
		"by path too":                    {[]string{"d", "d/SUMS", "d/m"}, false, []string{has("named", "SUMS", sums, "d/SUMS"), has("found", "a", "a", "d/a"), has("named", "m", "material", "d/m")}},
		"by a glob that is judged":       {[]string{"d/*"}, true, folder},
		"by such a glob and by its path": {[]string{"d/*", "d/SUMS", "d/m"}, true, []string{has("named", "SUMS", sums, "d/SUMS"), has("found", "a", "a", "d/a"), has("named", "m", "material", "d/m")}},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := Collect(t.Context(), test.args, Options{Material: material, Globs: test.globs})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(set)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Large files are held whole only if they may be text.
func TestMaterialIsAskedAboutWholeFiles(t *testing.T) {
	binary := strings.Repeat("x", 2*chunkSize) + "\x00"
	text := strings.Repeat("x", 2*chunkSize)
	tree(t, "d/text="+text, "d/binary=\x00"+binary, "d/late="+binary, "d/empty=")
	var asked = make(chan string, 10)
	set, err := Collect(t.Context(), []string{"d"}, Options{Material: func(path string, content []byte) string {
		asked <- filepath.ToSlash(path)
		if path == filepath.Join("d", "text") && string(content) == text {
			return "all of it"
		}
		return ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	close(asked)
	var names []string
	for name := range asked {
		names = append(names, name)
	}
	if diff := cmp.Diff([]string{"d/empty", "d/late", "d/text"}, union(names, nil)); diff != "" {
		t.Error(diff)
	}
	want := []string{
		has("found", "binary", "\x00"+binary, "d/binary"),
		has("found", "empty", "", "d/empty"),
		has("found", "late", binary, "d/late"),
		"left out text: all of it",
	}
	if diff := cmp.Diff(want, lines(set)); diff != "" {
		t.Error(diff)
	}
}
