package workflow

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity is how much a finding matters.
type Severity int

// The severities, the least first.
const (
	Note    Severity = iota // the best that can be had in this shape; another shape has more
	Warning                 // a weakness that somebody else's mistake turns into an attack
	Error                   // the release fails, or leaves unsigned, or can be forged
)

func (s Severity) String() string { return [...]string{"note", "warning", "error"}[s] }

// Rule is something that a workflow should keep. docs/rules.md has a section for
// each, under its ID.
type Rule struct {
	ID       string
	Name     string // in a few words, what is wrong
	Severity Severity
	Help     string // in a sentence, why it is

	check func(*inspection)
}

// Finding is a place at which a rule is not kept.
type Finding struct {
	Rule    *Rule
	Path    string
	Line    int // from 1
	Column  int // from 1
	Message string
	Fix     string // what to write instead
}

// rules are all there are, in the order of their IDs.
var rules = []*Rule{
	&branchPinned, &cacheInSigningJob, &cosignFlagsRemoved, &defaultPermissions, &foreignTrigger, &generatorByCommit,
	&installInSigningJob, &missingPermission, &notUnderstood, &outsideSignedSet, &selfHostedSigner, &signAfterPublish,
	&skippableSigning, &templateInRelease, &tokenForAll, &toleratedSigning, &unpinnedAction, &unsignedPublication,
	&untrustedExpression,
}

// Rules are all rules, in the order of their IDs.
func Rules() []*Rule { return slices.Clone(rules) }

// Check holds the workflow to all rules. The findings are in the order of the
// file.
func (w *Workflow) Check() []Finding {
	in := &inspection{Workflow: w, publications: w.Publishes(), signings: w.Signs()}
	for _, r := range rules {
		in.rule = r
		r.check(in)
	}
	slices.SortStableFunc(in.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	return slices.Compact(in.findings)
}

// inspection is one workflow held to the rules, with what all of them ask of it.
type inspection struct {
	*Workflow
	publications []*Publication
	signings     []*Signing

	rule     *Rule
	findings []Finding
}

// find adds a finding of the rule that is being checked.
func (in *inspection) find(at Pos, fix, format string, args ...any) {
	in.findings = append(in.findings, Finding{Rule: in.rule, Path: in.Path, Line: max(at.Line, 1), Column: max(at.Column, 1),
		Message: fmt.Sprintf(format, args...), Fix: fix})
}

// signs tells whether a job makes a signature.
func (in *inspection) signs(j *Job) bool {
	return slices.ContainsFunc(in.signings, func(g *Signing) bool { return g.Job == j })
}

// releases tells whether a job signs or publishes.
func (in *inspection) releases(j *Job) bool {
	return in.signs(j) || slices.ContainsFunc(in.publications, func(p *Publication) bool { return p.Job == j })
}

// uses visits each line that names an action or a reusable workflow.
func (in *inspection) uses(visit func(*Job, Uses)) {
	for _, j := range in.Jobs {
		if j.Uses.Given() {
			visit(j, j.Uses)
		}
		for _, s := range j.Steps {
			if s.Uses.Given() {
				visit(j, s.Uses)
			}
		}
	}
}
