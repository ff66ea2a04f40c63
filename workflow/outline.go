package workflow

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// dash is what stands before the first key of a step in block style.
var dash = regexp.MustCompile(`^ *- +$`)

// step finds the lines of a step, whose dash may stand on a line of its own.
func (a *adoption) step(s *Step) (block, error) {
	line := a.Line(s.Pos.Line)
	if s.Pos.Column < 1 || s.Pos.Column > len(line) {
		return block{}, a.notUnderstood(s.Pos, "the step is not written in block style")
	}
	first, before := s.Pos.Line, line[:s.Pos.Column-1]
	if above := a.Line(first - 1); strings.TrimSpace(before) == "" && strings.TrimSpace(above) == "-" {
		first, before = first-1, above+" "
	}
	if !dash.MatchString(before) {
		return block{}, a.notUnderstood(s.Pos, "the step is not written in block style")
	}
	return a.block(first, strings.Index(before, "-"), false), nil
}

// keys is how far in the keys of a step stand.
func keys(s *Step) int { return s.Pos.Column - 1 }

// node is the mapping of a job, or of the step with that number in it.
func (a *adoption) node(j *Job, step int) *yaml.Node {
	job := mapping(mapping(a.root)["jobs"])[j.ID]
	if step < 0 {
		return job
	}
	steps := mapping(job)["steps"]
	if steps == nil || step >= len(steps.Content) {
		return nil
	}
	return resolve(steps.Content[step])
}

// entry is a mapping's key and its value, nil if it is not there.
func entry(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if strings.EqualFold(n.Content[i].Value, name) {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func inBlockStyle(n *yaml.Node) bool {
	return n != nil && n.Kind != yaml.AliasNode && n.Style&yaml.FlowStyle == 0
}

// setInput gives an action's input a value.
func (a *adoption) setInput(s *Step, name, value string) error {
	node := a.node(s.job, s.index)
	with, inputs := entry(node, "with")
	if with == nil {
		uses, _ := entry(node, "uses")
		if uses == nil {
			return a.notUnderstood(s.Pos, "the step uses no action")
		}
		a.insert(uses.Line+1, indented(keys(s), "with:", "  "+name+": "+value)...)
		return nil
	}
	if !inBlockStyle(inputs) || inputs.Kind != yaml.MappingNode || len(inputs.Content) == 0 {
		return a.notUnderstood(Pos{with.Line, with.Column}, "the inputs are not written in block style")
	}
	key, old := entry(inputs, name)
	if key == nil {
		first := inputs.Content[0]
		a.insert(first.Line, indented(first.Column-1, name+": "+value)...)
		return nil
	}
	if old.Kind != yaml.ScalarNode || old.Line != key.Line || strings.Contains(old.Value, "${{") {
		return a.notUnderstood(Pos{key.Line, key.Column}, "%s is decided by %s", name, old.Value)
	}
	line := a.line(old.Line)
	length := len(old.Value)
	if old.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		length += 2
	}
	if old.Column-1+length > len(line) {
		return a.notUnderstood(Pos{key.Line, key.Column}, "%s is written in a way that is not known", name)
	}
	a.splice(old.Line, old.Column-1, length, value)
	return nil
}

// condition is the line of a step's if:, "" if it has none.
func (a *adoption) condition(s *Step) (string, error) {
	if !s.If.Given() {
		return "", nil
	}
	key, value := entry(a.node(s.job, s.index), "if")
	if key == nil || value.Line != key.Line || strings.HasPrefix(a.Line(key.Line)[value.Column-1:], "|") || strings.HasPrefix(a.Line(key.Line)[value.Column-1:], ">") {
		return "", a.notUnderstood(s.If.Pos, "the if: stands on several lines")
	}
	return "if: " + strings.TrimSpace(a.Line(key.Line)[value.Column-1:]), nil
}

// dropStep removes a step that nothing else refers to.
func (a *adoption) dropStep(s *Step) error {
	b, err := a.step(s)
	if err != nil {
		return err
	}
	if at, ok := a.refersTo("steps."+s.ID, b); s.ID != "" && ok {
		return a.notUnderstood(at, "what step %s has put out is used here", s.ID)
	}
	a.removeSpaced(b)
	return nil
}

// addStep puts a step in front of a line, apart from its neighbours as they are
// from each other.
func (a *adoption) addStep(at int, like *Step, lines ...string) error {
	b, err := a.step(like)
	if err != nil {
		return err
	}
	apart := like.index > 0 && a.spaced(b)
	text := []string{"- " + lines[0]}
	text = indented(b.indent, append(text, indented(2, lines[1:]...)...)...)
	if apart && at > b.first {
		text = append([]string{""}, text...)
	} else if apart {
		text = append(text, "")
	}
	a.insert(at, text...)
	return nil
}

// after is the line behind a step.
func (a *adoption) after(s *Step) (int, error) {
	b, err := a.step(s)
	return b.last + 1, err
}

// lastJob is the line behind the last job, and how far in the jobs stand.
func (a *adoption) lastJob() (line, indent int, err error) {
	last := a.Jobs[len(a.Jobs)-1]
	indent = last.Pos.Column - 1
	if !inBlockStyle(mapping(a.root)["jobs"]) || indent < 1 || strings.TrimSpace(a.Line(last.Pos.Line)[:indent]) != "" {
		return 0, 0, a.notUnderstood(last.Pos, "the jobs are not written in block style")
	}
	return a.block(last.Pos.Line, indent, false).last + 1, indent, nil
}

// jobBlock finds the lines of a job.
func (a *adoption) jobBlock(j *Job) (block, error) {
	indent := j.Pos.Column - 1
	if indent < 1 || strings.TrimSpace(a.Line(j.Pos.Line)[:indent]) != "" {
		return block{}, a.notUnderstood(j.Pos, "job %s is not written in block style", j.ID)
	}
	return a.block(j.Pos.Line, indent, false), nil
}

// plain are values that YAML takes for what they are.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./$][A-Za-z0-9_./*?${}() @-]*$`)

// input writes an input of one value or of several, one a line.
func input(name string, values []string) []string {
	values = slices.Compact(slices.Clone(values))
	if len(values) == 1 && plain.MatchString(values[0]) {
		return []string{"  " + name + ": " + values[0]}
	}
	lines := []string{"  " + name + ": |"}
	return append(lines, indented(4, values...)...)
}
