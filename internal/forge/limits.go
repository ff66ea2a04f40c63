package forge

import (
	"fmt"

	"github.com/golang/snappy"

	"github.com/hallmark-project/hallmark/verify"
)

// The most that is read of GitHub for one question.
const (
	maxBundle       = verify.MaxBundle // bytes of an attestation's bundle
	maxReleases     = 10000            // what GitHub itself lists
	maxAssets       = 1000             // of a release, GitHub's own limit
	maxAttestations = 1000             // of a digest
	maxBulk         = 100              // digests asked about at a time
	maxItems        = 1000             // of any other list
	maxPages        = 400              // of any list, empty ones counted
	maxRedirects    = 5
	maxPeeled       = 8        // tags of tags
	maxWords        = 64 << 10 // bytes of a refusal
	maxNotes        = 1 << 20  // bytes of a release's notes
	maxFile         = 4 << 20  // bytes of a file read through the API
)

// MaxAnswer is the size of the largest answer that Client.API has to hold, for
// whoever bounds it: a page of attestations.
const MaxAnswer = 64 << 20

func overLimit(what string, got int64, most int) error {
	return &verify.Rejection{Check: verify.CheckLimit, Want: fmt.Sprintf("at most %d %s", most, what), Got: fmt.Sprint(got)}
}

// maxPacked is the size of the largest blob that a bundle may come in.
var maxPacked = snappy.MaxEncodedLen(maxBundle)
