package workflow

import (
	"slices"
	"strings"
)

// OnlySigned are the publications that are signed, and of which no provenance is
// made: nothing tells how they were built.
func (w *Workflow) OnlySigned() []*Publication {
	signings := w.Signs()
	var only []*Publication
	for _, p := range w.Publishes() {
		concerns := func(g *Signing) bool { return g.concerns(p) }
		proven := func(g *Signing) bool { return g.Provenance && g.concerns(p) }
		switch {
		case p.Signs && (p.Kind == NPM || strings.HasPrefix(p.Tool, "hallmark") || p.Tool == "slsa-github-generator"):
			continue // whose signature is of provenance
		case slices.ContainsFunc(signings, proven), !p.Signs && !slices.ContainsFunc(signings, concerns):
			continue
		case w.Unsigned(p) == "":
			only = append(only, p)
		}
	}
	return only
}

// prove reads the change again.
func (a *adoption) prove() error {
	after, err := Parse(a.Path, a.change.Data)
	if err != nil {
		return a.notUnderstood(a.open[0].Pos, "it would be no workflow any more")
	}
	if len(after.Problems) > 0 {
		return a.notUnderstood(a.open[0].Pos, "changed, it would not be right: %s", after.Problems[0].Message)
	}
	after.local, after.Goreleaser = a.local, a.Goreleaser
	if a.change.Draft {
		config := Goreleaser{}
		if a.Goreleaser != nil {
			config = *a.Goreleaser
		}
		config.Draft = true
		after.Goreleaser = &config
	}
	for _, p := range after.Publishes() {
		if why := after.Unsigned(p); why != "" {
			return a.notUnderstood(a.open[0].Pos, "%s would still publish unsigned: %s", p.Tool, why)
		}
	}
	before := make(map[string]int)
	for _, f := range a.Check() {
		before[f.Rule.ID]++
	}
	for _, f := range after.Check() {
		if before[f.Rule.ID]--; before[f.Rule.ID] < 0 && f.Rule.Severity == Error {
			return a.notUnderstood(a.open[0].Pos, "changed, it would break the rule %s: %s", f.Rule.ID, f.Message)
		}
	}
	return nil
}
