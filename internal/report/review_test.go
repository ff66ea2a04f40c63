package report

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"testing"

	"github.com/hallmark-project/hallmark/review"
)

func TestReview(t *testing.T) {
	wantGolden(t, "review", "review.v1", sampleReview())
	wantGolden(t, "review-unsigned", "review.v1", unsignedReview())
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
		"JSON": r.JSON,
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
