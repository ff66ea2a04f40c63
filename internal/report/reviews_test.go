package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

// sampleReviews are projects of all kinds.
func sampleReviews() *Reviews {
	widget := sampleReview().Standing("octo_widget")
	unsigned := unsignedReview().Standing("octo_gadget")
	unsigned.Project = "octo/gadget"
	hostile := sampleReview().Standing("evil_x")
	hostile.Project, hostile.AdoptedIn, hostile.Signer = "evil/x", "=HYPERLINK(\"https://evil.example\";\"x\")", "evil/x/.github/workflows/<img src=x>.yml"
	gone := review.Failure("octo/gone", review.FailedAbsent, "octo/gone: 404 Not Found\n::error::\x1b[31m")
	refused := review.Failure("octo/broken", review.FailedRefused, "@SUM(1)|cmd")
	return &Reviews{Version: "v1.0.0", Summary: review.NewSummary([]review.Standing{
		widget, unsigned, hostile, gone, refused, review.Failure("octo/later", review.FailedMissing, ""),
	})}
}

func TestReviews(t *testing.T) {
	r := sampleReviews()
	wantGolden(t, "reviews", "review-summary.v1", r)
	for ending, write := range map[string]func(io.Writer) error{".md": r.Markdown, ".csv": r.CSV, ".html": r.HTML} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		wantHarmless(t, strings.ReplaceAll(b.String(), "\r\n", "\n"))
		if ending != ".html" {
			wantFile(t, "reviews"+ending, b.Bytes())
		}
	}
}

// TestReviewsHostile puts what no output may hand on in every place of a summary.
func TestReviewsHostile(t *testing.T) {
	for _, text := range hostile {
		r := sampleReviews()
		poison(reflect.ValueOf(r), text[:min(len(text), 4096)])
		for format, write := range map[string]func(io.Writer) error{
			"text": func(w io.Writer) error { return r.Text(w, TextOptions{}) },
			"JSON": r.JSON, "Markdown": r.Markdown, "HTML": r.HTML,
			"CSV": func(w io.Writer) error { return r.CSV(oneEnd{w}) },
		} {
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

// oneEnd takes the carriage returns from the ends of lines.
type oneEnd struct{ io.Writer }

func (w oneEnd) Write(p []byte) (int, error) {
	_, err := w.Writer.Write(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")))
	return len(p), err
}

// TestIndexMarkup holds that no text makes an element, an attribute or a link of
// its own.
func TestIndexMarkup(t *testing.T) {
	marks := func(text string) map[string]int {
		r := sampleReviews()
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

// TestIndexLinks: a project's page stands in its folder.
func TestIndexLinks(t *testing.T) {
	dotted := sampleReview().Standing(review.Folder("octo/ends."))
	dotted.Project = "octo/ends."
	r := &Reviews{Summary: review.NewSummary([]review.Standing{dotted, sampleReview().Standing("octo_widget"), review.Failure("octo/gone", review.FailedAbsent, "")})}
	var page bytes.Buffer
	if err := r.HTML(&page); err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]int{`href="octo_widget/report.html"`: 1, `href="octo_ends%252E/report.html"`: 1, `octo_gone`: 0} {
		if got := strings.Count(page.String(), link); got != want {
			t.Errorf("%s stands there %d times", link, got)
		}
	}
}

// TestCells: a strict reader gets each text back, and no cell is a formula.
func TestCells(t *testing.T) {
	for text, want := range map[string]string{
		"v1.4.0":                  "v1.4.0",
		"":                        "",
		`say "hi", twice`:         `say "hi", twice`,
		"=1+1":                    "'=1+1",
		"+1":                      "'+1",
		"-1":                      "'-1",
		"@SUM(A1)":                "'@SUM(A1)",
		"  =1+1":                  "'  =1+1",
		"＝1+1":                    "'＝1+1",
		"\t=1+1":                  `\t=1+1`,
		"\r=1+1":                  `\r=1+1`,
		"a;=1+1":                  "a;=1+1",
		"a\n=1+1":                 `a\n=1+1`,
		`=HYPERLINK("a";"b")`:     `'=HYPERLINK("a";"b")`,
		"1=1":                     "1=1",
		"\u202e=1":                `\u202e=1`,
		"octo/widget/.github/x-y": "octo/widget/.github/x-y",
	} {
		var b strings.Builder
		cell(&b, text)
		row, err := csv.NewReader(strings.NewReader(b.String() + "\r\n")).Read()
		if err != nil || len(row) != 1 || row[0] != want {
			t.Errorf("%q: got %q, %v, want %q", text, row, err, want)
		}
		if !strings.HasPrefix(b.String(), `"`) {
			t.Errorf("%q is not in quotes: a comma or semicolon may end it", text)
		}
	}
}

func FuzzCell(f *testing.F) {
	f.Add("=1+1")
	f.Add(`a","=1`)
	f.Fuzz(func(t *testing.T, text string) {
		var b strings.Builder
		cell(&b, text)
		row, err := csv.NewReader(strings.NewReader("1," + b.String() + ",2\r\n")).Read()
		if err != nil || len(row) != 3 || row[0] != "1" || row[2] != "2" {
			t.Fatalf("%q: got %q, %v", text, row, err)
		}
		if strings.ContainsRune("=+-@\t\r\n", firstRune(row[1])) {
			t.Errorf("%q is a formula", row[1])
		}
	})
}
