package workflow

import (
	"slices"
	"strings"
)

const (
	generator = "slsa-framework/slsa-github-generator"
	hallmark  = "hallmark-project/hallmark"
)

// Signing is one act of a step, or of a called workflow, that signs artifacts or
// attests how they were made.
type Signing struct {
	Tool       string // the action or the command, such as "cosign sign-blob"
	Pos        Pos
	Job        *Job
	Step       *Step // nil for a called workflow
	Provenance bool  // it says how the artifacts were made

	Image bool // it is of an image in a registry

	Files []string // paths and patterns as written; nil if they are not named here

	command *Command
	doubt   string // why it may not be made, seen from outside of the file that makes it
	keyed   bool   // by a key, not by an identity
}

// Signs are the signings of the step, in the order of its script.
func (s *Step) Signs() []*Signing { return s.signs(look{}) }

func (s *Step) signs(seen look) []*Signing {
	all := actionSigns(s)
	for _, g := range seen.inside(s.workflow, s.Uses).signings {
		one := *g
		all = append(all, &one)
	}
	for _, g := range all {
		g.Pos = s.Uses.Text.Pos
	}
	for _, c := range s.Commands() {
		if g := commandSigns(c); g != nil {
			g.Pos, g.command = c.Pos, c
			all = append(all, g)
		}
	}
	for _, g := range all {
		g.Job, g.Step = s.job, s
	}
	return all
}

// Signs are the signings of the job and, where it calls one that is known, of a
// reusable workflow.
func (j *Job) Signs() []*Signing { return j.signs(look{}) }

func (j *Job) signs(seen look) []*Signing {
	var all []*Signing
	switch {
	case isHallmarkWorkflow(j.Uses):
		all = append(all, &Signing{Tool: "hallmark.yml", Provenance: true})
		if j.Input("images") != "" {
			all = append(all, &Signing{Tool: "hallmark.yml", Provenance: true, Image: true})
		}
	case j.Uses.In(generator):
		all = append(all, &Signing{Tool: "slsa-github-generator", Provenance: true, Image: strings.Contains(j.Uses.Path, "container")})
	}
	for _, g := range seen.inside(j.workflow, j.Uses).signings {
		one := *g
		all = append(all, &one)
	}
	for _, g := range all {
		g.Job, g.Pos = j, j.Uses.Text.Pos
	}
	for _, s := range j.Steps {
		all = append(all, s.signs(seen)...)
	}
	return all
}

// Signs are the signings of all jobs.
func (w *Workflow) Signs() []*Signing { return w.signs(look{}) }

func (w *Workflow) signs(seen look) []*Signing {
	var all []*Signing
	for _, j := range w.Jobs {
		all = append(all, j.signs(seen)...)
	}
	return all
}

func actionSigns(s *Step) []*Signing {
	u := s.Uses
	g := &Signing{Tool: u.Owner + "/" + u.Repo, Image: attestsImage(s), Files: list(s.Input("subject-path"))}
	switch {
	case isHallmarkAction(u, "release"):
		all := []*Signing{{Tool: "hallmark", Provenance: true, Files: list(s.Input("artifacts"))}}
		if s.Input("images") != "" {
			all = append(all, &Signing{Tool: "hallmark", Provenance: true, Image: true})
		}
		return all
	case u.Is("actions/attest-build-provenance"):
		g.Provenance = true
		return []*Signing{g}
	case u.Is("actions/attest"):
		g.Provenance = s.Input("predicate-type") == "" && s.Input("sbom-path") == ""
		return []*Signing{g}
	case u.Is("actions/attest-sbom"):
		return []*Signing{g}
	case u.Is("sigstore/gh-action-sigstore-python"):
		return []*Signing{{Tool: g.Tool, Files: strings.Fields(s.Input("inputs"))}}
	}
	p := actionPublishes(s)
	if p == nil || !p.Signs {
		return nil
	}
	all := []*Signing{{Tool: p.Tool, Files: p.Files}}
	if config := s.workflow.Goreleaser; p.Tool == "goreleaser" && config != nil && config.SignsImages {
		all = append(all, &Signing{Tool: p.Tool, Image: true})
	}
	return all
}

// attestsImage tells whether the subject is named by its digest, as an image is.
func attestsImage(s *Step) bool {
	return s.Input("push-to-registry") == "true" || s.Input("subject-name") != "" && s.Input("subject-digest") != ""
}

// cosignFlags are those of cosign's signing commands that take no value.
var cosignFlags = []string{"-y", "--yes", "-r", "--recursive", "-d", "--verbose", "--new-bundle-format", "--use-signing-config", "--tlog-upload", "--b64"}

func commandSigns(c *Command) *Signing {
	words := c.Words
	if len(words) < 2 {
		return nil
	}
	switch words[0] {
	case "cosign":
		if has(words[1:2], "sign", "sign-blob", "attest", "attest-blob") {
			return &Signing{Tool: "cosign " + words[1], Image: !strings.HasSuffix(words[1], "-blob"), Files: cosignFiles(words[2:]),
				Provenance: strings.HasPrefix(words[1], "attest") && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "slsaprovenance") })}
		}
	case "hallmark":
		if verb := hallmarkVerb(words); verb == "sign" || verb == "attest" {
			return &Signing{Tool: "hallmark " + verb, Provenance: verb == "attest"}
		}
	case "sigstore":
		if has(words[1:2], "sign", "attest") {
			return &Signing{Tool: "sigstore " + words[1]}
		}
	}
	return nil
}

func cosignFiles(words []string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case !strings.HasPrefix(word, "-"):
			all = append(all, word)
		case !strings.Contains(word, "=") && !slices.Contains(cosignFlags, word):
			i++
		}
	}
	return all
}

// hallmarkVerb is the command of hallmark's, or the one that its Actions' steps
// run in its place.
func hallmarkVerb(words []string) string {
	if words[1] == "action" && len(words) > 2 {
		return words[2]
	}
	return words[1]
}

// isHallmarkAction tells hallmark's own action of that name.
func isHallmarkAction(u Uses, name string) bool { return u.Is(hallmark + "/actions/" + name) }

func isHallmarkWorkflow(u Uses) bool { return u.Is(hallmark + "/.github/workflows/hallmark.yml") }
