package report

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// WriteJSON writes one JSON document: indented, the same bytes for the same
// value, and safe to look at. Whatever [Escape] would not print stands as \uXXXX,
// which a parser reads back as it was. Text that is no UTF-8 cannot stand in JSON;
// its bytes become U+FFFD.
func WriteJSON(w io.Writer, document any) error {
	text, err := json.Marshal(document, jsontext.WithIndent("  "), json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return err
	}
	_, err = w.Write(append(escapeJSON(text), '\n'))
	return err
}

// escapeJSON rewrites a document whose every character outside ASCII, and every
// "##[", can stand only inside a string.
func escapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '#' && len(text) > 2 && text[1] == '#' && text[2] == '[':
			out = append(out, `\u0023`...)
		case r == '\n' || visible(r):
			out = append(out, text[:size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}
