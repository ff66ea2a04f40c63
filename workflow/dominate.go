package workflow

import (
	"slices"
	"strings"
)

// Unsigned says why p may be reached in a run that made no signature before; ""
// where that cannot be. A draft is seen by nobody, a release without files has
// nothing to sign, and an image is signed where it was pushed to.
func (w *Workflow) Unsigned(p *Publication) string {
	empty := p.Kind == GitHubRelease && len(p.Files) == 0 && !p.Unveils
	if p.Draft || p.Signs || empty || never(p.Job.If) || p.Step != nil && never(p.Step.If) {
		return ""
	}
	if p.command != nil && p.Step.stateAt(p.command) != unsigned {
		return ""
	}
	all := w.Signs()
	if len(all) == 0 {
		return "nothing in this workflow signs"
	}
	reason := ""
	for _, g := range all {
		ok, why := w.Dominates(g, p)
		if p.Kind == Container {
			ok, why = w.follows(g, p)
		}
		if ok {
			return ""
		}
		if reason == "" || p.Step != nil && g.Job == p.Job {
			reason = why
		}
	}
	return reason
}

// Dominates tells whether each run that reaches p has made the signature g
// before, and else why not.
func (w *Workflow) Dominates(g *Signing, p *Publication) (bool, string) {
	if g.Job == p.Job && g.Step != nil && p.Step != nil {
		return w.dominatesInJob(g, p)
	}
	if why := w.unsure(g, steady(append(conditions(g.Job.If), conditions(p.Job.If)...))); why != "" {
		return false, why
	}
	if g.Job.ContinueOnError.Possible() || g.Job.Input("continue-on-error") == "true" {
		return false, "continue-on-error hides that job " + g.Job.ID + " failed"
	}
	return w.requires(p.Job, g.Job)
}

func (w *Workflow) dominatesInJob(g *Signing, p *Publication) (bool, string) {
	steps := p.Job.Steps
	signs, publishes := slices.Index(steps, g.Step), slices.Index(steps, p.Step)
	if signs > publishes {
		return false, g.Tool + " comes after it"
	}
	if signs == publishes {
		if p.command == nil || g.command == nil || p.Step.stateAfter(g.command, p.command) == unsigned {
			return false, g.Tool + " does not come before it in every case"
		}
		return true, ""
	}
	if why := w.unsure(g, append(conditions(p.Job.If), conditions(p.Step.If)...)); why != "" {
		return false, why
	}
	if outlivesFailure(p.Step.If) {
		return false, "its if: lets it run although " + g.Tool + " failed"
	}
	return true, ""
}

// unsure says why the job of g may go on without the signature, where given are
// the conditions of what is to come.
func (w *Workflow) unsure(g *Signing, given []string) string {
	if never(g.Job.If) {
		return "if: keeps job " + g.Job.ID + " from ever running"
	}
	if g.Step == nil {
		return ""
	}
	switch missing := w.holds(conditions(g.Step.If), given); {
	case never(g.Step.If):
		return "if: keeps " + g.Tool + " from ever running"
	case g.Step.ContinueOnError.Possible():
		return "continue-on-error hides that " + g.Tool + " failed"
	case missing != "":
		return g.Tool + " runs only if " + missing
	case g.command != nil && g.Step.ends(g.command) == unsigned:
		return "the script of " + g.Tool + " can end well without it"
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
	seen := map[*Job]bool{job: true}
	for queue := []*Job{job}; len(queue) > 0; queue = queue[1:] {
		for _, id := range queue[0].Needs {
			next := w.Job(id)
			switch {
			case next == needed:
				return true, ""
			case next == nil || seen[next]:
				continue
			case outlivesFailure(next.If) || next.ContinueOnError.Possible():
				continue // what it waited for may have failed
			}
			seen[next] = true
			queue = append(queue, next)
		}
	}
	return false, reason
}

func needs(job, needed *Job) bool {
	return slices.ContainsFunc(job.Needs, func(id string) bool { return strings.EqualFold(id, needed.ID) })
}

// follows tells whether an image that p pushes is signed by g once it is there.
func (w *Workflow) follows(g *Signing, p *Publication) (bool, string) {
	if why := w.unsure(g, append(conditions(p.Job.If), stepConditions(p)...)); why != "" {
		return false, why
	}
	if g.Job == p.Job {
		return true, ""
	}
	if ok, _ := w.requires(g.Job, p.Job); ok {
		return true, ""
	}
	return w.requires(p.Job, g.Job)
}

func stepConditions(p *Publication) []string {
	if p.Step == nil {
		return nil
	}
	return conditions(p.Step.If)
}

// stateAt is the state in which the step's script first reaches the command,
// whatever of it signs.
func (s *Step) stateAt(c *Command) state { return s.reached(nil, c) }

// stateAfter is the same with a single command that signs.
func (s *Step) stateAfter(sign, c *Command) state { return s.reached(sign, c) }

func (s *Step) reached(sign, c *Command) state {
	at := unreachable
	found := false
	s.script.follow(unsigned, signsBy(sign), func(reached *Command, st state) {
		if reached == c {
			at, found = min(at, st), true
		}
	})
	if !found { // inside of what is not followed
		return unsigned
	}
	return at
}

// ends is the state in which the step succeeds.
func (s *Step) ends(sign *Command) state {
	return s.script.follow(unsigned, signsBy(sign), func(*Command, state) {})
}

func signsBy(only *Command) func(*Command) bool {
	return func(c *Command) bool {
		if only != nil {
			return c == only
		}
		return commandSigns(c) != nil
	}
}
