package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// maxStatement is the size of the largest statement that is signed, in bytes:
// the largest that verify reads.
const maxStatement = 8 << 20

// readStatementFile reads a statement to be signed as it stands, and its first
// subject.
func readStatementFile(path string) ([]byte, *intoto.ResourceDescriptor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, usagef("statement: %w", err)
	}
	defer f.Close()
	payload, err := io.ReadAll(io.LimitReader(f, maxStatement+1))
	if err != nil {
		return nil, nil, fmt.Errorf("statement %s: %w", shown(path), err)
	}
	if len(payload) > maxStatement {
		return nil, nil, usagef("statement %s: larger than %d bytes", shown(path), maxStatement)
	}
	subject, err := firstSubject(payload)
	if err != nil {
		// Not wrapped: what is to be signed is no evidence against anybody.
		return nil, nil, usagef("statement %s: %v", shown(path), err)
	}
	return payload, subject, nil
}

// firstSubject is one artifact that a statement is about: what a bundle of it
// is checked for before it is written.
func firstSubject(payload []byte) (*intoto.ResourceDescriptor, error) {
	subjects, err := verify.StatementSubjects(payload)
	if err != nil {
		return nil, err
	}
	return subjects[0], nil
}

// predicateTypeOf is what a bundle's statement says it is.
func predicateTypeOf(b *bundle.Bundle) string {
	var statement struct {
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(b.GetDsseEnvelope().GetPayload(), &statement); err != nil {
		return ""
	}
	return statement.PredicateType
}
