package material

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

const (
	maxFile  = 64 << 20 // bytes of a file of bundles
	maxLines = 1000     // bundles in a file
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
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return Read(name, data), nil
}

// Read reads one JSON document, or JSON Lines with a document a line.
func Read(name string, data []byte) []Found {
	if len(data) > maxFile {
		return []Found{tooLarge(name, "bytes in a file of bundles", len(data), maxFile)}
	}
	lines := splitLines(data)
	if len(lines) == 0 {
		return []Found{{Name: name, Err: &verify.Rejection{Check: verify.CheckBundle, Why: "the file is empty"}}}
	}
	if len(lines) == 1 || !isDocument(lines[0].text) {
		return []Found{read(name, data)}
	}
	if len(lines) > maxLines {
		return []Found{tooLarge(name, "bundles in a file", len(lines), maxLines)}
	}
	found := make([]Found, len(lines))
	for i, l := range lines {
		found[i] = read(fmt.Sprintf("%s:%d", name, l.number), l.text)
	}
	return found
}

func read(name string, document []byte) Found {
	b, err := verify.ParseBundle(document)
	return Found{Name: name, Bundle: b, Err: err}
}

type line struct {
	number int
	text   []byte
}

// splitLines returns the lines that hold something, the last one whether or
// not it ends in a newline.
func splitLines(data []byte) []line {
	var lines []line
	number := 0
	for text := range bytes.Lines(data) {
		number++
		if text = bytes.TrimSpace(text); len(text) > 0 {
			lines = append(lines, line{number, text})
		}
	}
	return lines
}

// isDocument tells JSON Lines from a document that is laid out over lines: the
// first line of the former is whole.
func isDocument(text []byte) bool { return jsontext.Value(text).IsValid() }

func tooLarge(name, what string, got, limit int) Found {
	return Found{Name: name, Err: &verify.Rejection{Check: verify.CheckLimit,
		Want: fmt.Sprintf("at most %d %s", limit, what), Got: fmt.Sprint(got)}}
}
