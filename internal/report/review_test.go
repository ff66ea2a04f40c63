package report

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

func TestReview(t *testing.T) {
	wantGolden(t, "review", "review.v1", sampleReview())
	wantGolden(t, "review-unsigned", "review.v1", unsignedReview())
	for name, r := range map[string]*Review{"review": sampleReview(), "review-unsigned": unsignedReview()} {
		for ending, write := range map[string]func(io.Writer) error{".md": r.Markdown, ".html": r.HTML, ".sarif": r.SARIF} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			wantHarmless(t, b.String())
			wantFile(t, name+ending, b.Bytes())
			if ending == ".sarif" {
				wantSARIF(t, b.Bytes())
			}
		}
	}
}

// TestReviewBar holds what a bar must not hide: one artifact of many.
func TestReviewBar(t *testing.T) {
	for name, test := range map[string]struct {
		covered, artifacts int
		want               string
	}{
		"all":              {100, 100, "████████████"},
		"all but one":      {99, 100, "███████████·"},
		"one of many":      {1, 100, "············"},
		"nothing released": {0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := bar(nil, review.Count{Artifacts: test.artifacts, Covered: test.covered}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestReviewComment holds a long report to what can be posted as one comment.
func TestReviewComment(t *testing.T) {
	r := sampleReview()
	for range 9 {
		r.Releases = append(r.Releases, r.Releases...)
	}
	late := r.finding("signed-in-time")
	for range 10 {
		late.Cases = append(late.Cases, late.Cases...)
	}
	late.Cases[0].Says = strings.Repeat("[", 1<<20)
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if n := b.Len(); n > 1<<16 {
		t.Errorf("%d characters", n)
	}
	for _, want := range []string{"releases before these", "and 1019 more", "To run it again"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

func TestProse(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"sentence":     {"v1.2.0 was signed at 09:19:00, 6 days after: retro-signed (see \"x_y\")", "v1.2.0 was signed at 09:19:00, 6 days after: retro-signed (see \"x_y\")"},
		"links":        {"https://x www.x.example WWW.x a@b", "https&#58;//x www&#46;x.example WWW&#46;x a&#64;b"},
		"mark up":      {"<b> [a](b) *c* _d_ `e` |f| ~g~ !h \\i &amp; $j$", "&#60;b&#62; &#91;a&#93;(b) &#42;c&#42; &#95;d&#95; &#96;e&#96; &#124;f&#124; &#126;g&#126; &#33;h &#92;i &#38;amp; &#36;j&#36;"},
		"a line":       {"- item", "&#45; item"},
		"emoji, issue": {":tada: #12", "&#58;tada: &#35;12"},
		"letters":      {"größe 文", "größe 文"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, prose(test.text)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func FuzzProse(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := prose(Escape(s))
		if i := strings.IndexAny(strings.ReplaceAll(got, "&#", ""), "<>[]*`|~@$!\\{}&"); i >= 0 {
			t.Errorf("%q holds a mark: %q", s, got)
		}
		if lower := strings.ToLower(got); strings.Contains(lower, "www.") || strings.Contains(lower, "://") {
			t.Errorf("%q holds a link: %q", s, got)
		}
	})
}

func TestCode(t *testing.T) {
	for name, test := range map[string]struct{ name, want string }{
		"name":     {"@octo/widget <b>", "`@octo/widget <b>`"},
		"its end":  {"a`b", "a&#96;b"},
		"a cell's": {"a|b", "a&#124;b"},
		"space":    {" a", "\" a\""},
		"nothing":  {"", "\"\""},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, code(test.name)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestReviewHostile puts what no output may hand on in every place of a report.
func TestReviewHostile(t *testing.T) {
	for _, text := range hostile {
		for _, r := range []*Review{sampleReview(), unsignedReview()} {
			poison(reflect.ValueOf(r), text[:min(len(text), 4096)])
			for format, write := range formatsOf(r) {
				t.Run(fmt.Sprintf("%s %.20q", format, text), func(t *testing.T) {
					var b bytes.Buffer
					if err := write(&b); err != nil {
						t.Fatal(err)
					}
					wantHarmless(t, b.String())
				})
			}
		}
	}
}

func formatsOf(r *Review) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return r.Text(w, TextOptions{}) },
		"JSON": r.JSON, "SARIF": r.SARIF, "Markdown": r.Markdown, "HTML": r.HTML,
	}
}

// TestReviewPageMarkup holds that no text makes an element, an attribute or a
// link of its own: the page of a hostile project has as many as any other.
func TestReviewPageMarkup(t *testing.T) {
	marks := func(text string) map[string]int {
		r := sampleReview()
		poison(reflect.ValueOf(r), text)
		var page bytes.Buffer
		if err := r.HTML(&page); err != nil {
			t.Fatal(err)
		}
		n := make(map[string]int)
		for _, mark := range []string{"<", ">", `"`, "href=", "https://", "onerror="} {
			n[mark] = strings.Count(page.String(), mark)
		}
		return n
	}
	for _, text := range []string{`<img src=x>`, `"><script>alert(1)</script>`, `' "x=`, "</style><b>", "-->", "javascript:x", "{{.}}", "&lt;"} {
		if diff := cmp.Diff(marks("x"), marks(text)); diff != "" {
			t.Errorf("%q: -want +got\n%s", text, diff)
		}
	}
}

// TestReviewPageBounds holds a page of very many releases to what a browser can
// show.
func TestReviewPageBounds(t *testing.T) {
	r := sampleReview()
	for range 11 {
		r.Releases = append(r.Releases, r.Releases...)
	}
	var page bytes.Buffer
	if err := r.HTML(&page); err != nil {
		t.Fatal(err)
	}
	if n := page.Len(); n > 32<<20 {
		t.Errorf("%d bytes for %d releases", n, len(r.Releases))
	}
	for _, want := range []string{"24456 releases before these", "assets more in the report"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

// poison replaces all text but verdicts, outcomes and states, which are ours.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[review.Report]() || v.Type().Field(i).Name != "MediaType" {
				poison(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() {
			v.SetString(text)
		}
	}
}

func BenchmarkReviewHTML(b *testing.B) {
	r := sampleReview()
	for range 3 {
		r.Releases = append(r.Releases, r.Releases...)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.HTML(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
