package review_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// docs/review.md lists the claims as they are made.
func TestDocumentedClaims(t *testing.T) {
	text, err := os.ReadFile("../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented, made []string
	for _, m := range regexp.MustCompile("(?m)^\\| (E[0-9]+) \\| `([a-z-]+)` \\| ([ABC]) \\|").FindAllStringSubmatch(string(text), -1) {
		documented = append(documented, fmt.Sprint(m[1:]))
	}
	p := reviewtest.NewProject(t, reviewtest.New(t))
	for _, f := range p.Judge(review.NoProfile).Findings {
		made = append(made, fmt.Sprint([]string{f.ID, f.Name, string(f.Grade)}))
	}
	if diff := cmp.Diff(made, documented); diff != "" {
		t.Error(diff)
	}
}
