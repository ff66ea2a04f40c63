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

// adviseCaches tells of the caches that the jobs which sign now restore, as the
// rule cache-in-signing-job does.
func (a *adoption) adviseCaches() {
	for _, j := range a.Jobs {
		for _, s := range j.Steps {
			if fix := s.restoresCache(); fix != "" && slices.Contains(a.needed[j], "id-token") && !a.gone[s.Uses.Text.Pos.Line] {
				a.advise(s.Uses.Text.Pos, "job %s signs, and a cache that %s restores may be another's: %s", j.ID, s.Uses.name(), fix)
			}
		}
	}
}

// hosted are how the labels of GitHub's own runners begin.
var hosted = []string{"ubuntu-", "windows-", "macos-", "${{"}

// adviseRunner tells of a runner that may be somebody else's.
func (a *adoption) adviseRunner(j *Job) {
	for _, label := range j.RunsOn {
		if !slices.ContainsFunc(hosted, func(prefix string) bool { return strings.HasPrefix(label.Value, prefix) }) {
			a.advise(label.Pos, "see that %s is a runner of GitHub's: whoever verifies refuses what is signed on another", label.Value)
		}
	}
}

// adviseToken tells of a token that did more than the job's own can do.
func (a *adoption) adviseToken(p *Publication) {
	if !p.ownToken() {
		a.advise(p.Pos, "%s has a token of its own, and hallmark publishes with the job's, which starts no other workflow: hand it over as github-token if one has to start", p.Tool)
	}
}

// adviseLevel tells why p stays below the level that was asked for.
func (a *adoption) adviseLevel(p *Publication) {
	if a.Level == 3 {
		a.advise(p.Pos, "what %s publishes is at level 2: it is attested in the job that publishes it, and for level 3 init moves only the files of a GitHub release to a workflow of hallmark's own", p.Tool)
	}
}
