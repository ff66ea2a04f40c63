package trust

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxDocuments = 64
	maxDepth     = 64
	maxMembers   = 4096
)

// split takes a file of one or more JSON documents apart, each checked to have
// one reading only: no name twice, no invalid UTF-8, bounded in depth and width.
// What the names mean is the caller's to check. A last line without a newline
// is a line.
func split(data []byte) ([][]byte, error) {
	decoder := jsontext.NewDecoder(bytes.NewReader(data))
	var documents [][]byte
	for {
		value, err := decoder.ReadValue()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(documents) == maxDocuments {
			return nil, fmt.Errorf("more than %d documents", maxDocuments)
		}
		if err := bounded(value); err != nil {
			return nil, err
		}
		documents = append(documents, bytes.Clone(value))
	}
	if len(documents) == 0 {
		return nil, errors.New("empty")
	}
	return documents, nil
}

// bounded walks one document's tokens.
func bounded(document []byte) error {
	for decoder := jsontext.NewDecoder(bytes.NewReader(document)); ; {
		if _, err := decoder.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		depth := decoder.StackDepth()
		if depth > maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		if kind, n := decoder.StackIndex(depth); kind == '{' && n > 2*maxMembers {
			return fmt.Errorf("an object with more than %d members", maxMembers)
		}
	}
}
