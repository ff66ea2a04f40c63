package sign

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	intoto "github.com/in-toto/attestation/go/v1"
)

// maxPayload is what verifiers read.
const maxPayload = 8 << 20

// checkStatement refuses what no verifier would accept, before it stands in a
// log for ever: not an in-toto statement v1, or JSON that two parsers could read
// in two ways.
func checkStatement(payload []byte) error {
	if len(payload) > maxPayload {
		return fmt.Errorf("%d bytes, verifiers read at most %d", len(payload), maxPayload)
	}
	var statement struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
	}
	if err := json.Unmarshal(payload, &statement); err != nil {
		return err
	}
	switch {
	case statement.Type != intoto.StatementTypeUri:
		return fmt.Errorf("type is %q, want %q", statement.Type, intoto.StatementTypeUri)
	case statement.PredicateType == "":
		return errors.New("no predicate type")
	case len(statement.Subject) == 0:
		return errors.New("no subject")
	}
	for i, subject := range statement.Subject {
		if len(subject.Digest) == 0 {
			return fmt.Errorf("subject %d has no digest", i+1)
		}
	}
	return nil
}
