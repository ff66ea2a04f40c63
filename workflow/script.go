package workflow

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxScript bounds the scripts that are parsed, in bytes: the parser recurses.
const maxScript = 64 << 10

// Command is a simple command of a script: its name and arguments, without what
// only starts it (sudo, env, xargs). A word that holds an expansion or an
// expression stands as it was written.
type Command struct {
	Words []string
	Pos   Pos

	path   string  // of the program, as it was written
	last   bool    // of a script whose shell minds nothing but its last command
	nested *script // of bash -c

	// What following the script has shown, once for all who ask.
	reached   state // in which it is reached first, whatever signs
	needed    bool  // the script cannot end well without it
	tolerated bool  // the script can end well although it failed
}

// script is what a step runs. Without a tree its commands are known, but not
// what becomes of it when one of them fails.
type script struct {
	tree     []*syntax.Stmt
	calls    map[*syntax.CallExpr]*Command
	commands []*Command // in the order of the text

	errexit, pipefail bool
}

// Commands are all simple commands of the step's script, in the order of the
// text: also those of functions, substitutions and branches that may not run.
func (s *Step) Commands() []*Command { return s.script.commands }

// scriptText is what a shell gets to run: the step's script, or the one that it
// hands to an action that retries it.
func (s *Step) scriptText() string {
	if s.Run.Given() {
		return s.Run.Value
	}
	if s.Uses.Is("nick-fields/retry") || s.Uses.Is("nick-invision/retry") {
		return s.Input("command")
	}
	return ""
}

// scriptPos finds an offset of the script in the file. What is folded or quoted
// over several lines is found at its beginning.
func (s *Step) scriptPos(offset int) Pos {
	t := s.Run
	if !t.Given() {
		t = s.With["command"]
	}
	line := s.workflow.Line(t.Pos.Line)
	if t.Pos.Column < 1 || t.Pos.Column > len(line) {
		return t.Pos
	}
	if rest := line[t.Pos.Column-1:]; rest[0] != '|' {
		if i := strings.Index(rest, t.Value); i == 0 || i == 1 { // plain, or in quotes
			return Pos{t.Pos.Line, t.Pos.Column + i + offset}
		}
		return t.Pos
	}
	before := t.Value[:min(offset, len(t.Value))]
	start := strings.LastIndexByte(before, '\n') + 1
	pos := Pos{t.Pos.Line + 1 + strings.Count(before, "\n"), len(before) - start + 1}
	written := s.workflow.Line(pos.Line)
	text, _, _ := strings.Cut(t.Value[start:], "\n")
	if indent := strings.Index(written, strings.TrimRight(text, "\r")); indent > 0 {
		pos.Column += indent
	}
	return pos
}

func parseScript(text, shell string, pos func(int) Pos) *script {
	sc := &script{calls: make(map[*syntax.CallExpr]*Command)}
	name, posix := shellName(shell)
	if !posix || len(text) > maxScript {
		sc.scanLines(text, name, pos)
		return sc
	}
	sc.errexit, sc.pipefail = shellOptions(shell)
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(maskExpressions(text)), "")
	if err != nil {
		sc.scanLines(text, name, pos)
		return sc
	}
	sc.tree = file.Stmts
	syntax.Walk(file, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			sc.add(text, call, pos)
		}
		return true
	})
	return sc
}

func (sc *script) add(text string, call *syntax.CallExpr, pos func(int) Pos) {
	offset := int(call.Args[0].Pos().Offset())
	words := make([]string, 0, len(call.Args))
	for _, word := range call.Args {
		words = append(words, wordText(text, word.Parts))
	}
	c := &Command{Words: unwrap(slices.Clone(words)), Pos: pos(offset), path: words[0]}
	if len(c.Words) == 0 {
		c.Words = words
	}
	if inner, ok := commandString(c.Words); ok && inner != text {
		at := func(int) Pos { return c.Pos }
		c.nested = parseScript(inner, "sh {0}", at)
	}
	sc.calls[call] = c
	sc.commands = append(sc.commands, c)
	if c.nested != nil {
		sc.commands = append(sc.commands, c.nested.commands...)
	}
}

// commandString is the script in bash -c SCRIPT.
func commandString(words []string) (string, bool) {
	if len(words) < 3 || words[0] != "bash" && words[0] != "sh" {
		return "", false
	}
	for i, word := range words[1 : len(words)-1] {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, "c") {
			return words[i+2], true
		}
	}
	return "", false
}

var expression = regexp.MustCompile(`(?s)\$\{\{.*?\}\}`)

// maskExpressions puts a word of the same length in place of each expression,
// which no shell ever sees: GitHub replaces it first.
func maskExpressions(text string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string { return strings.Repeat("_", len(e)) })
}

func wordText(text string, parts []syntax.WordPart) string {
	var b strings.Builder
	for _, part := range parts {
		source := text[part.Pos().Offset():part.End().Offset()]
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(source))
		case *syntax.SglQuoted:
			b.WriteString(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(source, "$"), "'"), "'"))
		case *syntax.DblQuoted:
			b.WriteString(wordText(text, p.Parts))
		default:
			b.WriteString(source)
		}
	}
	return b.String()
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// shellName is the program of a shell: line, and whether it speaks as sh does.
func shellName(shell string) (name string, posix bool) {
	name, _, _ = strings.Cut(strings.TrimSpace(shell), " ")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return name, slices.Contains([]string{"", "bash", "sh", "dash", "zsh", "ksh"}, name)
}

// shellOptions are those with which GitHub starts a shell: its own for the bare
// names, and what a template says.
func shellOptions(shell string) (errexit, pipefail bool) {
	switch shell = strings.TrimSpace(shell); shell {
	case "", "sh":
		return true, false
	case "bash":
		return true, true
	}
	words := strings.Fields(shell)
	return setOptions(words[1:], false, false)
}

// setOptions applies the arguments of set, or of a shell.
func setOptions(words []string, errexit, pipefail bool) (bool, bool) {
	for i, word := range words {
		if len(word) < 2 || word[0] != '-' && word[0] != '+' || strings.HasPrefix(word, "--") {
			continue
		}
		on := word[0] == '-'
		if strings.Contains(word, "e") {
			errexit = on
		}
		if strings.HasSuffix(word, "o") && i+1 < len(words) {
			switch words[i+1] {
			case "pipefail":
				pipefail = on
			case "errexit":
				errexit = on
			}
		}
	}
	return errexit, pipefail
}
