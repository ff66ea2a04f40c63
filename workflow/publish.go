package workflow

import (
	"slices"
	"strings"
)

// Kind is where something is published.
type Kind string

const (
	GitHubRelease Kind = "GitHub release"
	Container     Kind = "container registry"
	NPM           Kind = "npm"
	PyPI          Kind = "PyPI"
	Crates        Kind = "crates.io"
	Maven         Kind = "Maven repository"
	RubyGems      Kind = "RubyGems"
	NuGet         Kind = "NuGet"
)

// Publication is one act of a step, or of a called workflow, that puts something
// where users get it.
type Publication struct {
	Kind Kind
	Tool string // the action or the command, such as "gh release upload"
	Pos  Pos
	Job  *Job
	Step *Step // nil for a called workflow

	Files   []string // paths and patterns as written; nil if none are named
	Draft   bool     // what it adds stays in a draft, which users do not see
	Unveils bool     // it publishes a draft, with what others put there
	Signs   bool     // its tool signs what it publishes, or publishes only what is signed

	command    *Command
	adds       bool // to a release that something else has made
	otherToken bool // it does not use the job's own
}

// Publishes are the publications of the step, in the order of its script.
func (s *Step) Publishes() []*Publication { return s.publishes(look{}) }

func (s *Step) publishes(seen look) []*Publication {
	var all []*Publication
	if p := actionPublishes(s); p != nil {
		all = append(all, p)
	}
	for _, p := range seen.inside(s.workflow, s.Uses).publications {
		one := *p
		all = append(all, &one)
	}
	for _, p := range all {
		p.Pos = s.Uses.Text.Pos
	}
	for _, c := range s.Commands() {
		if p := commandPublishes(s, c); p != nil {
			p.Pos, p.command = c.Pos, c
			all = append(all, p)
		}
	}
	for _, p := range all {
		p.Job, p.Step = s.job, s
	}
	return all
}

// Publishes are the publications of the job and, where it calls one that is
// known, of a reusable workflow.
func (j *Job) Publishes() []*Publication { return j.publishes(look{}) }

func (j *Job) publishes(seen look) []*Publication {
	var all []*Publication
	if p := callPublishes(j); p != nil {
		all = append(all, p)
	}
	for _, p := range seen.inside(j.workflow, j.Uses).publications {
		one := *p
		all = append(all, &one)
	}
	for _, p := range all {
		p.Job, p.Pos = j, j.Uses.Text.Pos
	}
	for _, s := range j.Steps {
		all = append(all, s.publishes(seen)...)
	}
	return all
}

// Publishes are the publications of all jobs. What is uploaded to a release that
// the same workflow makes as a draft is a draft too.
func (w *Workflow) Publishes() []*Publication { return w.publishes(look{}) }

func (w *Workflow) publishes(seen look) []*Publication {
	var all []*Publication
	for _, j := range w.Jobs {
		all = append(all, j.publishes(seen)...)
	}
	if madeAsDraft(all) {
		for _, p := range all {
			if p.uploads() {
				p.Draft = true
			}
		}
	}
	return all
}

func madeAsDraft(all []*Publication) bool {
	makesDraft := slices.ContainsFunc(all, func(p *Publication) bool {
		return p.Kind == GitHubRelease && p.Draft && !p.uploads()
	})
	makesPublic := slices.ContainsFunc(all, func(p *Publication) bool {
		return p.Kind == GitHubRelease && !p.Draft && !p.Unveils && !p.uploads()
	})
	return makesDraft && !makesPublic
}

// uploads tells whether p adds to a release that something else has made.
func (p *Publication) uploads() bool {
	return p.Kind == GitHubRelease && (p.adds || strings.Contains(p.Tool, "upload") || p.Tool == "curl")
}

// empty tells whether p makes a release without files.
func (p *Publication) empty() bool {
	return p.Kind == GitHubRelease && len(p.Files) == 0 && !p.Unveils
}

func callPublishes(j *Job) *Publication {
	switch {
	case isHallmarkWorkflow(j.Uses):
		if j.Input("publish") == "none" {
			return nil
		}
		return &Publication{Kind: GitHubRelease, Tool: "hallmark.yml", Signs: true,
			Draft: j.Input("publish") == "draft", Unveils: j.Input("publish") != "draft"}
	case j.Uses.In(generator) && j.Input("upload-assets") == "true":
		return &Publication{Kind: GitHubRelease, Tool: "slsa-github-generator", Signs: true, Draft: j.Input("draft-release") == "true"}
	case j.Uses.In(generator) && strings.Contains(j.Uses.Path, "builder_nodejs"):
		return &Publication{Kind: NPM, Tool: "slsa-github-generator", Signs: true}
	}
	return nil
}
