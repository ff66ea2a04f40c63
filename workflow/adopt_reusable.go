package workflow

import (
	"slices"
	"strings"
)

// handOver has the job that builds say what it has built, and another sign and
// publish it in which nothing of the project runs: level 3.
func (a *adoption) handOver(r *release) error {
	j := r.jobs[0]
	if len(r.jobs) == 1 && !j.Matrix {
		if builder, upload := a.builder(j); upload != nil {
			return a.handOverFrom(r, builder, upload)
		}
	}
	switch {
	case len(r.jobs) > 1:
		return a.notUnderstood(r.jobs[1].Pos, "jobs %s and %s both build what is released: for level 3 one job has to say the digests of all; --level 2 gathers them",
			j.ID, r.jobs[1].ID)
	case j.Matrix:
		return a.notUnderstood(j.Pos, "job %s is a matrix, whose output is that of the leg which ends last: for level 3 one job has to say the digests of all; --level 2 gathers them", j.ID)
	}
	files, err := a.files(r.filling)
	if err != nil {
		return err
	}
	last := r.filling[len(r.filling)-1].Step
	for _, p := range r.all {
		switch {
		case p.Unveils:
		case len(p.Files) == 0 && p.makes() && p.Job != j:
			if err := a.draft(p); err != nil {
				return err
			}
		case p.Tool == "goreleaser":
			if err := a.buildOnly(p); err != nil {
				return err
			}
		case !a.alone(p):
			return a.notUnderstood(p.Pos, "%s stands among other commands: give it a step of its own", p.Tool)
		default:
			if p.makes() {
				a.advise(p.Pos, "%s made the release with its title and notes: hallmark keeps those of a draft that is there, and else has none", p.Tool)
			}
			if b, err := a.step(p.Step); err != nil {
				return err
			} else if a.gone[b.first] {
				continue
			}
			if err := a.dropInPlace(p.Step); err != nil {
				return err
			}
		}
	}
	if err := a.sayHashes(last, files); err != nil {
		return err
	}
	if err := a.addOutput(j); err != nil {
		return err
	}
	a.change.Level = 3
	for _, s := range j.Steps[last.index+1:] {
		if !a.gone[s.Pos.Line] {
			a.advise(s.Pos, "from here on job %s runs before the release is published: what wants it published belongs in a job that needs that of hallmark", j.ID)
			break
		}
	}
	a.advise(j.Pos, "job %s publishes nothing any more: leave it permission to read, and no more than it needs", j.ID)
	return a.callHallmark(r, j, last)
}

// sayHashes collects what is released in a folder of its own, hands it over and
// says its digests.
func (a *adoption) sayHashes(last *Step, files []string) error {
	at, err := a.after(last)
	if err != nil {
		return err
	}
	condition, err := a.condition(last)
	if err != nil {
		return err
	}
	for _, file := range files {
		if strings.ContainsAny(file, " '\"`;&|<>()\\") && !strings.Contains(file, "${{") {
			return a.notUnderstood(last.Pos, "%s is a name that a script would take apart", file)
		}
	}
	var words, env []string
	for i, file := range files {
		if strings.Contains(file, "${{") { // which no script may hold
			name := "FILES_" + string(rune('A'+i%26))
			env = append(env, "  "+name+": "+file)
			words = append(words, "$"+name)
			continue
		}
		words = append(words, file)
	}
	lines := []string{"name: Say what was built", "id: " + hashesID}
	if condition != "" {
		lines = append(lines, condition)
	}
	if len(env) > 0 {
		lines = append(append(lines, "env:"), env...)
	}
	lines = append(lines, "shell: bash", "run: |",
		"  shopt -s globstar",
		`  mkdir "$RUNNER_TEMP/release"`,
		"  find "+strings.Join(words, " ")+` -type f -exec cp {} "$RUNNER_TEMP/release" \;`,
		`  cd "$RUNNER_TEMP/release"`,
		`  delimiter=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')`,
		`  { echo "hashes<<$delimiter"; sha256sum -- *; echo "$delimiter"; } >>"$GITHUB_OUTPUT"`)
	if err := a.addStep(at, last, lines...); err != nil {
		return err
	}
	lines = []string{"uses: " + uploadArtifact}
	if condition != "" {
		lines = append(lines, condition)
	}
	return a.addStep(at, last, append(lines, "with:", "  name: "+a.artifact(), "  path: ${{ runner.temp }}/release", "  if-no-files-found: error")...)
}

const hashesID = "hashes-of-release"

// addOutput has the job put out what its step has said.
func (a *adoption) addOutput(j *Job) error {
	line := hashesID + ": ${{ steps." + hashesID + ".outputs.hashes }}"
	node := a.node(j, -1)
	key, outputs := entry(node, "outputs")
	if key != nil {
		if !inBlockStyle(outputs) || len(outputs.Content) == 0 {
			return a.notUnderstood(Pos{key.Line, key.Column}, "the outputs are not written in block style")
		}
		first := outputs.Content[0]
		a.insert(first.Line, indented(first.Column-1, line)...)
		return nil
	}
	before, _ := entry(node, "steps")
	if before == nil || !inBlockStyle(node) {
		return a.notUnderstood(j.Pos, "job %s is not written in block style", j.ID)
	}
	a.insert(before.Line, indented(before.Column-1, "outputs:", "  "+line)...)
	return nil
}

// callHallmark adds the job that signs and publishes.
func (a *adoption) callHallmark(r *release, j *Job, last *Step) error {
	line, indent, err := a.lastJob()
	if err != nil {
		return err
	}
	needs := []string{j.ID}
	for _, p := range r.all {
		if !slices.Contains(needs, p.Job.ID) {
			needs = append(needs, p.Job.ID)
		}
	}
	lines := []string{a.freeID("hallmark") + ":", "  needs: " + needs[0]}
	if len(needs) > 1 {
		lines[1] = "  needs: [" + strings.Join(needs, ", ") + "]"
	}
	condition, err := a.elsewhere(last)
	if err != nil {
		return err
	}
	if condition != "" {
		lines = append(lines, "  "+condition)
	}
	a.addJob(line, indent, append(lines, a.call(j)...)...)
	return nil
}

// elsewhere is the condition of a step for a job that needs its own, which runs
// only if that did.
func (a *adoption) elsewhere(s *Step) (string, error) {
	for _, c := range conditions(s.If) {
		if len(steady([]string{c})) == 0 {
			return "", a.notUnderstood(s.If.Pos, "it publishes only if %s, which another job cannot ask", c)
		}
	}
	return a.condition(s)
}
