package verify

import (
	"errors"
	"slices"

	"github.com/sigstore/sigstore-go/pkg/root"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
)

// timestamps verifies the RFC 3161 timestamps over the signature and adds the
// times that the logs signed. A certificate needs at least one trusted time,
// since it was valid for minutes only; a key needs none. Timestamps that prove
// nothing are returned as the errors that they are.
//
// Sigstore client specification, "Establishing a time for the signature".
func timestamps(e *entity, tm root.TrustedMaterial, fromLogs []Time) (times []Time, uncounted []error, err error) {
	verified, failed, err := sgverify.VerifySignedTimestamp(e, tm)
	if err != nil {
		return nil, nil, &Rejection{Check: CheckTimestamp, Why: "unreadable timestamp", Err: err}
	}
	times = fromLogs
	for _, t := range verified {
		times = append(times, Time{Time: t.Time.UTC(), Source: AuthorityTime, URI: t.URI})
	}
	slices.SortStableFunc(times, func(a, b Time) int { return a.Time.Compare(b.Time) })
	if len(times) == 0 && e.leaf != nil {
		if len(failed) > 0 {
			return nil, nil, &Rejection{Check: CheckTimestamp, Want: "a timestamp by an authority that the trusted root names", Err: errors.Join(failed...)}
		}
		return nil, nil, &Rejection{Check: CheckTimestamp, Want: "a trusted time: a log's promise or an RFC 3161 timestamp", Got: "neither"}
	}
	return times, failed, nil
}
