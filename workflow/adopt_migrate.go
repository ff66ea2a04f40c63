package workflow

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// replaces tells whether hallmark takes the place of a signature. Those by a key
// of the project's are its own affair, and goreleaser signs what it publishes.
func (a *adoption) replaces(g *Signing) bool {
	switch {
	case g.Tool == "slsa-github-generator":
		return true
	case strings.HasPrefix(g.Tool, "cosign "):
		return g.keyless()
	}
	return g.Provenance && strings.HasPrefix(g.Tool, "actions/attest")
}

// migrate removes what signs until now.
func (a *adoption) migrate() error {
	for _, g := range a.old {
		switch {
		case g.Step == nil:
			if err := a.dropGenerator(g.Job); err != nil {
				return err
			}
		case g.command != nil:
			if err := a.dropCosign(g); err != nil {
				return err
			}
		default:
			a.store = true // who verifies looks for it there
			if err := a.dropOnce(g.Step); err != nil {
				return err
			}
			if !slices.ContainsFunc(a.open, func(p *Publication) bool { return p.Job == g.Job }) {
				a.advise(g.Job.Pos, "job %s attests nothing any more: take id-token and attestations from its permissions", g.Job.ID)
			}
		}
	}
	return nil
}

// dropOnce removes a step, unless it is gone.
func (a *adoption) dropOnce(s *Step) error {
	if a.gone[s.Pos.Line] {
		return nil
	}
	return a.dropStep(s)
}

// dropCosign removes a step that signs, and what installs cosign for it.
func (a *adoption) dropCosign(g *Signing) error {
	s := g.Step
	for _, c := range s.Commands() {
		switch c.Words[0] {
		case "cosign", "cd", "echo", "set", "ls", "basename":
		default:
			return a.notUnderstood(c.Pos, "%s stands in a script with %s: give it a step of its own", g.Tool, c.Words[0])
		}
	}
	if err := a.dropOnce(s); err != nil {
		return err
	}
	a.advise(s.Pos, "users who verify by what %s wrote need to be told: VERIFY.md says how it is done now", g.Tool)
	for _, other := range s.job.Steps {
		if !a.gone[other.Pos.Line] && (slices.ContainsFunc(other.Commands(), func(c *Command) bool { return c.Words[0] == "cosign" }) ||
			other.Uses.Is("goreleaser/goreleaser-action")) {
			return a.dropMaterial(g)
		}
	}
	for _, other := range s.job.Steps {
		if other.Uses.Is("sigstore/cosign-installer") {
			if err := a.dropOnce(other); err != nil {
				return err
			}
		}
	}
	return a.dropMaterial(g)
}

// dropMaterial removes from what is published the files that cosign wrote.
func (a *adoption) dropMaterial(g *Signing) error {
	for _, p := range a.open {
		for _, file := range p.Files {
			if !material(file) {
				continue
			}
			if p.command != nil || !a.dropLine(p.Step, file) {
				return a.notUnderstood(p.Pos, "%s publishes %s, which %s wrote", p.Tool, file, g.Tool)
			}
		}
	}
	return nil
}

// dropLine removes the line of a step that says nothing else.
func (a *adoption) dropLine(s *Step, text string) bool {
	b, err := a.step(s)
	for n := b.first; err == nil && n <= b.last; n++ {
		if strings.TrimSpace(a.Line(n)) == text {
			a.gone[n] = true
			return true
		}
	}
	return false
}

// dropGenerator removes the job that calls slsa-github-generator, and what other
// jobs do with its provenance.
func (a *adoption) dropGenerator(j *Job) error {
	if !strings.Contains(j.Uses.Path, "generator_generic") && !strings.Contains(j.Uses.Path, "generator_container") {
		return a.notUnderstood(j.Uses.Text.Pos, "%s builds as well as signs, by a configuration of its own: build in a job of the project, and run init again", j.Uses.Text.Value)
	}
	own, err := a.jobBlock(j)
	if err != nil {
		return err
	}
	for {
		at, ok := a.refersTo("needs."+j.ID, own)
		if !ok {
			break
		}
		s := a.stepAt(at.Line)
		text := strings.TrimSpace(a.Line(at.Line))
		switch {
		case s == nil:
			return a.notUnderstood(at, "what job %s has put out is used here", j.ID)
		case s.Uses.Is("actions/download-artifact"), s.Uses.Is("slsa-framework/slsa-github-generator/actions/download-artifact"):
			if err := a.dropOnce(s); err != nil {
				return err
			}
		case expression.MatchString(text) && !strings.Contains(expression.ReplaceAllString(text, ""), " "):
			a.gone[at.Line] = true
		default:
			return a.notUnderstood(at, "what job %s has put out is used here", j.ID)
		}
	}
	for _, other := range a.Jobs {
		if other != j && needs(other, j) {
			if err := a.dropNeed(other, j.ID); err != nil {
				return err
			}
		}
	}
	a.removeSpaced(own)
	if m := neededOutput.FindStringSubmatch(j.Input("base64-subjects")); m != nil {
		a.advise(j.Pos, "nothing uses the output %s of job %s any more", m[2], m[1])
	}
	if a.Level < 3 {
		a.advise(j.Pos, "slsa-github-generator signed in a job of its own, which is level 3: --level 3 keeps that")
	}
	return nil
}

// stepAt is the step that a line stands in.
func (a *adoption) stepAt(line int) *Step {
	for _, j := range a.Jobs {
		for _, s := range j.Steps {
			if b, err := a.step(s); err == nil && b.first <= line && line <= b.last {
				return s
			}
		}
	}
	return nil
}

// dropNeed takes a job from those that another waits for.
func (a *adoption) dropNeed(j *Job, id string) error {
	key, value := entry(a.node(j, -1), "needs")
	at := Pos{key.Line, key.Column}
	switch {
	case value.Kind == yaml.ScalarNode || len(value.Content) == 1:
		a.remove(a.block(key.Line, key.Column-1, true))
		return nil
	case value.Kind != yaml.SequenceNode:
		return a.notUnderstood(at, "what job %s needs is not known", j.ID)
	case value.Style&yaml.FlowStyle == 0:
		for _, n := range value.Content {
			if strings.EqualFold(n.Value, id) {
				a.gone[n.Line] = true
			}
		}
		return nil
	}
	var left []string
	for _, n := range value.Content {
		if n.Line != value.Line {
			return a.notUnderstood(at, "what job %s needs is written over several lines", j.ID)
		}
		if !strings.EqualFold(n.Value, id) {
			left = append(left, n.Value)
		}
	}
	line := a.Line(value.Line)
	end := strings.IndexByte(line[value.Column-1:], ']')
	if end < 0 {
		return a.notUnderstood(at, "what job %s needs is written over several lines", j.ID)
	}
	a.splice(value.Line, value.Column-1, end+1, "["+strings.Join(left, ", ")+"]")
	return nil
}
