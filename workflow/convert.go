package workflow

import (
	"slices"
	"sort"
	"strings"

	"github.com/rhysd/actionlint"
)

// fill takes over what actionlint's parser made of the file.
func (w *Workflow) fill(from *actionlint.Workflow) {
	w.Name = text(from.Name).Value
	w.Permissions = permissions(from.Permissions)
	w.Env = environment(from.Env)
	w.Shell = defaultShell(from.Defaults)
	for _, on := range from.On {
		w.Events = append(w.Events, event(on))
	}
	for _, j := range from.Jobs {
		w.Jobs = append(w.Jobs, w.job(j))
	}
	sort.Slice(w.Jobs, func(i, k int) bool { return w.Jobs[i].Pos.Before(w.Jobs[k].Pos) })
}

func event(from actionlint.Event) Event {
	e := Event{Name: from.EventName()}
	switch on := from.(type) {
	case *actionlint.WebhookEvent:
		e.Pos = place(on.Pos)
		e.Types = values(on.Types)
		branches := !on.Branches.IsEmpty() || !on.BranchesIgnore.IsEmpty()
		tags := !on.Tags.IsEmpty() || !on.TagsIgnore.IsEmpty()
		e.OnlyBranches, e.OnlyTags = branches && !tags, tags && !branches
		if on.Branches != nil {
			e.Branches = values(on.Branches.Values)
		}
		if on.Tags != nil {
			e.Tags = values(on.Tags.Values)
		}
	case *actionlint.ScheduledEvent:
		e.Pos = place(on.Pos)
	case *actionlint.WorkflowDispatchEvent:
		e.Pos = place(on.Pos)
	case *actionlint.RepositoryDispatchEvent:
		e.Pos, e.Types = place(on.Pos), values(on.Types)
	case *actionlint.WorkflowCallEvent:
		e.Pos = place(on.Pos)
	case *actionlint.ImageVersionEvent:
		e.Pos = place(on.Pos)
	}
	return e
}

func (w *Workflow) job(from *actionlint.Job) *Job {
	j := &Job{
		ID:              text(from.ID).Value,
		Name:            text(from.Name).Value,
		Needs:           values(from.Needs),
		If:              text(from.If),
		Permissions:     permissions(from.Permissions),
		Env:             environment(from.Env),
		Shell:           defaultShell(from.Defaults),
		Outputs:         make(map[string]Text),
		Matrix:          from.Strategy != nil && from.Strategy.Matrix != nil,
		ContinueOnError: flag(from.ContinueOnError),
		Pos:             place(from.Pos),
		workflow:        w,
	}
	if from.RunsOn != nil {
		for _, label := range append(slices.Clone(from.RunsOn.Labels), from.RunsOn.LabelsExpr) {
			if label != nil {
				j.RunsOn = append(j.RunsOn, text(label))
			}
		}
		j.Group = text(from.RunsOn.Group).Value
	}
	if from.Environment != nil {
		j.Environment = text(from.Environment.Name).Value
	}
	if from.Container != nil {
		j.Container = text(from.Container.Image).Value
	}
	for name, output := range from.Outputs {
		j.Outputs[name] = text(output.Value)
	}
	if call := from.WorkflowCall; call != nil {
		w.call(j, call)
	}
	for _, s := range from.Steps {
		j.Steps = append(j.Steps, w.step(j, s))
	}
	return j
}

func (w *Workflow) call(j *Job, from *actionlint.WorkflowCall) {
	j.Uses = w.uses(text(from.Uses))
	j.InheritSecrets = from.InheritSecrets
	j.With, j.Secrets = make(map[string]Text), make(map[string]Text)
	for name, input := range from.Inputs {
		j.With[name] = text(input.Value)
	}
	for name, secret := range from.Secrets {
		j.Secrets[name] = text(secret.Value)
	}
}

func (w *Workflow) step(j *Job, from *actionlint.Step) *Step {
	s := &Step{
		ID:              text(from.ID).Value,
		Name:            text(from.Name).Value,
		If:              text(from.If),
		Env:             environment(from.Env),
		ContinueOnError: flag(from.ContinueOnError),
		Pos:             place(from.Pos),
		job:             j,
		workflow:        w,
	}
	switch exec := from.Exec.(type) {
	case *actionlint.ExecAction:
		s.Uses = w.uses(text(exec.Uses))
		s.With = make(map[string]Text)
		for name, input := range exec.Inputs {
			s.With[name] = text(input.Value)
		}
	case *actionlint.ExecRun:
		s.Run, s.Shell = text(exec.Run), text(exec.Shell).Value
	}
	return s
}

// uses reads a line, with the comment that stands behind it.
func (w *Workflow) uses(t Text) Uses {
	u := parseUses(t)
	if _, rest, ok := strings.Cut(w.Line(t.Pos.Line), t.Value); ok {
		rest = strings.TrimLeft(rest, `"'`)
		if _, comment, ok := strings.Cut(rest, " #"); ok && strings.TrimSpace(rest[:strings.Index(rest, " #")]) == "" {
			u.Comment = strings.TrimSpace(comment)
		}
	}
	return u
}

func permissions(from *actionlint.Permissions) *Permissions {
	if from == nil {
		return nil
	}
	p := &Permissions{All: text(from.All).Value, Scopes: make(map[string]string), Pos: place(from.Pos)}
	for name, scope := range from.Scopes {
		p.Scopes[name] = text(scope.Value).Value
	}
	return p
}

func environment(from *actionlint.Env) map[string]Text {
	if from == nil {
		return nil
	}
	env := make(map[string]Text)
	for _, v := range from.Vars {
		env[text(v.Name).Value] = text(v.Value)
	}
	return env
}

func defaultShell(from *actionlint.Defaults) string {
	if from == nil || from.Run == nil {
		return ""
	}
	return text(from.Run.Shell).Value
}

func flag(from *actionlint.Bool) Flag {
	if from == nil {
		return Flag{}
	}
	return Flag{Value: from.Value, Expression: text(from.Expression).Value, Pos: place(from.Pos)}
}

func text(from *actionlint.String) Text {
	if from == nil {
		return Text{}
	}
	return Text{from.Value, place(from.Pos)}
}

func values(from []*actionlint.String) []string {
	var all []string
	for _, s := range from {
		all = append(all, text(s).Value)
	}
	return all
}

func place(from *actionlint.Pos) Pos {
	if from == nil {
		return Pos{}
	}
	return Pos{from.Line, from.Col}
}
