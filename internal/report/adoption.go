package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Adoption is what would add hallmark to a project, or has.
type Adoption struct {
	Files    []AdoptedFile
	Levels   []AdoptedLevel
	Left     []Place // what is not understood, and stays as it is
	Todo     []Place // what a person has to do; without a path it is of the project
	Insights string  // what a SECURITY-INSIGHTS.yml may say then, "" for nothing
	Written  bool
	Signed   bool // something is published, and all of it is signed
}

// AdoptedFile is a file as it is and as it is to be. Before is nil if there is
// none.
type AdoptedFile struct {
	Path          string
	Before, After []byte
}

// AdoptedLevel is the level of SLSA Build that a workflow's releases then reach.
type AdoptedLevel struct {
	Path  string
	Level int
}

// Place is something to be told about a place in a file. The zero line is the
// whole of it.
type Place struct {
	Path         string
	Line, Column int
	Text         string
}

func (p Place) String() string {
	text := Escape(p.Text)
	switch {
	case p.Path == "":
		return text
	case p.Line == 0:
		return Escape(p.Path) + "  " + text
	}
	return fmt.Sprintf("%s:%d:%d  %s", Escape(p.Path), p.Line, p.Column, text)
}

// Text writes the change as a patch that git and patch apply, and then what goes
// with it.
func (a *Adoption) Text(w io.Writer, o TextOptions) error {
	p := &page{TextOptions: o}
	for _, f := range a.Files {
		p.WriteString(f.diff())
	}
	if len(a.Levels) > 0 {
		p.line("")
	}
	for _, l := range a.Levels {
		p.line("%s  reaches SLSA Build L%d", Escape(l.Path), l.Level)
	}
	p.places("left alone", a.Left)
	p.places("to do by hand", a.Todo)
	if len(a.Files) == 0 && len(a.Left) == 0 && len(a.Todo) > 0 {
		p.line("")
	}
	if a.Insights != "" {
		p.line("\nfor SECURITY-INSIGHTS.yml")
		for line := range strings.Lines(a.Insights) {
			p.line("  %s", strings.TrimSuffix(line, "\n"))
		}
	}
	switch {
	case len(a.Files) > 0 && a.Written:
		p.line("\n%s written", count(len(a.Files), "file"))
	case len(a.Files) > 0:
		p.line("\nnothing is written yet: hallmark init --write does it")
	case len(a.Left) > 0:
		p.line("\nnothing to write")
	case a.Signed:
		p.line("nothing to change: all that is published is signed first")
	default:
		p.line("nothing to change: no step that publishes is known in these workflows")
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// places lists what is to be told, each item wrapped behind a mark.
func (p *page) places(heading string, all []Place) {
	if len(all) > 0 {
		p.line("\n%s", heading)
	}
	for _, place := range all {
		p.rows(2, []row{said("*", place.String())})
	}
}

// diff is a patch of the file. A name that a patch could not hold is shown escaped,
// and the patch is then for reading alone.
func (f *AdoptedFile) diff() string {
	name := Escape(path.Clean(f.Path))
	before := "a/" + name
	if f.Before == nil {
		before = "/dev/null"
	}
	text := string(diff.Diff(before, f.Before, "b/"+name, f.After))
	_, text, _ = strings.Cut(text, "\n") // a line that git reads as a header of its own
	return text
}
