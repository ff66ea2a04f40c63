package workflow

import "regexp"

// draftInputs are the actions that make a release and have an input named draft.
var draftInputs = []string{
	"softprops/action-gh-release", "ncipollo/release-action", "actions/create-release", "shogo82148/actions-create-release",
	"marvinpinto/action-automatic-releases", "taiki-e/create-gh-release-action",
}

var ghCreate = regexp.MustCompile(`^(?:\S*/)?gh(?:\.exe)?["']? +release +(?:create|new)\b`)

// draft changes what makes a release so that it leaves it a draft, for hallmark
// to publish.
func (a *adoption) draft(p *Publication) error {
	switch {
	case p.Draft:
		return nil
	case p.Tool == "goreleaser":
		a.change.Draft = true
		return nil
	case p.Step.Uses.Given():
		for _, name := range draftInputs {
			if p.Step.Uses.Is(name) {
				return a.setInput(p.Step, "draft", "true")
			}
		}
	case p.Tool == "gh release create", p.Tool == "gh release new":
		line := a.line(p.Pos.Line)
		if p.Pos.Column > 0 && p.Pos.Column <= len(line) && p.command.Words[0] == "gh" {
			if m := ghCreate.FindString(line[p.Pos.Column-1:]); m != "" {
				a.splice(p.Pos.Line, p.Pos.Column-1+len(m), 0, " --draft")
				return nil
			}
		}
	}
	return a.notUnderstood(p.Pos, "%s makes the release, and init does not know how to have it make a draft", p.Tool)
}

// makes tells whether p makes a release, which others may then fill.
func (p *Publication) makes() bool { return p.Kind == GitHubRelease && !p.uploads() && !p.Unveils }

// alone tells whether a step does nothing but publish p, so that another may stand
// in its place.
func (a *adoption) alone(p *Publication) bool {
	if p.Step.Uses.Given() {
		return true
	}
	for _, c := range p.Step.Commands() {
		switch c.Words[0] {
		case "cd", "echo", "set", "ls", "export", "sleep", "gh":
		default:
			return false
		}
	}
	return true
}
