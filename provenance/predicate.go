package provenance

import (
	"fmt"

	"github.com/go-json-experiment/json"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	// MaxPredicate is the size of the largest predicate that is read, in bytes.
	// What of it is signed must fit a statement, without the white space.
	MaxPredicate = 16 << 20

	// SPDXPredicate and CycloneDXPredicate are in-toto's names for bills of
	// materials.
	SPDXPredicate      = "https://spdx.dev/Document"
	CycloneDXPredicate = "https://cyclonedx.org/bom"
)

// Attest states anything else about the subjects: a predicate of a type that
// somebody else has defined, as the JSON object that it is. The statements are
// split as [Build.Statements] splits them. JSON that two readers could take for
// two things is refused, and so is a number that would be rounded.
func Attest(predicateType string, predicate []byte, subjects []*intoto.ResourceDescriptor) ([]*intoto.Statement, error) {
	if err := checkTypeURI(predicateType); err != nil {
		return nil, fmt.Errorf("predicate type %w", err)
	}
	if len(predicate) > MaxPredicate {
		return nil, fmt.Errorf("predicate: larger than %d bytes", MaxPredicate)
	}
	if err := checkJSON(predicate, exact); err != nil {
		return nil, fmt.Errorf("predicate: %w", err)
	}
	generic := new(structpb.Struct)
	if err := protojson.Unmarshal(predicate, generic); err != nil {
		return nil, fmt.Errorf("predicate: %w", err)
	}
	return statements(predicateType, generic, subjects)
}

// RecognisePredicate returns the predicate type of a bill of materials by what
// it says of itself, SPDX 2 or CycloneDX in JSON, and "" for anything else.
func RecognisePredicate(predicate []byte) string {
	var document struct {
		SPDXVersion string `json:"spdxVersion"`
		BOMFormat   string `json:"bomFormat"`
	}
	if err := json.Unmarshal(predicate, &document); err != nil {
		return ""
	}
	spdx := len(document.SPDXVersion) > len("SPDX-2.") && document.SPDXVersion[:len("SPDX-2.")] == "SPDX-2."
	switch cyclone := document.BOMFormat == "CycloneDX"; {
	case spdx && !cyclone:
		return SPDXPredicate
	case cyclone && !spdx:
		return CycloneDXPredicate
	}
	return ""
}
