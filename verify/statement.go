package verify

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	slsav02 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v0.2"
	slsav1 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
)

const payloadTypeInToto = "application/vnd.in-toto+json"

// Statement types that are read. in-toto attestation framework, "Statement".
var statementTypes = []string{"https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"}

// statement is an in-toto statement whose predicate is yet to be read.
type statement struct {
	Type          string                    `json:"_type"`
	Subject       []subject                 `json:"subject"`
	PredicateType string                    `json:"predicateType"`
	Predicate     jsontext.Value            `json:"predicate"`
	Unknown       map[string]jsontext.Value `json:",embed"`

	subjects *subjectIndex // once the statement is proven
}

type subject struct {
	Name   string            `json:"name"`
	URI    string            `json:"uri"`
	Digest map[string]string `json:"digest"`
}

// readStatement parses a payload once and strictly. The order is that of the
// in-toto validation model; the signature has been verified before.
func readStatement(payloadType string, payload []byte) (*statement, error) {
	if payloadType != payloadTypeInToto {
		return nil, &Rejection{Check: CheckPredicate, Want: "payload type " + payloadTypeInToto, Got: fmt.Sprintf("%q", payloadType)}
	}
	malformed := func(err error) error {
		if errors.Is(err, errLimit) {
			return &Rejection{Check: CheckLimit, Why: "the statement is too large", Err: err}
		}
		return &Rejection{Check: CheckPredicate, Why: "the payload is no in-toto statement", Err: err}
	}
	if err := walk(payload, statementShape(nil)); err != nil {
		return nil, malformed(err)
	}
	var s statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return nil, malformed(err)
	}
	if !slices.Contains(statementTypes, s.Type) {
		return nil, &Rejection{Check: CheckPredicate, Want: "an in-toto statement v0.1 or v1", Got: fmt.Sprintf("type %q", s.Type)}
	}
	if len(s.Subject) == 0 {
		return nil, &Rejection{Check: CheckSubject, Why: "the statement has no subject"}
	}
	for _, sub := range s.Subject {
		if err := checkDigests(sub); err != nil {
			return nil, err
		}
	}
	switch s.PredicateType {
	case slsav02.PredicateSLSAProvenance:
		err := walk(payload, statementShape(provenanceV02))
		if err != nil {
			return nil, malformed(err)
		}
	case slsav1.PredicateSLSAProvenance:
		if err := walk(payload, statementShape(provenanceV1)); err != nil {
			return nil, malformed(err)
		}
	case SummaryPredicate:
		if err := walk(payload, statementShape(summaryShape)); err != nil {
			return nil, malformed(err)
		}
	case "":
		return nil, &Rejection{Check: CheckPredicate, Want: "a predicate type", Got: "none"}
	}
	return &s, nil
}

// digestSizes are the bytes of each digest that could name an artifact. Weaker
// ones (sha1, md5, gitCommit) may stand in a subject and decide nothing.
var digestSizes = map[string]int{"sha256": 32, "sha384": 48, "sha512": 64}

func checkDigests(s subject) error {
	if n := len(s.Digest); n > maxDigests {
		return overLimit("digests of a subject", n, maxDigests)
	}
	if len(s.Digest) == 0 {
		return &Rejection{Check: CheckSubject, Want: fmt.Sprintf("a digest of subject %q", s.Name), Got: "none"}
	}
	for _, algorithm := range slices.Sorted(maps.Keys(s.Digest)) {
		size, known := digestSizes[algorithm]
		if !known {
			continue
		}
		if b, err := hex.DecodeString(s.Digest[algorithm]); err != nil || len(b) != size {
			return &Rejection{Check: CheckSubject, Want: fmt.Sprintf("a %s digest of subject %q", algorithm, s.Name),
				Got: fmt.Sprintf("%.80q", s.Digest[algorithm])}
		}
	}
	return nil
}

func (s *statement) isProvenance() bool {
	return s.PredicateType == slsav02.PredicateSLSAProvenance || s.PredicateType == slsav1.PredicateSLSAProvenance
}

func (s *statement) summary(matched string) *Statement {
	return &Statement{PredicateType: s.PredicateType, Subject: matched, Subjects: len(s.Subject),
		UnknownFields: slices.Sorted(maps.Keys(s.Unknown))}
}
