package workflow

import (
	"errors"
	"path"
	"strings"
)

// Lint holds a file to all rules, as a composite action if it is named action.yml
// and as a workflow else. One that cannot be read is a finding itself. The
// goreleaser configuration is the project's, nil if there is none.
func Lint(name string, data []byte, config *Goreleaser) []Finding {
	parse := Parse
	if base := strings.TrimSuffix(path.Base(name), path.Ext(name)); base == "action" {
		parse = ParseAction
	}
	w, err := parse(name, data)
	if err == nil {
		w.Goreleaser = config
		return w.Check()
	}
	in := &inspection{Workflow: &Workflow{Path: name}, rule: &notUnderstood}
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		in.find(syntax.Pos, actionlintFix, "%s", syntax.Message)
	}
	return in.findings
}
