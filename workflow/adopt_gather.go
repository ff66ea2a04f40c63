package workflow

import (
	"slices"
	"strings"
)

// Actions that move files between jobs, by the commits of their releases.
const (
	uploadArtifact   = "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0"
	downloadArtifact = "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0"
)

// gather has several jobs, or the legs of a matrix, hand their files over to a job
// that releases them at once: of several that did so, each would publish what the
// others still fill.
func (a *adoption) gather(r *release) error {
	condition := ""
	for _, p := range r.all {
		switch {
		case len(p.Files) == 0 && p.makes():
			if err := a.draft(p); err != nil {
				return err
			}
			continue
		case len(p.Files) == 0:
			continue
		}
		given, err := a.handFiles(p)
		if err != nil {
			return err
		}
		condition = given
	}
	line, indent, err := a.lastJob()
	if err != nil {
		return err
	}
	var needs []string
	for _, p := range r.all {
		if !slices.Contains(needs, p.Job.ID) {
			needs = append(needs, p.Job.ID)
		}
	}
	lines := []string{a.freeID("hallmark") + ":", "  needs: [" + strings.Join(needs, ", ") + "]"}
	if condition != "" {
		lines = append(lines, "  "+condition)
	}
	lines = append(lines, "  runs-on: ubuntu-24.04", "  permissions:", "    contents: write", "    id-token: write", "  steps:",
		"    - uses: "+downloadArtifact, "      with:", "        pattern: hallmark-*", "        path: release", "        merge-multiple: true",
		"    - name: Attest, sign and publish", "      uses: "+a.pinned("actions/release"), "      with:", "        artifacts: release/**")
	a.addJob(line, indent, lines...)
	a.change.Level = 2
	return nil
}

// handFiles puts an upload to the run in the place of one to the release, and
// returns the condition under which the release is made.
func (a *adoption) handFiles(p *Publication) (string, error) {
	if p.Tool == "goreleaser" || !a.alone(p) {
		return "", a.notUnderstood(p.Pos, "%s builds and publishes in one step of a job that is not alone in filling the release: only build there, "+handThemOver, p.Tool)
	}
	files, err := a.files([]*Publication{p})
	if err != nil {
		return "", err
	}
	if p.makes() {
		a.advise(p.Pos, "%s made the release with its title and notes: hallmark keeps those of a draft that is there, and else has none", p.Tool)
	}
	if err := a.dropInPlace(p.Step); err != nil {
		return "", err
	}
	condition, err := a.condition(p.Step)
	if err != nil {
		return "", err
	}
	at, err := a.after(p.Step)
	if err != nil {
		return "", err
	}
	name := "hallmark-" + p.Job.ID
	if len(p.Job.Publishes()) > 1 {
		name += "-" + string(rune('a'+p.Step.index%26))
	}
	if p.Job.Matrix {
		name += "-${{ strategy.job-index }}"
	}
	lines := []string{"name: Hand over what is released"}
	if condition != "" {
		lines = append(lines, condition)
	}
	lines = append(lines, "uses: "+uploadArtifact, "with:", "  name: "+name)
	lines = append(append(lines, input("path", files)...), "  if-no-files-found: error")
	if condition, err = a.elsewhere(p.Step); err != nil {
		return "", err
	}
	return condition, a.addStep(at, p.Step, lines...)
}

// addJob puts a job behind the others, apart as they are, once all steps are in
// their places.
func (a *adoption) addJob(line, indent int, lines ...string) {
	text := indented(indent, lines...)
	if len(a.Jobs) == 1 || strings.TrimSpace(a.Line(a.Jobs[len(a.Jobs)-1].Pos.Line-1)) == "" {
		text = append([]string{""}, text...)
	}
	a.last = append(a.last, func() { a.insert(line, text...) })
}

// freeID is a job id that no job has.
func (a *adoption) freeID(id string) string {
	for a.Job(id) != nil {
		id += "-release"
	}
	return id
}
