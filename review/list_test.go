package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

func TestParseList(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
		err  string
	}{
		"one a line":          {"octo/widget\nocto/gadget\n", []string{"octo/widget", "octo/gadget"}, ""},
		"no end of line":      {"octo/widget", []string{"octo/widget"}, ""},
		"from Windows":        {"octo/widget\r\nocto/gadget\r\n", []string{"octo/widget", "octo/gadget"}, ""},
		"comments and blanks": {"# ours\n\n  octo/widget  # since 2024\n\t# more\n", []string{"octo/widget"}, ""},
		"dots and dashes":     {"octo-cat/.github\nocto/a.b-c_d\n", []string{"octo-cat/.github", "octo/a.b-c_d"}, ""},
		"empty":               {"", nil, "no project"},
		"only comments":       {"# none\n", nil, "no project"},
		"no owner":            {"octo/widget\nwidget\n", nil, "line 2"},
		"an address":          {"https://github.com/octo/widget\n", nil, "line 1"},
		"two on a line":       {"octo/widget octo/gadget\n", nil, "line 1"},
		"a hash in a name":    {"octo/widget#1\n", nil, "line 1"},
		"the folder above":    {"octo/..\n", nil, "line 1"},
		"a path":              {"octo/widget/x\n", nil, "line 1"},
		"a flag":              {"--help\n", nil, "line 1"},
		"a control character": {"octo/wid\x1bget\n", nil, "line 1"},
		"twice":               {"octo/widget\n# again\nocto/widget\n", nil, "stands in line 1"},
		"twice, in capitals":  {"octo/widget\nOcto/Widget\n", nil, "stands in line 1"},
		"a line without end":  {strings.Repeat("a", 10_000), nil, "too long"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := review.ParseList(strings.NewReader(test.text))
			if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("got %v, want an error with %q", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	for project, want := range map[string]string{
		"octo/widget":    "octo_widget",
		"Octo/Widget":    "octo_widget",
		"octo/a_b.c-d":   "octo_a_b.c-d",
		"octo/.github":   "octo_.github",
		"con/nul":        "con_nul",
		"octo/ends.":     "octo_ends%2E",
		"octo/..":        "",
		"octo/.":         "",
		"octo_x/widget":  "",
		"octo/a/b":       "",
		"../etc":         "",
		"octo/wid%2Eget": "",
		"":               "",
	} {
		if got := review.Folder(project); got != want {
			t.Errorf("%q: got %q, want %q", project, got, want)
		}
	}
}

func TestParseShard(t *testing.T) {
	for text, want := range map[string]review.Shard{
		"1/1": {Index: 1, Of: 1}, "2/8": {Index: 2, Of: 8}, "256/256": {Index: 256, Of: 256},
		"": {}, "0/8": {}, "9/8": {}, "1": {}, "1/0": {}, "-1/8": {}, "1/8/2": {}, "01/8": {}, "1/99999": {}, " 1/8": {},
	} {
		got, err := review.ParseShard(text)
		if got != want || (err != nil) != (want == review.Shard{}) {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

// TestShards: whatever the order and the number of the parts, each project is of
// one part and of no other, and the parts are about as large.
func TestShards(t *testing.T) {
	const many = 4000
	for _, of := range []int{1, 2, 7, 16} {
		sizes := make([]int, of)
		for p := range many {
			project := fmt.Sprintf("octo-%d/widget", p)
			in := 0
			for i := range of {
				if s := (review.Shard{Index: i + 1, Of: of}); s.Has(project) {
					if !s.Has(strings.ToUpper(project)) {
						t.Fatalf("%s moves with its capitals", project)
					}
					sizes[i]++
					in++
				}
			}
			if in != 1 {
				t.Fatalf("%s is of %d of %d parts", project, in, of)
			}
		}
		if least, most := slices.Min(sizes), slices.Max(sizes); of > 1 && (least < many/of*3/4 || most > many/of*5/4) {
			t.Errorf("%d parts of between %d and %d", of, least, most)
		}
	}
	// What another run, another version or another machine must agree on.
	if !(review.Shard{Index: 3, Of: 4}).Has("octo/widget") || !(review.Shard{Index: 1, Of: 2}).Has("octo/widget") {
		t.Error("octo/widget has moved")
	}
	if !(review.Shard{}).Has("octo/widget") {
		t.Error("without parts it is not all")
	}
}

func FuzzParseList(f *testing.F) {
	f.Add("octo/widget # x\n\n#\nocto/gadget")
	f.Add("a/b\r\nA/B")
	f.Fuzz(func(t *testing.T, text string) {
		projects, err := review.ParseList(strings.NewReader(text))
		if err != nil {
			return
		}
		folders := make(map[string]bool)
		for _, p := range projects {
			folder := review.Folder(p)
			if folder == "" || folders[folder] || strings.ContainsAny(folder, "/\\: ") || strings.HasPrefix(folder, ".") {
				t.Errorf("%q has the folder %q", p, folder)
			}
			folders[folder] = true
		}
	})
}
