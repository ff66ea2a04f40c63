package workflow

import (
	"regexp"
	"slices"
	"strings"
)

var neededOutput = regexp.MustCompile(`needs\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_-]+)`)

// builder is the job that has built what j publishes, and its step that hands it
// over; no step if j builds itself, or several jobs did.
func (a *adoption) builder(j *Job) (*Job, *Step) {
	if slices.ContainsFunc(j.Steps, (*Step).Builds) || !slices.ContainsFunc(j.Steps, downloads) {
		return nil, nil
	}
	var builder *Job
	var upload *Step
	for _, id := range j.Needs {
		for _, s := range a.handsOver(id) {
			if upload != nil {
				return nil, nil
			}
			builder, upload = a.Job(id), s
		}
	}
	return builder, upload
}

// handsOver are the steps of a job that hand files over.
func (a *adoption) handsOver(id string) []*Step {
	j := a.Job(id)
	if j == nil || j.Matrix {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(j.Steps), func(s *Step) bool { return !s.Uses.Is("actions/upload-artifact") })
}

func downloads(s *Step) bool { return s.Uses.Is("actions/download-artifact") }

// handOverFrom has the builder say what it has built, and hallmark's workflow take
// the place of the job that published it.
func (a *adoption) handOverFrom(r *release, builder *Job, upload *Step) error {
	j := r.jobs[0]
	for _, s := range j.Steps {
		publishes := slices.ContainsFunc(r.all, func(p *Publication) bool { return p.Step == s && a.alone(p) })
		if !publishes && !downloads(s) && !s.Uses.Is("actions/checkout") && !a.gone[s.Pos.Line] {
			return a.notUnderstood(s.Pos, "job %s does more than publish: for level 3 nothing else may be done with the files", j.ID)
		}
	}
	for _, p := range r.all {
		if p.Job != j && p.Job != builder {
			return a.notUnderstood(p.Pos, "job %s publishes too", p.Job.ID)
		}
	}
	if at, ok := a.refersTo("needs."+j.ID, block{}); ok {
		return a.notUnderstood(at, "what job %s has put out is used here", j.ID)
	}
	for _, other := range a.Jobs {
		if needs(other, j) {
			return a.notUnderstood(other.Pos, "job %s waits for job %s, in whose place hallmark comes", other.ID, j.ID)
		}
	}
	last := r.filling[len(r.filling)-1].Step
	own, err := a.jobBlock(j)
	if err != nil {
		return err
	}
	var files []string
	for _, file := range list(upload.Input("path")) {
		if strings.HasPrefix(file, "!") || strings.HasPrefix(file, "~") {
			return a.notUnderstood(upload.Pos, "it hands over %s", file)
		}
		files = append(files, strings.TrimPrefix(file, "./"))
	}
	if err := a.sayHashes(upload, files); err != nil {
		return err
	}
	if err := a.addOutput(builder); err != nil {
		return err
	}
	condition, err := a.elsewhere(last)
	if err != nil {
		return err
	}
	if j.If.Given() {
		key, value := entry(a.node(j, -1), "if")
		if condition != "" || value.Line != key.Line {
			return a.notUnderstood(j.If.Pos, "the conditions of job %s and of its step are two", j.ID)
		}
		condition = "if: " + strings.TrimSpace(a.Line(key.Line)[value.Column-1:])
	}
	a.change.Level = 3
	a.advise(j.Pos, "all that job %s hands over is released; title and notes are those of a draft that is there, and else there are none", builder.ID)
	lines := []string{j.ID + ":", "  needs: " + builder.ID}
	if condition != "" {
		lines = append(lines, "  "+condition)
	}
	a.remove(own)
	a.insert(own.last+1, indented(own.indent, append(lines, a.call(builder)...)...)...)
	return nil
}

// call is the part of a job that calls hallmark's workflow.
func (a *adoption) call(builder *Job) []string {
	return []string{"  permissions:", "    contents: write", "    id-token: write",
		"  uses: " + a.pinned(".github/workflows/hallmark.yml"), "  with:", "    artifact: " + a.artifact(),
		"    hashes: ${{ needs." + builder.ID + ".outputs." + hashesID + " }}"}
}

// artifact is a name under which no step hands anything over yet.
func (a *adoption) artifact() string {
	name := "release"
	for _, j := range a.Jobs {
		for _, s := range j.Steps {
			if s.Uses.Is("actions/upload-artifact") && s.Input("name") == name {
				name += "-files"
			}
		}
	}
	return name
}
