package review_test

import (
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/review"
)

func ExampleJudge() {
	clock := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	blobs := review.Blobs{}
	record := &review.Record{
		MediaType:  review.RecordType,
		Clock:      clock,
		Repository: review.Repository{Name: "octo/widget"},
		Blobs:      blobs,
		Documents: []review.Document{{
			Kind: review.GuideDocument, Name: "README.md",
			Asked: review.Answer{Source: "git", Time: clock, SHA256: blobs.Add([]byte("Our releases are signed by cosign."))},
		}},
	}
	report, err := review.Judge(record, review.Options{Root: &root.BaseTrustedMaterial{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict, "-", report.Reasons[0])
	// Output: declared - the project says that it signs; no release shows it
}
