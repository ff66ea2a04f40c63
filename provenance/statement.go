package provenance

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	// MaxSubjects is how many files one statement covers; GitHub and
	// actions/attest draw the line at the same number.
	MaxSubjects = 1024

	maxDigests = 16
	maxPayload = 8 << 20
)

// Statements binds the build to the files it made: one statement, or one for
// each [MaxSubjects] of them. Subjects are sorted by name and then digest, and
// the same subject given twice counts once, so the order of the command line
// does not show. Each needs a name and at least one of sha256, sha384 or sha512,
// in lower-case hex.
func (b *Build) Statements(subjects []*intoto.ResourceDescriptor) ([]*intoto.Statement, error) {
	predicate, err := b.predicate()
	if err != nil {
		return nil, err
	}
	return statements(PredicateType, predicate, subjects)
}

func statements(predicateType string, predicate *structpb.Struct, subjects []*intoto.ResourceDescriptor) ([]*intoto.Statement, error) {
	if len(subjects) == 0 {
		return nil, errors.New("provenance: no artifact to describe")
	}
	for _, s := range subjects {
		if err := checkSubject(s); err != nil {
			return nil, err
		}
	}
	sorted := slices.SortedFunc(slices.Values(subjects), compare)
	sorted = slices.CompactFunc(sorted, func(x, y *intoto.ResourceDescriptor) bool { return compare(x, y) == 0 })

	var all []*intoto.Statement
	for part := range slices.Chunk(sorted, MaxSubjects) {
		statement := &intoto.Statement{
			Type:          intoto.StatementTypeUri,
			Subject:       clones(part),
			PredicateType: predicateType,
			Predicate:     predicate,
		}
		if err := statement.Validate(); err != nil {
			return nil, fmt.Errorf("provenance: %w", err)
		}
		all = append(all, statement)
	}
	return all, nil
}

// Marshal writes a statement in the canonical form of RFC 8785, because what
// is signed must not depend on the version of a library: protojson changes its
// spacing on purpose.
func Marshal(statement *intoto.Statement) ([]byte, error) {
	data, err := protojson.Marshal(statement)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	value := jsontext.Value(data)
	if err := value.Canonicalize(); err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if len(value) > maxPayload {
		return nil, fmt.Errorf("statement: %d bytes, verifiers read at most %d", len(value), maxPayload)
	}
	return value, nil
}

func checkSubject(s *intoto.ResourceDescriptor) error {
	if s.GetName() == "" {
		return errors.New("subject without a name")
	}
	if len(s.GetDigest()) > maxDigests {
		return fmt.Errorf("subject %q: %d digests, at most %d are read", s.GetName(), len(s.GetDigest()), maxDigests)
	}
	strong := false
	for algorithm, digest := range s.GetDigest() {
		if _, err := hex.DecodeString(digest); err != nil || digest != strings.ToLower(digest) {
			return fmt.Errorf("subject %q: %s is not lower-case hex: %q", s.GetName(), algorithm, digest)
		}
		switch algorithm {
		case "sha256", "sha384", "sha512":
			strong = true
		}
	}
	if !strong {
		return fmt.Errorf("subject %q: none of sha256, sha384, sha512 is given", s.GetName())
	}
	if err := s.Validate(); err != nil {
		return fmt.Errorf("subject %q: %w", s.GetName(), err)
	}
	return nil
}

// compare orders by name and then by each digest in the order of its
// algorithm's name.
func compare(a, b *intoto.ResourceDescriptor) int {
	return cmp.Or(
		cmp.Compare(a.GetName(), b.GetName()),
		slices.Compare(digests(a), digests(b)),
	)
}

func digests(s *intoto.ResourceDescriptor) []string {
	var all []string
	for _, algorithm := range slices.Sorted(maps.Keys(s.GetDigest())) {
		all = append(all, algorithm+":"+s.GetDigest()[algorithm])
	}
	return all
}

// clones keeps the statement's subjects apart from the caller's.
func clones(subjects []*intoto.ResourceDescriptor) []*intoto.ResourceDescriptor {
	own := make([]*intoto.ResourceDescriptor, len(subjects))
	for i, s := range subjects {
		own[i] = proto.Clone(s).(*intoto.ResourceDescriptor)
	}
	return own
}
