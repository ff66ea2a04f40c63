package workflow

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// shellVariable is an expansion in a word of a script.
var shellVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// runnerVariables are what a script finds in its environment and an input has to
// ask for.
var runnerVariables = map[string]string{
	"GITHUB_REF_NAME": "${{ github.ref_name }}", "GITHUB_SHA": "${{ github.sha }}", "GITHUB_WORKSPACE": "${{ github.workspace }}",
	"GITHUB_RUN_NUMBER": "${{ github.run_number }}", "RUNNER_OS": "${{ runner.os }}", "RUNNER_ARCH": "${{ runner.arch }}",
	"RUNNER_TEMP": "${{ runner.temp }}",
}

// files are what publications of one job publish, as an input of an action can
// name it.
func (a *adoption) files(all []*Publication) ([]string, error) {
	var files []string
	known := make(map[string]bool)
	for _, p := range all {
		named := p.Files
		if p.Tool == "goreleaser" {
			if named = a.Goreleaser.files(); a.Goreleaser == nil {
				a.advise(p.Pos, "goreleaser's configuration is not known here: see that all it packs is among the artifacts")
			} else if a.Goreleaser.bare {
				return nil, a.notUnderstood(p.Pos, "goreleaser releases binaries unpacked, under names that no file has before: pack them, or attest its checksum file by hand")
			}
		}
		folder, err := a.folder(p)
		if err != nil {
			return nil, err
		}
		for _, file := range named {
			expanded, err := a.expand(p, file)
			if err != nil {
				return nil, err
			}
			for _, one := range expanded {
				if material(one) || a.ofReplaced(one) {
					continue // hallmark makes its own
				}
				if folder != "" && !strings.HasPrefix(one, "${{ runner.temp }}") {
					one = path.Join(folder, one)
				}
				if one = strings.TrimPrefix(one, "./"); !known[one] {
					known[one] = true
					files = append(files, one)
				}
			}
		}
	}
	if len(files) == 0 {
		return nil, a.notUnderstood(all[0].Pos, "%s does not say which files it publishes", all[0].Tool)
	}
	return files, nil
}

// expand says a word of a script as an action's input would, an alternative for
// each of its braces.
func (a *adoption) expand(p *Publication, file string) ([]string, error) {
	if strings.HasPrefix(file, "!") || strings.HasPrefix(file, "~") || strings.HasPrefix(file, "-") {
		return nil, a.notUnderstood(p.Pos, "%s publishes %s, which no list of artifacts can say", p.Tool, file)
	}
	if p.command == nil {
		return braces(file), nil
	}
	if p.Job.windows() {
		file = strings.ReplaceAll(file, `\`, "/")
	}
	masked := expression.ReplaceAllStringFunc(file, func(e string) string { return strings.Repeat("_", len(e)) })
	var b strings.Builder
	from := 0
	for _, m := range shellVariable.FindAllStringSubmatchIndex(masked, -1) {
		name := file[max(m[2], m[4]):max(m[3], m[5])]
		value, ok := a.variable(p.Step, name)
		if !ok {
			return nil, a.notUnderstood(p.Pos, "%s publishes %s, and only the script knows $%s", p.Tool, file, name)
		}
		b.WriteString(file[from:m[0]] + value)
		from = m[1]
	}
	b.WriteString(file[from:])
	if strings.ContainsAny(masked[from:], "$`") {
		return nil, a.notUnderstood(p.Pos, "%s publishes %s, which only the script knows", p.Tool, file)
	}
	return braces(b.String()), nil
}

// variable is what a variable of a script is, where the workflow says it.
func (a *adoption) variable(s *Step, name string) (string, bool) {
	if value, ok := s.Env[name]; ok {
		return value.Value, true
	}
	if value, ok := runnerVariables[name]; ok {
		return value, true
	}
	_, job := s.job.Env[name]
	_, file := a.Env[name]
	return "${{ env." + name + " }}", job || file
}

// braces writes out the first {a,b} of a pattern, and then the others.
func braces(file string) []string {
	masked := expression.ReplaceAllStringFunc(file, func(e string) string { return strings.Repeat("_", len(e)) })
	open := strings.IndexByte(masked, '{')
	end := strings.IndexByte(masked, '}')
	if open < 0 || end < open || !strings.Contains(masked[open:end], ",") {
		return []string{file}
	}
	var all []string
	for alternative := range strings.SplitSeq(file[open+1:end], ",") {
		all = append(all, braces(file[:open]+alternative+file[end+1:])...)
	}
	return all
}

// folder is where a step's names begin, "" for the workspace.
func (a *adoption) folder(p *Publication) (string, error) {
	if p.command == nil {
		return "", nil
	}
	folder := ""
	for _, at := range []Text{
		member(mapping(mapping(a.root)["defaults"])["run"], "working-directory"),
		member(mapping(mapping(a.node(p.Job, -1))["defaults"])["run"], "working-directory"),
		member(a.node(p.Job, p.Step.index), "working-directory"),
	} {
		if at.Given() {
			folder = at.Value
		}
	}
	for _, c := range p.Step.Commands() {
		if (c.Words[0] == "cd" || c.Words[0] == "pushd") && c.Pos.Before(p.Pos) {
			if len(c.Words) != 2 || strings.ContainsAny(c.Words[1], "$`-~") || strings.HasPrefix(c.Words[1], "..") {
				return "", a.notUnderstood(c.Pos, "which folder the script is in then is not to be seen")
			}
			folder = path.Join(folder, c.Words[1])
		}
		if c.Words[0] == "popd" {
			return "", a.notUnderstood(c.Pos, "which folder the script is in then is not to be seen")
		}
	}
	if folder == "." {
		folder = ""
	}
	return folder, nil
}

// ofReplaced tells a name that a signer puts out whose place hallmark takes.
func (a *adoption) ofReplaced(file string) bool {
	return slices.ContainsFunc(a.old, func(g *Signing) bool {
		return g.Step == nil && strings.Contains(strings.ToLower(file), "needs."+strings.ToLower(g.Job.ID)+".")
	})
}

// windows tells whether the job runs on Windows, where names may have backslashes.
func (j *Job) windows() bool {
	return slices.ContainsFunc(j.RunsOn, func(label Text) bool { return strings.HasPrefix(strings.ToLower(label.Value), "windows") })
}
