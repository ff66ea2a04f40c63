package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape shows text from outside on one line. What a terminal would act on or
// an eye would miss is written as Go escapes: control characters, line ends,
// bidirectional marks, zero-width and other invisible characters, bytes that are
// no UTF-8. What a CI runner would take for a command is broken: "::" where a
// word begins, as the text may come to stand at a line's start, and "##["
// anywhere. Letters, marks and symbols of all languages stay as they are.
func Escape(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	start := true // of a word
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch rest := s[i:]; {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case start && strings.HasPrefix(rest, "::"), strings.HasPrefix(rest, "##["):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case visible(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		start = r == ' '
		i += size
	}
	return b.String()
}

// plain tells most texts, which need no escape, at a glance.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '#' || c == ':' && (i == 0 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// visible tells whether a character prints and can be seen. The two properties
// are letters and marks by category, yet drawn as nothing.
func visible(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
