package workflow

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// need notes that a job has to be able to write something.
func (a *adoption) need(j *Job, scopes ...string) {
	for _, scope := range scopes {
		if !slices.Contains(a.needed[j], scope) {
			a.needed[j] = append(a.needed[j], scope)
		}
	}
}

// permit gives a job what it lacks: to its own permissions what is missing, and
// to a job that has none of its own those of the workflow, which they replace.
func (a *adoption) permit(j *Job) error {
	var missing []string
	for _, scope := range a.needed[j] {
		if p := a.PermissionsOf(j); p == nil || !p.Allows(scope, "write") {
			missing = append(missing, scope)
		}
	}
	slices.Sort(missing)
	switch {
	case len(missing) == 0:
		return nil
	case j.Permissions == nil:
		return a.ownPermissions(j, missing)
	}
	key, value := entry(a.node(j, -1), "permissions")
	at := Pos{key.Line, key.Column}
	switch {
	case value.Kind == yaml.MappingNode && inBlockStyle(value) && len(value.Content) > 0:
		for _, scope := range missing {
			if err := a.permitScope(value, scope); err != nil {
				return err
			}
		}
		return nil
	case value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle != 0 && value.Line == key.Line:
		scopes := maps.Clone(j.Permissions.Scopes)
		for _, scope := range missing {
			scopes[scope] = "write"
		}
		line := a.Line(value.Line)
		end := strings.IndexByte(line[value.Column-1:], '}')
		if end < 0 {
			return a.notUnderstood(at, "the permissions are written over several lines")
		}
		a.splice(value.Line, key.Column-1+len("permissions:"), value.Column-1+end+1-(key.Column-1+len("permissions:")), "")
		a.insert(key.Line+1, indented(key.Column+1, scopeLines(scopes)...)...)
		return nil
	}
	return a.notUnderstood(at, "the permissions of job %s are %s: list what it needs", j.ID, value.Value)
}

// permitScope adds a scope to a list in block style, or raises it there.
func (a *adoption) permitScope(list *yaml.Node, scope string) error {
	key, value := entry(list, scope)
	if key == nil {
		last := list.Content[len(list.Content)-1]
		a.insert(last.Line+1, indented(list.Content[0].Column-1, scope+": write")...)
		return nil
	}
	a.splice(value.Line, value.Column-1, len(value.Value), "write")
	return nil
}

// ownPermissions gives permissions to a job that had those of the workflow, or of
// the repository's setting.
func (a *adoption) ownPermissions(j *Job, missing []string) error {
	scopes := make(map[string]string)
	switch p := a.Permissions; {
	case p == nil:
		scopes["contents"] = "read"
		for _, publication := range j.Publishes() {
			if publication.Kind == Container && a.mentions("ghcr.io") {
				scopes["packages"] = "write"
			}
		}
		a.advise(j.Pos, "job %s has the permissions that are listed now and no others: add what else its steps need", j.ID)
	case p.All != "":
		scopes["contents"] = "read"
		a.advise(j.Pos, "job %s had %s and has now what is listed: add what else its steps need", j.ID, p.All)
	default:
		maps.Copy(scopes, p.Scopes)
	}
	for _, scope := range missing {
		scopes[scope] = "write"
	}
	maps.DeleteFunc(scopes, func(_, access string) bool { return access == "none" })
	before, _ := entry(a.node(j, -1), "steps")
	if before == nil || !inBlockStyle(a.node(j, -1)) {
		return a.notUnderstood(j.Pos, "job %s is not written in block style", j.ID)
	}
	a.insert(before.Line, indented(before.Column-1, append([]string{"permissions:"}, indented(2, scopeLines(scopes)...)...)...)...)
	return nil
}

// scopeLines lists scopes, in the order of their names.
func scopeLines(scopes map[string]string) []string {
	var lines []string
	for _, scope := range slices.Sorted(maps.Keys(scopes)) {
		lines = append(lines, scope+": "+scopes[scope])
	}
	return lines
}

// mentions tells whether the file has a text in it.
func (a *adoption) mentions(text string) bool {
	return slices.ContainsFunc(a.lines, func(line string) bool { return strings.Contains(line, text) })
}
