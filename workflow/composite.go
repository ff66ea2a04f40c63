package workflow

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ParseAction reads a composite action (action.yml). Its steps stand in a single
// job without an id. An action of another kind has none: its job is empty.
func ParseAction(path string, data []byte) (*Workflow, error) {
	root, err := readYAML(path, data)
	if err != nil {
		return nil, err
	}
	w := &Workflow{Path: path, Composite: true, source: lines(data)}
	w.Name = member(root, "name").Value
	runs := mapping(root)["runs"]
	if runs == nil || runs.Kind != yaml.MappingNode {
		return nil, &SyntaxError{Path: path, Message: "no runs: it is no action"}
	}
	j := &Job{Pos: Pos{runs.Line, runs.Column}, workflow: w}
	w.Jobs = []*Job{j}
	if !strings.EqualFold(member(runs, "using").Value, "composite") {
		return w, nil
	}
	steps := resolve(mapping(runs)["steps"])
	if steps == nil || steps.Kind != yaml.SequenceNode {
		return nil, &SyntaxError{Path: path, Pos: j.Pos, Message: "a composite action without steps"}
	}
	for _, n := range steps.Content {
		j.Steps = append(j.Steps, w.compositeStep(j, resolve(n)))
	}
	if err := w.learn(); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *Workflow) compositeStep(j *Job, n *yaml.Node) *Step {
	s := &Step{
		ID:       member(n, "id").Value,
		Name:     member(n, "name").Value,
		If:       member(n, "if"),
		Run:      member(n, "run"),
		Shell:    member(n, "shell").Value,
		With:     members(n, "with", strings.ToLower),
		Env:      members(n, "env", strings.Clone),
		Pos:      Pos{n.Line, n.Column},
		job:      j,
		workflow: w,
	}
	if uses := member(n, "uses"); uses.Given() {
		s.Uses = w.uses(uses)
	}
	if tolerant := member(n, "continue-on-error"); tolerant.Given() {
		s.ContinueOnError.Pos = tolerant.Pos
		value, err := strconv.ParseBool(tolerant.Value)
		if s.ContinueOnError.Value = value; err != nil {
			s.ContinueOnError.Expression = tolerant.Value
		}
	}
	if !s.Uses.Given() && !s.Run.Given() {
		w.Problems = append(w.Problems, &SyntaxError{Path: w.Path, Pos: s.Pos, Message: "a step with neither uses nor run"})
	}
	return s
}

func resolve(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// mapping is a mapping's values by name; of a name that stands twice, the first.
func mapping(n *yaml.Node) map[string]*yaml.Node {
	all := make(map[string]*yaml.Node)
	if n = resolve(n); n == nil || n.Kind != yaml.MappingNode {
		return all
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if name := resolve(n.Content[i]).Value; all[name] == nil {
			all[name] = resolve(n.Content[i+1])
		}
	}
	return all
}

func member(n *yaml.Node, name string) Text { return scalar(mapping(n)[name]) }

func members(n *yaml.Node, name string, key func(string) string) map[string]Text {
	all := make(map[string]Text)
	for name, value := range mapping(mapping(n)[name]) {
		all[key(name)] = scalar(value)
	}
	return all
}

func scalar(n *yaml.Node) Text {
	if n == nil || n.Kind != yaml.ScalarNode {
		return Text{}
	}
	return Text{n.Value, Pos{n.Line, n.Column}}
}
