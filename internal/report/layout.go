package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// page collects lines of text. What it is handed is escaped already.
type page struct {
	strings.Builder
	TextOptions
}

func (p *page) line(format string, args ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	p.WriteByte('\n')
}

// row is a label and what it labels. Each part may have its own voucher, the
// word at the right that says who stands for it.
type row struct {
	label string
	parts []part
}

type part struct {
	text    string
	voucher string
}

// rows writes a block of rows with labels and vouchers aligned. Rows of nothing
// are left out.
func (p *page) rows(indent int, rows []row) {
	labels, vouchers := 0, 0
	for _, r := range rows {
		if len(r.parts) == 0 {
			continue
		}
		labels = max(labels, columns(r.label))
		for _, part := range r.parts {
			vouchers = max(vouchers, columns(part.voucher))
		}
	}
	const gap = 2
	at := indent + labels + gap
	for _, r := range rows {
		label := r.label
		for _, part := range r.parts {
			room := p.width() - at
			if part.voucher != "" {
				room -= vouchers + gap
			}
			lines := wrap(part.text, room)
			for i, text := range lines {
				if i == len(lines)-1 && part.voucher != "" {
					text = pad(text, room) + "  " + part.voucher
				}
				p.line("%*s%s  %s", indent, "", pad(label, labels), text)
				label = ""
			}
		}
	}
}

// section writes rows under a heading, or nothing.
func (p *page) section(heading string, rows []row) {
	if len(rows) > 0 {
		p.line("\n  %s", heading)
		p.rows(4, rows)
	}
}

// together is a space at which wrap breaks no line. Text from outside cannot
// hold it once it is escaped.
const together = "\u00a0"

// wrap breaks text at spaces into lines of at most room columns. A longer word
// stays whole, for it may be copied.
func wrap(text string, room int) []string {
	var lines []string
	line, gap := "", ""
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			gap += " "
			continue
		}
		switch {
		case line == "":
			line = word
		case columns(line)+len(gap)+columns(word) > room:
			lines = append(lines, line)
			line = word
		default:
			line += gap + word
		}
		gap = " "
	}
	lines = append(lines, line)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], together, " ")
	}
	return lines
}

// table writes cells in columns. The last cell of a line may be of any length;
// a first cell that is an outcome may be coloured.
func (p *page) table(lines [][]string) {
	var widths []int
	for _, cells := range lines {
		for i, cell := range cells[:len(cells)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, cells := range lines {
		text := p.paint(cells[0]) + pad("", widths[0]-columns(cells[0])) + "  "
		for i, cell := range cells[1 : len(cells)-1] {
			text += pad(cell, widths[i+1]) + "  "
		}
		p.line("%s", text+cells[len(cells)-1])
	}
}

func columns(s string) int { return utf8.RuneCountInString(s) }

func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-columns(s))) }

// join joins what is not empty.
func join(separator string, items ...string) string {
	var present []string
	for _, item := range items {
		if item != "" {
			present = append(present, item)
		}
	}
	return strings.Join(present, separator)
}

// count says how many there are of something: "1 material", "2 materials".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
