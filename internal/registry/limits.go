package registry

import (
	"fmt"

	"github.com/hallmark-project/hallmark/verify"
)

// The most that is read of a registry for one image.
const (
	maxManifest  = 4 << 20          // bytes of a manifest, or of one page of referrers
	maxBlob      = verify.MaxBundle // bytes of one piece of material
	maxBlobs     = 64 << 20         // bytes of all pieces about an image together
	maxListed    = 1000             // referrers
	maxPages     = 32               // of referrers, empty ones counted
	maxFetched   = 100              // referrers that may hold a bundle
	maxLayers    = 100              // pieces under one of cosign's tags
	maxRedirects = 5
	maxParallel  = 8 // requests at a time
)

// MaxAnswer is the size of the largest answer that a Client needs, for whoever
// bounds its transport.
const MaxAnswer = maxBlob

func overLimit(what string, got int64, most int) error {
	return &verify.Rejection{Check: verify.CheckLimit, Want: fmt.Sprintf("at most %d %s", most, what), Got: fmt.Sprint(got)}
}
