package workflow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v4"
)

// maxNodes bounds a document after its aliases are replaced by what they stand
// for, which a parser of a few lines of nested ones would otherwise never end.
const maxNodes = 200_000

const (
	maxJobs  = 256
	maxSteps = 1000
	maxActs  = 256 // commands that sign, and as many that publish
)

// Parse reads a workflow. An error is a *SyntaxError: data cannot be a workflow.
// What is wrong with parts of one is in Problems, and the rest still stands.
func Parse(path string, data []byte) (*Workflow, error) {
	if _, err := readYAML(path, data); err != nil {
		return nil, err
	}
	parsed, problems := actionlint.Parse(data)
	if parsed == nil || len(parsed.Jobs) == 0 {
		return nil, firstProblem(path, problems)
	}
	w := &Workflow{Path: path, source: lines(data)}
	for _, p := range problems {
		if !strings.HasSuffix(p.Message, "string should not be empty") { // which GitHub takes
			w.Problems = append(w.Problems, syntaxError(path, p))
		}
	}
	w.fill(parsed)
	if err := w.learn(); err != nil {
		return nil, err
	}
	return w, nil
}

// learn finds out once what is asked later, so that a Workflow may be read by
// many.
func (w *Workflow) learn() error {
	needed := make(map[*Job][]*Job)
	for _, j := range w.Jobs {
		if len(w.Jobs) > maxJobs || len(j.Needs) > maxJobs {
			return &SyntaxError{Path: w.Path, Pos: j.Pos, Message: fmt.Sprintf("more than %d jobs", maxJobs)}
		}
		for _, id := range j.Needs {
			if next := w.Job(id); next != nil {
				needed[j] = append(needed[j], next)
			}
		}
	}
	for _, j := range w.Jobs {
		j.waits = waits(j, needed)
	}
	return w.parseScripts()
}

// parseScripts parses and follows all scripts. It refuses more than anybody writes, since what is asked later compares each
// signature with each publication.
func (w *Workflow) parseScripts() error {
	steps, signs, publishes := 0, 0, 0
	for _, j := range w.Jobs {
		steps += len(j.Steps)
		for i, s := range j.Steps {
			s.index = i
			s.script = parseScript(s.scriptText(), s.shell(), s.scriptPos)
			for _, c := range s.script.commands {
				if commandSigns(c) != nil {
					signs++
				}
				if commandPublishes(s, c) != nil {
					publishes++
				}
			}
			if steps > maxSteps || signs > maxActs || publishes > maxActs {
				return &SyntaxError{Path: w.Path, Pos: s.Pos,
					Message: fmt.Sprintf("more than %d steps, or %d commands that sign or publish", maxSteps, maxActs)}
			}
			s.script.learn()
		}
	}
	return nil
}

func firstProblem(path string, problems []*actionlint.Error) error {
	if len(problems) == 0 {
		return &SyntaxError{Path: path, Message: "no jobs"}
	}
	return syntaxError(path, problems[0])
}

func syntaxError(path string, e *actionlint.Error) *SyntaxError {
	return &SyntaxError{Path: path, Pos: Pos{e.Line, e.Column}, Message: e.Message}
}

func lines(data []byte) []string {
	all := strings.Split(string(data), "\n")
	for i, line := range all {
		all[i] = strings.TrimSuffix(line, "\r")
	}
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// readYAML reads the one document of a file, and refuses what costs more to read
// than it is long.
func readYAML(path string, data []byte) (*yaml.Node, error) {
	refuse := func(line int, format string, args ...any) error {
		return &SyntaxError{Path: path, Pos: Pos{line, min(line, 1)}, Message: fmt.Sprintf(format, args...)}
	}
	if len(data) > MaxSize {
		return nil, refuse(0, "%d bytes: at most %d are read", len(data), MaxSize)
	}
	if !utf8.Valid(data) {
		return nil, refuse(0, "not UTF-8")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, another yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, refuse(0, "it is empty")
	case err != nil:
		return nil, yamlError(path, err)
	}
	if err := decoder.Decode(&another); err == nil {
		return nil, refuse(another.Line, "a second document")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(path, err)
	}
	if expandedSize(&document, make(map[*yaml.Node]int)) > maxNodes {
		return nil, refuse(0, "more than %d values once its aliases are resolved", maxNodes)
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, refuse(1, "want names with values")
	}
	return document.Content[0], nil
}

func yamlError(path string, err error) error {
	var parser *yaml.ParserError
	if errors.As(err, &parser) {
		return &SyntaxError{Path: path, Pos: Pos{max(parser.Line, 1), max(parser.Column, 1)}, Message: parser.Message}
	}
	return &SyntaxError{Path: path, Message: err.Error()}
}

// expandedSize counts the values of n with its aliases resolved, up to a little
// over maxNodes. An alias inside of what it stands for counts as too many.
func expandedSize(n *yaml.Node, known map[*yaml.Node]int) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if size, ok := known[n]; ok {
		return size
	}
	known[n] = maxNodes + 1
	size := 1
	for _, child := range n.Content {
		size += expandedSize(child, known)
		if size > maxNodes {
			return maxNodes + 1
		}
	}
	known[n] = size
	return size
}
