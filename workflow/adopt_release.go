package workflow

import (
	"slices"
	"strings"
)

// release is what a workflow does to its GitHub release.
type release struct {
	all     []*Publication
	filling []*Publication // those with files
	jobs    []*Job         // of those, in the order of the file
	made    bool           // by the workflow, and not by hand or by another
}

func (a *adoption) release() *release {
	r := new(release)
	for _, p := range a.Publishes() {
		if p.Kind != GitHubRelease || p.Tool == "slsa-github-generator" || p.Signs && p.Unveils {
			continue
		}
		r.all = append(r.all, p)
		r.made = r.made || p.makes()
		if len(p.Files) > 0 {
			r.filling = append(r.filling, p)
			if !slices.Contains(r.jobs, p.Job) {
				r.jobs = append(r.jobs, p.Job)
			}
		}
	}
	return r
}

// handThemOver is what to do with files that several jobs build.
const handThemOver = "hand the files over with actions/upload-artifact, and release them in one job that needs those that build"

// planRelease has the release made a draft that hallmark publishes.
func (a *adoption) planRelease() error {
	if !slices.ContainsFunc(a.open, func(p *Publication) bool { return p.Kind == GitHubRelease }) {
		return nil
	}
	r := a.release()
	for _, p := range r.all {
		if p.Step == nil || p.Step.Uses.Local != "" {
			return a.notUnderstood(p.Pos, "%s publishes, and what it calls is not changed from here", p.Tool)
		}
		switch {
		case p.Step.Uses.Is("taiki-e/upload-rust-binary-action"):
			return a.notUnderstood(p.Pos, "%s builds and publishes in one: only build here, "+handThemOver, p.Tool)
		case p.Unveils || p.Draft:
		case p.Tool == "curl", p.Tool == "hub release", strings.HasPrefix(p.Tool, "gh api"), strings.HasPrefix(p.Tool, "github-script"):
			return a.notUnderstood(p.Pos, "%s writes the release in a way of its own, which init does not change", p.Tool)
		}
	}
	if len(r.jobs) == 0 {
		return a.notUnderstood(r.all[0].Pos, "%s publishes a release, and which files are in it is not to be seen", r.all[0].Tool)
	}
	if a.Event("release") != nil && !r.made {
		a.advise(a.Event("release").Pos, "the release is public before its files are signed, and none are added to an immutable one: make a draft, or release on the push of the tag")
	}
	for _, p := range r.all {
		if p.Unveils {
			if !a.alone(p) {
				return a.notUnderstood(p.Pos, "%s publishes the draft, which hallmark does once all verifies", p.Tool)
			}
			if err := a.dropStep(p.Step); err != nil {
				return err
			}
		}
	}
	switch {
	case a.Level == 3:
		return a.handOver(r)
	case len(r.jobs) > 1 || r.jobs[0].Matrix:
		return a.gather(r)
	}
	return a.signHere(r)
}

// signHere puts hallmark's step behind what fills the draft, or in the place of
// what fills a release that is there already.
func (a *adoption) signHere(r *release) error {
	j := r.jobs[0]
	files, err := a.files(r.filling)
	if err != nil {
		return err
	}
	for _, p := range r.all {
		if p.makes() {
			if p.Job != j && !j.waits[p.Job] {
				return a.notUnderstood(p.Pos, "job %s makes the release, and job %s does not wait for it", p.Job.ID, j.ID)
			}
			if err := a.draft(p); err != nil {
				return err
			}
			a.adviseToken(p)
		}
	}
	last := r.filling[len(r.filling)-1].Step
	for _, p := range r.all {
		if p.Job == j && !p.Unveils && p.Step.index > last.index {
			last = p.Step
		}
	}
	if !r.made {
		for _, p := range r.filling {
			if !a.alone(p) {
				return a.notUnderstood(p.Pos, "%s stands among other commands: give it a step of its own", p.Tool)
			}
			if b, err := a.step(p.Step); err != nil {
				return err
			} else if !a.gone[b.first] {
				if err := a.dropInPlace(p.Step); err != nil {
					return err
				}
			}
		}
	}
	at, err := a.after(last)
	if err != nil {
		return err
	}
	lines, err := a.action(last, "Attest, sign and publish", "artifacts", files)
	if err != nil {
		return err
	}
	if a.store {
		lines = append(lines, `  store-at-github: "true"`)
		a.need(j, "attestations")
	}
	a.need(j, "contents", "id-token")
	a.change.Level = 2
	return a.addStep(at, last, lines...)
}

// dropInPlace removes a step in whose place another comes, which takes over the
// blank line before it.
func (a *adoption) dropInPlace(s *Step) error {
	b, err := a.step(s)
	if err != nil {
		return err
	}
	if at, ok := a.refersTo("steps."+s.ID, b); s.ID != "" && ok {
		return a.notUnderstood(at, "what step %s has put out is used here", s.ID)
	}
	if a.spaced(b) {
		b.first--
	}
	a.remove(b)
	return nil
}

// action is the step that runs hallmark, under the condition of another.
func (a *adoption) action(like *Step, name, list string, values []string) ([]string, error) {
	condition, err := a.condition(like)
	if err != nil {
		return nil, err
	}
	lines := []string{"name: " + name}
	if condition != "" {
		lines = append(lines, condition)
	}
	lines = append(lines, "uses: "+a.pinned("actions/release"), "with:")
	return append(lines, input(list, values)...), nil
}
