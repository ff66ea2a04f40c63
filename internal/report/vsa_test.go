package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/hallmark-project/hallmark/verify"
)

var aboutWidget = VSA{
	Version: "v1.2.3", Resource: "pkg:github/octo/widget@v1.4.0", Policy: []byte("policy: v1\nrepo: octo/widget\n"),
	Time: time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC),
}

func TestVSA(t *testing.T) {
	one, other := strings.Repeat("01", 32), strings.Repeat("02", 32)
	level2 := Result{Name: "a.zip", Digest: digest, Verdict: built("a.zip"), Inputs: []string{other}}
	level3 := Result{Name: "b.zip", Digest: digest, Verdict: oldBuild("b.zip"), Inputs: []string{one}}
	same := Result{Name: "c.zip", Digest: digest, Verdict: oldBuild("c.zip"), Inputs: []string{one}}
	no := Result{Name: "d.zip", Digest: digest, Refused: []Refusal{{Bundle: "x", Err: fromBranch}}, Inputs: []string{one}}
	tests := map[string]Verification{
		"passed": {Results: []Result{level2, level3, same}},
		"failed": {Results: []Result{level3, no, {Name: "e.zip", Digest: digest, Refused: []Refusal{{Bundle: "x", Err: errors.New("weather")}}}}},
		"signed": {Results: []Result{{Name: "a.txt", Digest: digest, Verdict: signed("a.txt")}}},
	}
	for name, v := range tests {
		t.Run(name, func(t *testing.T) {
			statement, err := v.VSA(aboutWidget)
			if err != nil {
				t.Fatal(err)
			}
			text, err := protojson.Marshal(statement)
			if err != nil {
				t.Fatal(err)
			}
			value := jsontext.Value(text)
			if err := errors.Join(value.Canonicalize(), value.Indent()); err != nil {
				t.Fatal(err)
			}
			wantFile(t, "vsa-"+name+".json", append(value, '\n'))
		})
	}
}

// TestLevelsOfVSA: the summary never says more than the verdicts do.
func TestLevelsOfVSA(t *testing.T) {
	at := func(level int) Result {
		d := built("a")
		d.Level = &verify.Level{Build: level}
		return Result{Name: "a", Digest: digest, Verdict: d}
	}
	unasked := Result{Name: "a", Digest: digest, Verdict: signed("a")}
	weather := Result{Name: "a", Digest: digest, Refused: []Refusal{{Bundle: "x", Err: errors.New("weather")}}}
	tests := map[string]struct {
		results []Result
		result  string
		levels  []any
	}{
		"one":                     {[]Result{at(3)}, "PASSED", []any{"SLSA_BUILD_LEVEL_3"}},
		"the lowest, first":       {[]Result{at(1), at(3)}, "PASSED", []any{"SLSA_BUILD_LEVEL_1"}},
		"the lowest, last":        {[]Result{at(3), at(2)}, "PASSED", []any{"SLSA_BUILD_LEVEL_2"}},
		"one that was not asked":  {[]Result{at(3), unasked}, "PASSED", []any{}},
		"one by a list alone":     {[]Result{at(3), {Name: "b", Verdict: at(3).Verdict, Via: "SHA256SUMS"}}, "PASSED", []any{}},
		"one that is rejected":    {[]Result{at(3), {Name: "b"}}, "FAILED", []any{"FAILED"}},
		"one that is undecided":   {[]Result{at(3), weather}, "", nil},
		"rejected beside weather": {[]Result{{Name: "b"}, weather}, "FAILED", []any{"FAILED"}},
		"nothing":                 {nil, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := Verification{Results: test.results}
			statement, err := v.VSA(aboutWidget)
			if test.result == "" {
				if !errors.Is(err, ErrNoSummary) {
					t.Errorf("got %v, %v", statement, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			predicate := statement.GetPredicate().AsMap()
			if diff := cmp.Diff([]any{test.result, test.levels}, []any{predicate["verificationResult"], predicate["verifiedLevels"]}); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
