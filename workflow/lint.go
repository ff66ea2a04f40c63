package workflow

import (
	"errors"
	"path"
	"strings"
)

// File is a file of a project, with the path by which findings name it.
type File struct {
	Path string // with forward slashes
	Data []byte
}

// Lint holds a project's files to all rules: composite actions if they are named
// action.yml, workflows else. One that cannot be read is a finding itself. The
// goreleaser configuration is the project's, nil if there is none.
func Lint(files []File, config *Goreleaser) []Finding {
	var all []*Workflow
	unread := make(map[string]error)
	root := ""
	for _, f := range files {
		parse := Parse
		if strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path)) == "action" {
			parse = ParseAction
		}
		w, err := parse(f.Path, f.Data)
		if err != nil {
			unread[f.Path] = err
			continue
		}
		if at := strings.LastIndex("/"+f.Path, "/.github/workflows/"); at >= 0 {
			root = f.Path[:at]
		}
		w.Goreleaser = config
		all = append(all, w)
	}
	Link(root, all)
	var findings []Finding
	for _, f := range files {
		if err := unread[f.Path]; err != nil {
			findings = append(findings, unreadable(f.Path, err)...)
			continue
		}
		findings = append(findings, all[0].Check()...)
		all = all[1:]
	}
	return findings
}

func unreadable(name string, err error) []Finding {
	in := &inspection{Workflow: &Workflow{Path: name}, rule: &notUnderstood}
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		in.find(syntax.Pos, actionlintFix, "%s", syntax.Message)
	}
	return in.findings
}
