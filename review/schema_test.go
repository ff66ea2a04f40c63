package review_test

import (
	"testing"

	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/review"
)

func wantSchema(t *testing.T, report *review.Report) {
	t.Helper()
	data, err := report.Encode()
	if err != nil {
		t.Fatal(err)
	}
	schematest.Want(t, "review.v1", data)
}

func TestProfilesKeepTheSchema(t *testing.T) {
	for _, profile := range []review.Profile{review.SOSProfile, review.OSPSProfile} {
		wantSchema(t, furnished(t).Judge(profile))
	}
}
