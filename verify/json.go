package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A shape is what a specification says of a JSON value: the names of an
// object's members, or the shape of an array's elements. Members that it does
// not name may hold anything.
type shape struct {
	members  map[string]*shape
	elements *shape
}

func object(members map[string]*shape) *shape { return &shape{members: members} }
func listOf(elements *shape) *shape           { return &shape{elements: elements} }

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
		"materials":   listOf(names("uri", "digest")),
	})
	provenanceV1 = object(map[string]*shape{
		"buildDefinition": object(map[string]*shape{"buildType": nil, "externalParameters": nil, "internalParameters": nil,
			"resolvedDependencies": listOf(descriptorShape)}),
		"runDetails": object(map[string]*shape{"builder": names("id", "version", "builderDependencies"),
			"metadata": names("invocationId", "startedOn", "finishedOn"), "byproducts": listOf(descriptorShape)}),
	})
)

// statementShape is the shape of an in-toto statement around a predicate.
func statementShape(predicate *shape) *shape {
	return object(map[string]*shape{"_type": nil, "subject": listOf(descriptorShape), "predicateType": nil, "predicate": predicate})
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
	if d.StackDepth() > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", errLimit, maxDepth)
	}
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '{':
		return walkObject(d, s)
	case '[':
		var elements *shape
		if s != nil {
			elements = s.elements
		}
		for d.PeekKind() != ']' {
			if err := walkValue(d, elements); err != nil {
				return err
			}
		}
		_, err = d.ReadToken()
	}
	return err
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
