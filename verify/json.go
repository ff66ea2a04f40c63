package verify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A shape is what a specification says of a JSON value: the names of an
// object's members, the shape and number of an array's elements, or that a
// string holds bytes. Members that it does not name may hold anything.
type shape struct {
	members  map[string]*shape
	elements *shape
	atMost   int // elements
	base64   bool
}

func object(members map[string]*shape) *shape   { return &shape{members: members} }
func listOf(elements *shape, atMost int) *shape { return &shape{elements: elements, atMost: atMost} }

// base64Bytes is a string in the one base64 that RFC 4648 section 4 gives.
var base64Bytes = &shape{base64: true}

// anyNumber of elements: the document's size bounds them.
const anyNumber = math.MaxInt

// names is an object whose members' own shapes are not told.
func names(members ...string) *shape {
	s := &shape{members: make(map[string]*shape)}
	for _, m := range members {
		s.members[m] = nil
	}
	return s
}

var (
	descriptorShape = names("name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations")
	provenanceV02   = object(map[string]*shape{
		"builder":     names("id"),
		"buildType":   nil,
		"invocation":  object(map[string]*shape{"configSource": names("uri", "digest", "entryPoint"), "parameters": nil, "environment": nil}),
		"buildConfig": nil,
		"metadata":    names("buildInvocationId", "buildInvocationID", "buildStartedOn", "buildFinishedOn", "completeness", "reproducible"),
		"materials":   listOf(names("uri", "digest"), anyNumber),
	})
	provenanceV1 = object(map[string]*shape{
		"buildDefinition": object(map[string]*shape{"buildType": nil,
			"externalParameters":   object(map[string]*shape{"workflow": names("ref", "repository", "path"), "source": names("uri", "digest")}),
			"internalParameters":   object(map[string]*shape{"github": names("event_name", "repository_id", "repository_owner_id", "runner_environment")}),
			"resolvedDependencies": listOf(descriptorShape, anyNumber)}),
		"runDetails": object(map[string]*shape{"builder": names("id", "version", "builderDependencies"),
			"metadata": names("invocationId", "startedOn", "finishedOn"), "byproducts": listOf(descriptorShape, anyNumber)}),
	})
)

// statementShape is the shape of an in-toto statement around a predicate.
func statementShape(predicate *shape) *shape {
	return object(map[string]*shape{"_type": nil, "subject": listOf(descriptorShape, maxSubjects), "predicateType": nil, "predicate": predicate})
}

// walk reads one whole JSON document and refuses whatever two parsers could
// read in two ways: a name twice in an object, a name that differs from one of
// the shape's only in case or underscores, anything behind the document; and
// whatever exceeds the limits. Invalid UTF-8 is refused by the decoder.
func walk(data []byte, s *shape) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	if err := walkValue(d, s); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the document")
	}
	return nil
}

func walkValue(d *jsontext.Decoder, s *shape) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if d.StackDepth() > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", errLimit, maxDepth)
	}
	switch token.Kind() {
	case '{':
		return walkObject(d, s)
	case '[':
		return walkArray(d, s)
	case '"':
		if s != nil && s.base64 {
			return checkBase64(token.String())
		}
	}
	return nil
}

func walkArray(d *jsontext.Decoder, s *shape) error {
	var elements *shape
	atMost := anyNumber
	if s != nil && s.atMost > 0 {
		elements, atMost = s.elements, s.atMost
	}
	for n := 0; d.PeekKind() != ']'; n++ {
		if n == atMost {
			return fmt.Errorf("%w: more than %d elements in %s", errLimit, atMost, d.StackPointer())
		}
		if err := walkValue(d, elements); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func checkBase64(s string) error {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return err
	}
	if base64.StdEncoding.EncodeToString(data) != s {
		return errors.New("bytes in another spelling than standard base64")
	}
	return nil
}

func walkObject(d *jsontext.Decoder, s *shape) error {
	for n := 0; d.PeekKind() != '}'; n++ {
		if n == maxKeys {
			return fmt.Errorf("%w: an object of more than %d members", errLimit, maxKeys)
		}
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		var member *shape
		if s != nil && s.members != nil {
			if member, err = s.member(token.String()); err != nil {
				return err
			}
		}
		if err := walkValue(d, member); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// errLimit marks a document that is too large rather than malformed.
var errLimit = errors.New("limit")

func (s *shape) member(name string) (*shape, error) {
	if m, ok := s.members[name]; ok {
		return m, nil
	}
	for known := range s.members {
		if fold(known) == fold(name) {
			return nil, fmt.Errorf("member %q could be read as %q", name, known)
		}
	}
	return nil, nil
}

// fold maps the spellings that a lax parser takes for the same name to one.
func fold(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
