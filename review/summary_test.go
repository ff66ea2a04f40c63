package review_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/review"
)

func TestStanding(t *testing.T) {
	report := furnished(t).Judge(review.SOSProfile)
	got := report.Standing("octo_widget")
	if got.Project != report.Project || got.Verdict != report.Verdict || got.Record != report.Record || got.Failed != "" ||
		!got.Adopted.Equal(report.Adoption.Time) || got.AdoptedIn != report.Adoption.Tag || got.Signer != report.Identity.Signer {
		t.Errorf("got %+v", got)
	}
	count := make(map[review.Outcome]int)
	for _, f := range report.Findings {
		count[f.Outcome]++
	}
	if len(got.False) != count[review.False] || len(got.Unknown) != count[review.Unknown] || count[review.Unknown] == 0 {
		t.Errorf("false are %v, unknown %v, want %v", got.False, got.Unknown, count)
	}
}

func TestSummaryRoundTrip(t *testing.T) {
	want := review.NewSummary([]review.Standing{
		furnished(t).Judge("").Standing("octo_widget"),
		review.Failure("octo/gadget", review.FailedAbsent, "404 Not Found"),
	})
	if got := want.Projects[0].Folder; got != "octo_gadget" {
		t.Errorf("the first is %s", got)
	}
	document, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	schematest.Want(t, "review-summary.v1", document)
	got, err := review.ParseSummary(document)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseReport(t *testing.T) {
	want := furnished(t).Judge(review.SOSProfile)
	document, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := review.ParseReport(document)
	if err != nil {
		t.Fatal(err)
	}
	again, err := got.Encode()
	if err != nil || !bytes.Equal(document, again) {
		t.Errorf("read and written again it differs: %v", err)
	}
	for name, change := range map[string][2]string{
		"another type":        {"review.v1+json", "review.v2+json"},
		"a verdict of none's": {`"verdict": "`, `"verdict": "un`},
		"an unknown member":   {`"tool"`, `"tools"`},
		"a member twice":      {`"tool"`, `"tool": "", "tool"`},
		"another's name":      {`"project": "`, `"project": "../`},
		"no digest":           {`"record": "`, `"record": "x`},
	} {
		t.Run(name, func(t *testing.T) {
			changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
			if _, err := review.ParseReport(changed); !errors.Is(err, review.ErrRecord) || bytes.Equal(changed, document) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzParseSummary(f *testing.F) {
	s := review.NewSummary([]review.Standing{review.Failure("octo/gadget", review.FailedMissing, ""), {Project: "octo/widget", Verdict: review.None, Clock: time.Unix(0, 0)}})
	document, err := s.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(document)
	f.Fuzz(func(t *testing.T, document []byte) {
		s, err := review.ParseSummary(document)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := review.ParseSummary(again); err != nil {
			t.Errorf("read, written, and not read again: %v", err)
		}
	})
}
