package verify

import (
	"errors"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"google.golang.org/protobuf/encoding/protojson"
)

// MaxBundle is the size of the largest bundle that ParseBundle reads, in bytes.
const MaxBundle = 16 << 20

// ParseBundle reads one Sigstore bundle of version 0.1, 0.2 or 0.3 from its
// JSON. A document that could be read in two ways (a member twice, one
// spelling beside another, something behind the end) is refused, as is one
// beyond the limits. The error is a *Rejection.
func ParseBundle(data []byte) (*bundle.Bundle, error) {
	if len(data) > MaxBundle {
		return nil, overLimit("bytes of bundle", len(data), MaxBundle)
	}
	malformed := func(err error) error {
		return &Rejection{Check: CheckBundle, Why: "no readable Sigstore bundle", Err: err}
	}
	if err := walk(data, bundleShape); errors.Is(err, errLimit) {
		return nil, &Rejection{Check: CheckLimit, Why: "the bundle is too large", Err: err}
	} else if err != nil {
		return nil, malformed(err)
	}
	pb := new(protobundle.Bundle)
	if err := protojson.Unmarshal(data, pb); err != nil {
		return nil, malformed(err)
	}
	version, ok := mediaTypes[pb.GetMediaType()]
	if !ok {
		return nil, unknownMediaType(pb.GetMediaType())
	}
	if err := checkShape(pb, version); err != nil {
		return nil, err
	}
	// Not by bundle.NewBundle: it would parse the log entries a first time.
	// What it checks is checked here and, for the entries, by Verify.
	return &bundle.Bundle{Bundle: pb}, nil
}
