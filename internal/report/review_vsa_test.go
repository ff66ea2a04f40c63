package report

import (
	"errors"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/hallmark-project/hallmark/review"
)

func resourceOf(tag string) string { return "pkg:github/octo/widget@" + tag }

func TestReviewVSAs(t *testing.T) {
	statements, err := sampleReview().VSAs(VSA{Version: "v1.2.3"}, resourceOf)
	if err != nil {
		t.Fatal(err)
	}
	if len(statements) != 12 {
		t.Fatalf("%d summaries of 12 releases", len(statements))
	}
	for name, i := range map[string]int{"before": 5, "since": 11} {
		text, err := protojson.Marshal(statements[i])
		if err != nil {
			t.Fatal(err)
		}
		value := jsontext.Value(text)
		if err := errors.Join(value.Canonicalize(), value.Indent()); err != nil {
			t.Fatal(err)
		}
		wantFile(t, "review-vsa-"+name+".json", append(value, '\n'))
	}
}

// TestReviewVSAControls: a verifier that accepts what it must refuse vouches for
// nothing.
func TestReviewVSAControls(t *testing.T) {
	r := sampleReview()
	r.Controls[1].Outcome = review.False
	if statements, err := r.VSAs(VSA{}, resourceOf); err == nil || statements != nil {
		t.Errorf("got %v, %v", statements, err)
	}
}

// TestReviewVSA: a release's summary never says more than was found of its files.
func TestReviewVSA(t *testing.T) {
	asset := func(name string, state review.State, level int) review.AssetCoverage {
		a := review.AssetCoverage{Name: name, SHA256: hexOf(name, 64), State: state, Level: level}
		if level > 0 {
			a.Bundle = hexOf("bundle", 64)
		}
		return a
	}
	one, two, three := asset("a", review.Covered, 1), asset("b", review.Covered, 2), asset("c", review.Covered, 3)
	listed := asset("d", review.ViaManifest, 3)
	message := asset("e", review.Covered, 0)
	none, refused, unknown := asset("f", review.Uncovered, 0), asset("g", review.Refused, 0), asset("h", review.UnknownState, 0)
	bundle, sums := asset("i", review.MaterialFile, 0), asset("j", review.MaterialFile, 3)
	tests := map[string]struct {
		assets   []review.AssetCoverage
		result   string
		levels   []any
		subjects string
	}{
		"one":                       {[]review.AssetCoverage{three, bundle}, "PASSED", []any{"SLSA_BUILD_LEVEL_3"}, "c"},
		"the lowest of several":     {[]review.AssetCoverage{two, one, three}, "PASSED", []any{"SLSA_BUILD_LEVEL_1"}, "bac"},
		"a signed list as well":     {[]review.AssetCoverage{three, sums}, "PASSED", []any{"SLSA_BUILD_LEVEL_3"}, "cj"},
		"one by a list alone":       {[]review.AssetCoverage{three, listed, sums}, "PASSED", []any{}, "cdj"},
		"a signature alone":         {[]review.AssetCoverage{three, message}, "PASSED", []any{}, "ce"},
		"one that is not covered":   {[]review.AssetCoverage{three, none, sums}, "FAILED", []any{"FAILED"}, "cf"},
		"one that is refused":       {[]review.AssetCoverage{refused}, "FAILED", []any{"FAILED"}, "g"},
		"none is":                   {[]review.AssetCoverage{none}, "FAILED", []any{"FAILED"}, "f"},
		"refused beside unknown":    {[]review.AssetCoverage{refused, unknown}, "FAILED", []any{"FAILED"}, "g"},
		"one that is unknown":       {[]review.AssetCoverage{three, unknown}, "", nil, ""},
		"all unknown":               {[]review.AssetCoverage{unknown}, "", nil, ""},
		"nothing but material":      {[]review.AssetCoverage{bundle, sums}, "", nil, ""},
		"nothing at all is offered": {nil, "", nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := review.ReleaseCoverage{Tag: "v1.0.0", Assets: test.assets}
			for _, a := range test.assets {
				switch a.State {
				case review.MaterialFile:
					continue
				case review.Covered, review.ViaManifest:
					c.Count.Covered++
				case review.UnknownState:
					c.Count.Unknown++
				}
				c.Count.Artifacts++
			}
			r := &Review{Report: &review.Report{Releases: []review.ReleaseCoverage{c}}}
			statements, err := r.VSAs(VSA{Policy: []byte("p")}, resourceOf)
			if err != nil {
				t.Fatal(err)
			}
			if test.result == "" {
				if len(statements) > 0 {
					t.Errorf("got %v", statements)
				}
				return
			}
			predicate, subjects := statements[0].GetPredicate().AsMap(), ""
			for _, s := range statements[0].GetSubject() {
				subjects += s.GetName()
			}
			got := []any{predicate["verificationResult"], predicate["verifiedLevels"], subjects, predicate["resourceUri"]}
			if diff := cmp.Diff([]any{test.result, test.levels, test.subjects, "pkg:github/octo/widget@v1.0.0"}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if inputs := statements[0].GetPredicate().GetFields()["inputAttestations"]; slices.ContainsFunc(test.assets, func(a review.AssetCoverage) bool { return a.Bundle != "" && a.State == review.Covered }) != (inputs != nil) {
				t.Errorf("inputs are %v", inputs)
			}
		})
	}
}
