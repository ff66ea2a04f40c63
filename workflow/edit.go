package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// editor changes lines of a file and keeps the rest byte for byte: comments,
// order, quotes and the ends of lines. Lines count from 1.
type editor struct {
	lines    []string // without their ends
	changed  map[int]string
	gone     map[int]bool
	inserted map[int][]string // in front of a line, which may be one behind the last
}

func newEditor(lines []string) *editor {
	return &editor{lines: lines, changed: make(map[int]string), gone: make(map[int]bool), inserted: make(map[int][]string)}
}

func (e *editor) line(n int) string {
	if text, ok := e.changed[n]; ok {
		return text
	}
	if n < 1 || n > len(e.lines) {
		return ""
	}
	return e.lines[n-1]
}

// insert puts lines in front of line n, behind what was put there before.
func (e *editor) insert(n int, lines ...string) { e.inserted[n] = append(e.inserted[n], lines...) }

// remove drops the lines of a block.
func (e *editor) remove(b block) {
	for n := b.first; n <= b.last; n++ {
		e.gone[n] = true
	}
}

// splice replaces length bytes of line n from byte at on.
func (e *editor) splice(n, at, length int, text string) {
	line := e.line(n)
	e.changed[n] = line[:at] + text + line[at+length:]
}

// apply is data, of which the lines are, with all that was asked for.
func (e *editor) apply(data []byte) []byte {
	written := strings.SplitAfter(string(data), "\n")
	if written[len(written)-1] == "" {
		written = written[:len(written)-1]
	}
	end := "\n"
	if len(written) > 0 && strings.HasSuffix(written[0], "\r\n") {
		end = "\r\n"
	}
	var b strings.Builder
	for n := 1; n <= len(written)+1; n++ {
		for _, line := range e.inserted[n] {
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteString(end)
			}
			b.WriteString(line + end)
		}
		if n > len(written) || e.gone[n] {
			continue
		}
		text := written[n-1]
		if replaced, ok := e.changed[n]; ok {
			text = replaced + text[len(strings.TrimRight(text, "\r\n")):]
		}
		b.WriteString(text)
	}
	return []byte(b.String())
}

// block is a value in block style: from the line of its dash or key to its last,
// which is further in than indent.
type block struct{ first, last, indent int }

// block finds the end of what begins on line first, whose dash or key stands
// behind indent blanks. A key's list may stand as far out as the key.
func (e *editor) block(first, indent int, list bool) block {
	b := block{first, first, indent}
	for n := first + 1; n <= len(e.lines); n++ {
		line := e.lines[n-1]
		text := strings.TrimLeft(line, " ")
		depth := len(line) - len(text)
		switch {
		case strings.TrimSpace(text) == "", depth <= indent && text[0] == '#':
		case depth > indent, list && depth == indent && strings.HasPrefix(text, "- "):
			b.last = n
		default:
			return b
		}
	}
	return b
}

// spaced tells whether a blank line parts b from what stands before it.
func (e *editor) spaced(b block) bool {
	return b.first > 1 && strings.TrimSpace(e.lines[b.first-2]) == ""
}

// removeSpaced drops a block with the blank line that parted it from its
// neighbours.
func (e *editor) removeSpaced(b block) {
	if e.spaced(b) {
		b.first--
	}
	e.remove(b)
}

// indented are lines with so many blanks more in front.
func indented(depth int, lines ...string) []string {
	all := slices.Clone(lines)
	for i, line := range all {
		if line != "" {
			all[i] = strings.Repeat(" ", depth) + line
		}
	}
	return all
}

// NotUnderstood says where a workflow holds something that would have to change
// and that nobody here knows how to.
type NotUnderstood struct {
	Path   string
	Pos    Pos
	Reason string
}

func (e *NotUnderstood) Error() string { return fmt.Sprintf("%s:%s: %s", e.Path, e.Pos, e.Reason) }

func (w *Workflow) notUnderstood(at Pos, format string, args ...any) error {
	return &NotUnderstood{w.Path, Pos{max(at.Line, 1), max(at.Column, 1)}, fmt.Sprintf(format, args...)}
}
