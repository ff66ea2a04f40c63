package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Advice is something beside the change that a person has to do or to know.
type Advice struct {
	Pos  Pos
	Text string
}

func (a *adoption) advise(at Pos, format string, args ...any) {
	advice := Advice{at, fmt.Sprintf(format, args...)}
	if !slices.Contains(a.change.Advice, advice) {
		a.change.Advice = append(a.change.Advice, advice)
	}
}

// advisePins lists what the jobs that sign run by a tag: the commits are not known
// here, and are not made up.
func (a *adoption) advisePins() {
	for _, j := range a.Jobs {
		var names []string
		for _, s := range j.Steps {
			if u := s.Uses; len(a.needed[j]) > 0 && u.Owner != "" && !u.Pinned() && !a.gone[u.Text.Pos.Line] && !slices.Contains(names, u.Text.Value) {
				names = append(names, u.Text.Value)
			}
		}
		if len(names) > 0 {
			a.advise(j.Pos, "job %s has an identity: name what it runs by commits, with the versions as comments: %s", j.ID, strings.Join(names, ", "))
		}
	}
	slices.SortStableFunc(a.change.Advice, func(x, y Advice) int {
		return cmp.Or(cmp.Compare(x.Pos.Line, y.Pos.Line), cmp.Compare(x.Pos.Column, y.Pos.Column))
	})
}
