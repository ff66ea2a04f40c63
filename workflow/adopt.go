package workflow

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Adoption says how hallmark is added to workflows.
type Adoption struct {
	Level   int    // of SLSA Build: 2 signs in the job that builds, 3 in a workflow of its own; 0 keeps what there is
	Commit  string // of hallmark's actions
	Version string // that the commit is, written behind it; "" if it is none
}

// Change is what adds hallmark to a workflow.
type Change struct {
	Path   string
	Data   []byte // the whole file as it is to be
	Level  int    // of SLSA Build that releases then reach
	Advice []Advice
	// Draft tells that goreleaser has to leave its release a draft, which is set
	// in its own configuration.
	Draft bool
}

// adoption is a workflow on its way to its Change.
type adoption struct {
	*Workflow
	*editor
	Adoption
	root *yaml.Node

	open   []*Publication    // what is to be signed
	old    []*Signing        // what hallmark takes the place of
	needed map[*Job][]string // scopes that a job has to be able to write
	store  bool              // attestations were stored at GitHub, and stay so
	last   []func()          // edits behind all others
	lower  []string          // the lines, for names, of which the case does not count
	change *Change
}

// Adopt is the smallest change after which each thing that w publishes was
// signed by hallmark before, or nil if there is nothing to change. An error is a
// *NotUnderstood: the workflow is to be left as it is. The change is proven
// before it is returned: read again, it leaves nothing unsigned and breaks no rule
// at [Error] that the workflow kept.
func (w *Workflow) Adopt(data []byte, how Adoption) (*Change, error) {
	if w.Composite {
		return nil, nil
	}
	a := &adoption{Workflow: w, Adoption: how, editor: newEditor(w.source),
		needed: make(map[*Job][]string), change: &Change{Path: w.Path}}
	a.find()
	if a.Level == 0 && slices.ContainsFunc(a.old, func(g *Signing) bool { return g.Tool == "slsa-github-generator" }) {
		a.Level = 3
	}
	for _, g := range a.old {
		if len(a.open) == 0 && g.Step == nil {
			return nil, w.notUnderstood(g.Pos, "%s signs what no step here is known to publish", g.Tool)
		}
	}
	if len(a.open) == 0 {
		return nil, nil
	}
	if len(w.Problems) > 0 {
		return nil, w.notUnderstood(w.Problems[0].Pos, "%s", w.Problems[0].Message)
	}
	var err error
	if a.root, err = readYAML(w.Path, data); err != nil {
		return nil, err
	}
	if err := a.plan(); err != nil {
		return nil, err
	}
	a.change.Data = a.apply(data)
	return a.change, a.prove()
}

// find looks for what is published unsigned, or is signed by what hallmark takes
// the place of.
func (a *adoption) find() {
	signings := a.Signs()
	for _, g := range signings {
		if a.replaces(g) {
			a.old = append(a.old, g)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(signings), func(g *Signing) bool { return slices.Contains(a.old, g) })
	for _, p := range a.Publishes() {
		if p.Tool == "slsa-github-generator" && !strings.Contains(p.Job.Uses.Path, "builder_") {
			continue // which goes with its job
		}
		if between, _ := a.gap(p, kept); between != closed || p.Tool == "slsa-github-generator" {
			a.open = append(a.open, p)
		}
	}
}

func (a *adoption) plan() error {
	if err := a.onTags(); err != nil {
		return err
	}
	if err := a.migrate(); err != nil {
		return err
	}
	for _, p := range a.open {
		switch {
		case p.Step == nil || p.Step.Uses.Local != "":
			return a.notUnderstood(p.Pos, "%s publishes, and what it calls is not changed from here", p.Tool)
		case p.Job.SelfHosted():
			return a.notUnderstood(p.Job.Pos, "job %s runs on a machine of the project's own, and whoever verifies refuses what is signed there: publish from one of GitHub's", p.Job.ID)
		}
		a.adviseRunner(p.Job)
	}
	if e := a.Event("workflow_call"); e != nil {
		a.advise(e.Pos, "the workflows that call this one have to give the calling job the permissions that its jobs have here")
	}
	if err := a.planRelease(); err != nil {
		return err
	}
	if err := a.planImages(); err != nil {
		return err
	}
	if err := a.planPackages(); err != nil {
		return err
	}
	for _, edit := range a.last {
		edit()
	}
	for _, j := range a.Jobs {
		if len(a.needed[j]) > 0 {
			if err := a.permit(j); err != nil {
				return err
			}
		}
	}
	a.adviseCaches()
	a.advisePins()
	return nil
}

// onTags refuses a workflow that releases from a branch: the certificate would
// name that, and hallmark does not sign there.
func (a *adoption) onTags() error {
	for _, p := range a.open {
		given := conditions(p.Job.If)
		if p.Step != nil {
			given = append(given, conditions(p.Step.If)...)
		}
		if slices.ContainsFunc(given, onlyOfTags) {
			continue
		}
		for _, e := range a.Events {
			switch {
			case e.Name == "release", e.Name == "workflow_dispatch", e.Name == "workflow_call", e.Name == "push" && e.OnlyTags:
			case e.Name == "push":
				return a.notUnderstood(e.Pos, "%s publishes in a run of a branch too, which the certificate would name: "+
					"release on the push of a tag, or give the step if: startsWith(github.ref, 'refs/tags/')", p.Tool)
			default:
				return a.notUnderstood(e.Pos, "%s publishes in a run of %s, in which hallmark does not sign: "+
					"release on the push of a tag, or give the step if: startsWith(github.ref, 'refs/tags/')", p.Tool, e.Name)
			}
		}
	}
	return nil
}

// onlyOfTags tells a condition that holds in runs of tags alone, though perhaps
// not in all of them.
func onlyOfTags(c string) bool {
	c = strings.ReplaceAll(c, " ", "")
	return ofTags(c) || strings.HasPrefix(c, "startswith(github.ref,'refs/tags/") || c == "github.event_name=='release'"
}

// pinned is a uses: line's value for something of hallmark's own.
func (a *adoption) pinned(path string) string {
	text := hallmark + "/" + path + "@" + a.Commit
	if a.Version != "" {
		text += " # " + a.Version
	}
	return text
}

// refersTo finds an expression outside of b that names something, such as
// steps.build.
func (a *adoption) refersTo(name string, b block) (Pos, bool) {
	name = strings.ToLower(name)
	if a.lower == nil {
		a.lower = strings.Split(strings.ToLower(strings.Join(a.lines, "\n")), "\n")
	}
	for n, line := range a.lower {
		if !strings.Contains(line, name) || n+1 >= b.first && n+1 <= b.last || a.gone[n+1] {
			continue
		}
		for from := 0; ; {
			at := strings.Index(line[from:], name)
			if at < 0 {
				break
			}
			from += at + len(name)
			if from == len(line) || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_-", rune(line[from])) {
				return Pos{n + 1, from - len(name) + 1}, true
			}
		}
	}
	return Pos{}, false
}
