package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"github.com/hallmark-project/hallmark/review"
)

// The page and its looks. It has no script, and its policy allows nothing but
// the style that stands in it: whatever a name holds, nothing is run or fetched.
var (
	//go:embed page/review.html
	pageText string
	//go:embed page/review.css
	pageStyle string

	pageTemplate = template.Must(template.New("review").Funcs(pageWords).Parse(pageText))
)

// pageWords are what the page calls. Those on text from outside escape what
// cannot be seen; the template escapes what HTML would act on.
var pageWords = template.FuncMap{
	"name": name, "text": func(s string) string { return clip(s, longText) },
	"long":  func(s string) string { return clip(s, longPolicy) },
	"lines": func(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") },
	"date":  date, "moment": moment, "spelled": spelled, "number": number, "count": count,
	"where": where, "change": change, "answer": func(o review.Outcome) string { return answers[o] }, "outcome": func(o review.Outcome) string { return outcomes[o] },
	"control": controlOutcome, "criticality": criticality, "completed": completed, "title": upperFirst,
	"class": func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), " ", "-") },
	"grade": func(g review.Grade) string { return grades[g] },
}

const longPolicy = 8 << 10

// grades are what findings rest on, in words.
var grades = map[review.Grade]string{
	review.GradeA: "A, cryptographic", review.GradeB: "B, recorded by the forge", review.GradeC: "C, said by the project",
}

// HTML writes one page that needs nothing beside it: for a browser, offline, on
// paper, by light or dark, by keyboard or aloud.
func (r *Review) HTML(w io.Writer) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, newReviewPage(r)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// pagePolicy is the page's Content-Security-Policy.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
}

var repositoryName = regexp.MustCompile(`\A[A-Za-z0-9._-]+/[A-Za-z0-9._-]+\z`)

// number groups the digits of large ones.
func number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
