package material

import (
	"fmt"
	"io"
	"os"

	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// Found is one piece of verification material and where it stands.
type Found struct {
	Name   string         // the file, with the line where it holds several
	Bundle *bundle.Bundle // nil where it could not be read
	Err    error          // why not: a *verify.Rejection
}

// ReadFile reads the bundles of a file. An error means that the file could not
// be read; what stands in it is answered for in each Found.
func ReadFile(path string) ([]Found, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadFrom(path, f)
}

// ReadFrom reads the bundles of a stream called name.
func ReadFrom(name string, r io.Reader) ([]Found, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return Read(name, data), nil
}

// Read reads one JSON document, or JSON Lines with a document a line.
func Read(name string, data []byte) []Found {
	documents, err := Documents(name, data)
	if err != nil {
		return []Found{{Name: name, Err: err}}
	}
	found := make([]Found, len(documents))
	for i, d := range documents {
		b, err := verify.ParseBundle(d.Text)
		found[i] = Found{Name: d.Name, Bundle: b, Err: err}
	}
	return found
}
