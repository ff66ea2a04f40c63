package review

import "strings"

// splitWords splits a line as a shell would, quotes taken off, nothing expanded.
func splitWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, in := byte(0), false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, in = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		case quote != '\'' && c == '\\' && i+1 < len(line):
			i++
			if quote == '"' && !strings.ContainsRune("\"\\$`", rune(line[i])) {
				word.WriteByte('\\')
			}
			word.WriteByte(line[i])
			in = true
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words
}

// fillIn puts the release's tag where a text leaves it to the reader: $TAG,
// ${VERSION}, <version>, {tag}.
func fillIn(s, tag string) string {
	for _, pair := range []string{"<>", "{}"} {
		for {
			from := strings.IndexByte(s, pair[0])
			to := strings.IndexByte(s, pair[1])
			if from < 0 || to < from || strings.ContainsAny(s[from:to], `,0123456789\`) {
				break
			}
			before := strings.TrimRight(s[:from], "$")
			s = before + placeholder + s[to+1:]
		}
	}
	for {
		i := strings.IndexByte(s, '$')
		end := i + 1
		for i >= 0 && end < len(s) && (s[end] == '_' || 'A' <= s[end] && s[end] <= 'Z' || 'a' <= s[end] && s[end] <= 'z') {
			end++
		}
		if i < 0 || end == i+1 {
			break
		}
		s = s[:i] + placeholder + s[end:]
	}
	s = strings.ReplaceAll(s, "v"+placeholder, tag)
	return strings.ReplaceAll(s, placeholder, tag)
}

// placeholder stands for the tag while a text is filled in.
const placeholder = "\x00"
