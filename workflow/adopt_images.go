package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// planImages attests each image once it is pushed: before that, no registry knows
// its digest.
func (a *adoption) planImages() error {
	done := make(map[*Step]bool)
	for _, p := range a.open {
		if p.Kind != Container || done[p.Step] {
			continue
		}
		done[p.Step] = true
		images, err := a.images(p)
		if err != nil {
			return err
		}
		lines, err := a.action(p.Step, "Attest the image", "images", images)
		if err != nil {
			return err
		}
		at, err := a.after(p.Step)
		if err != nil {
			return err
		}
		if err := a.addStep(at, p.Step, append(lines, "  publish: none")...); err != nil {
			return err
		}
		if a.store {
			a.advise(p.Pos, "the image's attestation is in its registry now: gh attestation verify finds it with --bundle-from-oci")
		}
		a.need(p.Job, "id-token")
		a.change.Level = max(a.change.Level, 2)
		a.adviseLevel(p)
	}
	return nil
}

// images name what a step pushes: by its digest, where the step says it.
func (a *adoption) images(p *Publication) ([]string, error) {
	if p.Step.Uses.Is("docker/build-push-action") {
		return a.builtImages(p)
	}
	if p.command == nil {
		return nil, a.notUnderstood(p.Pos, "%s does not say which images it pushes", p.Tool)
	}
	words := p.command.Words
	at := slices.Index(words, "push")
	if (words[0] != "docker" && words[0] != "podman" && words[0] != "buildah") || at < 0 {
		return nil, a.notUnderstood(p.Pos, "%s: which image it pushes is not to be seen", p.Tool)
	}
	names := positionals(words[at+1:], "--authfile --creds --platform --format")
	if len(names) == 0 || has(words, "--all-tags", "-a") {
		return nil, a.notUnderstood(p.Pos, "%s: which image it pushes is not to be seen", p.Tool)
	}
	return a.expand(p, strings.TrimPrefix(names[len(names)-1], "docker://"))
}

var tagEnd = regexp.MustCompile(`:[^:/]*$`)

// builtImages are the repositories among the tags of docker's action, each with
// the digest that it puts out.
func (a *adoption) builtImages(p *Publication) ([]string, error) {
	tags := p.Step.Input("tags")
	if m := metadataTags.FindStringSubmatch(tags); m != nil {
		meta := a.stepWithID(p.Job, m[1])
		if meta == nil || !meta.Uses.Is("docker/metadata-action") || meta.Input("images") == "" {
			return nil, a.notUnderstood(p.Pos, "which images it pushes is decided by step %s", m[1])
		}
		tags = meta.Input("images")
	}
	id, err := a.identify(p.Step, "image")
	if err != nil {
		return nil, err
	}
	var images []string
	for _, tag := range list(tags) {
		name := expression.ReplaceAllStringFunc(tag, func(e string) string { return strings.Repeat("_", len(e)) })
		if strings.Contains(tag, "=") {
			return nil, a.notUnderstood(p.Pos, "which images it pushes is not to be seen: %s", tag)
		}
		name = tag[:len(tagEnd.ReplaceAllString(name, ""))]
		image := name + "@${{ steps." + id + ".outputs.digest }}"
		if !slices.Contains(images, image) {
			images = append(images, image)
		}
	}
	if len(images) == 0 {
		return nil, a.notUnderstood(p.Pos, "it pushes and names no tags: which image is not to be seen")
	}
	return images, nil
}

var metadataTags = regexp.MustCompile(`^\s*\$\{\{\s*steps\.([A-Za-z0-9_-]+)\.outputs\.tags\s*\}\}\s*$`)

func (a *adoption) stepWithID(j *Job, id string) *Step {
	i := slices.IndexFunc(j.Steps, func(s *Step) bool { return strings.EqualFold(s.ID, id) })
	if i < 0 {
		return nil
	}
	return j.Steps[i]
}

// identify gives a step an id if it has none.
func (a *adoption) identify(s *Step, id string) (string, error) {
	if s.ID != "" {
		return s.ID, nil
	}
	if _, err := a.step(s); err != nil {
		return "", err
	}
	for a.stepWithID(s.job, id) != nil {
		id += "-pushed"
	}
	first, _ := entry(a.node(s.job, s.index), "uses")
	if first == nil {
		return "", a.notUnderstood(s.Pos, "the step uses no action")
	}
	if first.Line == s.Pos.Line {
		a.insert(first.Line+1, indented(keys(s), "id: "+id)...)
	} else {
		a.insert(first.Line, indented(keys(s), "id: "+id)...)
	}
	return id, nil
}
