package workflow

import (
	"regexp"
	"slices"
	"strings"
)

var word = regexp.MustCompile(`\S+`)

var separator = regexp.MustCompile(`\|\||&&|[|;{}]`)

// scanLines finds the commands of PowerShell, of cmd, and of what cannot be
// parsed: one a line, or more between separators and braces. Other programs' scripts
// (Python, Perl) hold none.
func (sc *script) scanLines(text, shell string, pos func(int) Pos) {
	if !slices.Contains([]string{"", "bash", "sh", "dash", "zsh", "ksh", "pwsh", "powershell", "cmd"}, shell) {
		return
	}
	offset := 0
	for _, line := range strings.SplitAfter(joinLines(text), "\n") {
		end := offset + len(line)
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, "#") {
			for _, part := range splitCommands(trimmed) {
				var words []string
				for _, at := range word.FindAllStringIndex(maskExpressions(part), -1) {
					words = append(words, strings.Trim(part[at[0]:at[1]], `"'`))
				}
				if words = unwrap(words); len(words) > 0 {
					sc.commands = append(sc.commands, &Command{Words: words, Pos: pos(offset)})
				}
			}
		}
		offset = end
	}
	if n := len(sc.commands); n > 0 {
		sc.commands[n-1].last = true
	}
}

// splitCommands cuts a line at what ends a command, though not inside of GitHub's
// expressions.
func splitCommands(line string) []string {
	var parts []string
	start := 0
	for _, at := range separator.FindAllStringIndex(maskExpressions(line), -1) {
		parts = append(parts, line[start:at[0]])
		start = at[1]
	}
	return append(parts, line[start:])
}

// joinLines takes lines that go on with the next (\, ` or ^ at the end) for one,
// of the same length.
func joinLines(text string) string {
	b := []byte(text)
	for i := 1; i < len(b); i++ {
		end := i
		if b[i] == '\n' && b[i-1] == '\r' {
			end = i - 1
		}
		if b[i] == '\n' && end > 0 && strings.IndexByte("\\`^", b[end-1]) >= 0 {
			b[end-1], b[i] = ' ', ' '
		}
	}
	return string(b)
}
