package workflow

import (
	"slices"
	"strings"
)

// gap is what lies between a signature and a publication that it should precede.
type gap int

// The gaps, the widest first.
const (
	nothingSigns gap = iota
	wrongOrder       // the publication does not wait for the signature
	mayBeSkipped     // by a condition of the one, or by the other going on without
	mayFail          // and nobody would notice
	closed
)

// Unsigned says why p may be reached in a run that made no signature before; ""
// where that cannot be. A draft is seen by nobody, a release without files has
// nothing to sign, and an image is signed where it was pushed to.
func (w *Workflow) Unsigned(p *Publication) string {
	_, why := w.gap(p, w.Signs())
	return why
}

// gap is the narrowest that any of the signatures leaves.
func (w *Workflow) gap(p *Publication, signings []*Signing) (gap, string) {
	if p.Draft || p.Signs || p.empty() || never(p.Job.If) || p.Step != nil && never(p.Step.If) {
		return closed, ""
	}
	if p.command != nil && p.command.reached != unsigned {
		return closed, ""
	}
	widest, reason := nothingSigns, "nothing in this workflow signs it"
	for _, g := range signings {
		if !g.concerns(p) {
			continue
		}
		between, why := w.between(g, p)
		if between == closed {
			return closed, ""
		}
		if between > widest || between == widest && g.Job == p.Job {
			widest, reason = between, why
		}
	}
	return widest, reason
}

// concerns tells whether g may sign the sort of thing that p publishes.
func (g *Signing) concerns(p *Publication) bool { return g.Image == (p.Kind == Container) }

// Dominates tells whether each run that reaches p has made the signature g
// before, and else why not. Of an image it asks whether it is signed at all.
func (w *Workflow) Dominates(g *Signing, p *Publication) (bool, string) {
	between, why := w.between(g, p)
	return between == closed, why
}

func (w *Workflow) between(g *Signing, p *Publication) (gap, string) {
	switch {
	case p.Kind == Container:
		return w.signedThere(g, p)
	case g.Job == p.Job && g.Step != nil && p.Step != nil:
		return w.inJob(g, p)
	}
	if ok, why := w.requires(p.Job, g.Job); !ok {
		if needs(p.Job, g.Job) {
			return mayBeSkipped, why
		}
		return wrongOrder, why
	}
	if g.Job.ContinueOnError.Possible() {
		return mayFail, "continue-on-error hides that job " + g.Job.ID + " failed"
	}
	return w.certain(g, steady(append(conditions(g.Job.If), conditions(p.Job.If)...)))
}

func (w *Workflow) inJob(g *Signing, p *Publication) (gap, string) {
	switch signs, publishes := g.Step.index, p.Step.index; {
	case signs > publishes:
		return wrongOrder, g.Tool + " comes after it"
	case signs == publishes:
		if p.command == nil || g.command == nil || !p.Step.script.before(g.command, p.command) {
			return wrongOrder, g.Tool + " does not come before it in every case"
		}
		return closed, ""
	case outlivesFailure(p.Step.If):
		return mayBeSkipped, "its if: lets it run although " + g.Tool + " failed"
	}
	return w.certain(g, append(conditions(p.Job.If), conditions(p.Step.If)...))
}

// certain says why the job of g may go on without the signature, where given are
// the conditions of what is to come.
func (w *Workflow) certain(g *Signing, given []string) (gap, string) {
	if never(g.Job.If) {
		return mayBeSkipped, "if: keeps job " + g.Job.ID + " from ever running"
	}
	if g.doubt != "" {
		return mayBeSkipped, g.doubt
	}
	if g.tolerated() != "" {
		return mayFail, g.tolerated()
	}
	if g.Step == nil {
		return closed, ""
	}
	switch missing := w.holds(conditions(g.Step.If), given); {
	case never(g.Step.If):
		return mayBeSkipped, "if: keeps " + g.Tool + " from ever running"
	case missing != "":
		return mayBeSkipped, g.Tool + " runs only if " + missing
	case g.command != nil && !g.command.needed:
		return mayBeSkipped, "the script of " + g.Tool + " can end well without it"
	}
	return closed, ""
}

// tolerated says what hides from the job that the signature failed; "" if nothing
// does.
func (g *Signing) tolerated() string {
	switch {
	case g.Step == nil && g.Job.Input("continue-on-error") == "true":
		return "continue-on-error hides that " + g.Tool + " failed"
	case g.Step == nil:
		return ""
	case g.Step.ContinueOnError.Possible():
		return "continue-on-error hides that " + g.Tool + " failed"
	case g.command != nil && g.command.tolerated:
		return "the script goes on where " + g.Tool + " fails"
	}
	return ""
}

// requires tells whether job runs only where needed has run and ended well.
func (w *Workflow) requires(job, needed *Job) (bool, string) {
	if job == needed {
		return false, "nothing orders the two"
	}
	reason := "job " + job.ID + " does not need job " + needed.ID
	if slices.Contains(conditions(job.If), normal("needs."+needed.ID+".result == 'success'")) && needs(job, needed) {
		return true, ""
	}
	if outlivesFailure(job.If) {
		if needs(job, needed) {
			reason = "the if: of job " + job.ID + " lets it run although job " + needed.ID + " failed"
		}
		return false, reason
	}
	return job.waits[needed], reason
}

// waits are the jobs which all have to end well before job is reached, as far as
// only needs: decides. One that outlives a failure, or hides its own, waits for
// nobody.
func waits(job *Job, needed map[*Job][]*Job) map[*Job]bool {
	all := make(map[*Job]bool)
	for queue := []*Job{job}; len(queue) > 0; queue = queue[1:] {
		for _, next := range needed[queue[0]] {
			if all[next] {
				continue
			}
			all[next] = true
			if !outlivesFailure(next.If) && !next.ContinueOnError.Possible() {
				queue = append(queue, next)
			}
		}
	}
	return all
}

func needs(job, needed *Job) bool {
	return slices.ContainsFunc(job.Needs, func(id string) bool { return strings.EqualFold(id, needed.ID) })
}

// signedThere tells whether an image that p pushes is signed by g, before or once
// it is there.
func (w *Workflow) signedThere(g *Signing, p *Publication) (gap, string) {
	given := conditions(p.Job.If)
	if p.Step != nil {
		given = append(given, conditions(p.Step.If)...)
	}
	if g.Job != p.Job {
		given = steady(append(given, conditions(g.Job.If)...))
		after, _ := w.requires(g.Job, p.Job)
		if before, why := w.requires(p.Job, g.Job); !after && !before {
			return wrongOrder, why
		}
	}
	return w.certain(g, given)
}
