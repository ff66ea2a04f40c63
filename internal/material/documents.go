package material

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/hallmark-project/hallmark/verify"
)

// MaxFile is the size of the largest file of documents that is read, in bytes.
const MaxFile = 64 << 20

const maxLines = 1000 // documents in a file

// Document is the text of one JSON document and where it stands.
type Document struct {
	Name string // the file, with the line where it holds several
	Text []byte
}

// Documents splits a file that holds one JSON document, or JSON Lines with a
// document a line. What the documents are is not looked at, a line may even be
// none. The error is a *verify.Rejection.
func Documents(name string, data []byte) ([]Document, error) {
	if len(data) > MaxFile {
		return nil, tooLarge("bytes in a file of documents", len(data), MaxFile)
	}
	lines := splitLines(data)
	if len(lines) == 0 {
		return nil, &verify.Rejection{Check: verify.CheckBundle, Why: "the file is empty"}
	}
	if len(lines) == 1 || !isDocument(lines[0].text) {
		return []Document{{name, data}}, nil
	}
	if len(lines) > maxLines {
		return nil, tooLarge("documents in a file", len(lines), maxLines)
	}
	documents := make([]Document, len(lines))
	for i, l := range lines {
		documents[i] = Document{fmt.Sprintf("%s:%d", name, l.number), l.text}
	}
	return documents, nil
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

func tooLarge(what string, got, limit int) error {
	return &verify.Rejection{Check: verify.CheckLimit, Want: fmt.Sprintf("at most %d %s", limit, what), Got: fmt.Sprint(got)}
}
