package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// MaxSize is the size of the largest file that is read, in bytes.
const MaxSize = 1 << 20

// Workflow is a file that GitHub runs. Its parts keep the positions at which they
// were written.
type Workflow struct {
	Path        string
	Name        string
	Composite   bool // an action.yml: one job, without a name, events or permissions of its own
	Events      []Event
	Permissions *Permissions // nil if the file does not say
	Env         map[string]Text
	Shell       string // of steps that name none; "" if the file does not say
	Jobs        []*Job // in the order of the file

	// Problems are what GitHub would refuse, or actionlint's parser does not
	// know. Where there is one, parts may be missing from the graph.
	Problems []*SyntaxError

	// Goreleaser is how the project's goreleaser is set up, for whoever knows to
	// fill in: it is another file. nil is not known.
	Goreleaser *Goreleaser

	source []string             // lines
	local  map[string]*Workflow // what [Link] knows of the repository
}

// Event is a trigger of a workflow, with its filters.
type Event struct {
	Name         string
	Types        []string
	Branches     []string
	Tags         []string
	OnlyBranches bool // a filter on branches, and none on tags
	OnlyTags     bool // a filter on tags, and none on branches
	Pos          Pos
}

// Pos is a place in a file. Lines and columns count from 1.
type Pos struct{ Line, Column int }

func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Before tells whether p stands earlier in the file than other.
func (p Pos) Before(other Pos) bool {
	return p.Line < other.Line || p.Line == other.Line && p.Column < other.Column
}

// Text is a value as it was written, expressions included. The zero Text stands
// for a key that is absent.
type Text struct {
	Value string
	Pos   Pos
}

// Given tells whether the key is there.
func (t Text) Given() bool { return t.Pos.Line != 0 }

// Flag is a value that is true, false or an expression.
type Flag struct {
	Value      bool
	Expression string
	Pos        Pos
}

// Possible tells whether the flag may be true in some run.
func (f Flag) Possible() bool { return f.Value || f.Expression != "" }

// SyntaxError says where a file is no workflow.
type SyntaxError struct {
	Path    string
	Pos     Pos
	Message string
}

func (e *SyntaxError) Error() string {
	if e.Pos.Line == 0 {
		return e.Path + ": " + e.Message
	}
	return fmt.Sprintf("%s:%s: %s", e.Path, e.Pos, e.Message)
}

// Job is the job of that id, compared as GitHub does, or nil.
func (w *Workflow) Job(id string) *Job {
	i := slices.IndexFunc(w.Jobs, func(j *Job) bool { return strings.EqualFold(j.ID, id) })
	if i < 0 {
		return nil
	}
	return w.Jobs[i]
}

// Event is the trigger of that name, or nil.
func (w *Workflow) Event(name string) *Event {
	i := slices.IndexFunc(w.Events, func(e Event) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &w.Events[i]
}

// Line is the text of a line, without its end; "" outside the file.
func (w *Workflow) Line(n int) string {
	if n < 1 || n > len(w.source) {
		return ""
	}
	return w.source[n-1]
}

// Lines counts the lines of the file.
func (w *Workflow) Lines() int { return len(w.source) }

// onlyTags tells whether each run of the workflow is of a tag.
func (w *Workflow) onlyTags() bool {
	return len(w.Events) > 0 && !slices.ContainsFunc(w.Events, func(e Event) bool {
		return e.Name != "release" && (e.Name != "push" || !e.OnlyTags)
	})
}
