package workflow

import (
	"regexp"
	"strings"
)

var untrustedExpression = Rule{
	ID: "untrusted-expression", Name: "a stranger's text becomes part of a script", Severity: Error,
	Help:  "An expression is replaced before the shell sees the script: a title such as `$(curl …|sh)` is run.",
	check: checkUntrustedExpression,
}

// strangers matches what anybody who opens an issue or a pull request writes.
// GitHub lists them under "Understanding the risk of script injections".
var strangers = regexp.MustCompile(`(?i)\bgithub\.(head_ref\b|event\.(` +
	`(issue|pull_request|discussion)\.(title|body)|(comment|review|review_comment)\.body|` +
	`pull_request\.head\.(ref|label|repo\.(default_branch|description|homepage))|` +
	`workflow_run\.(head_branch|display_title|head_commit\.(message|author\.(name|email))|head_repository\.description|pull_requests\S*\.head\.ref)|` +
	`(head_commit|commits\S*)\.(message|author\.(name|email)|committer\.(name|email))|pages\S*\.page_name))`)

func checkUntrustedExpression(in *inspection) {
	in.expressions(func(_ *Job, at Pos, e string) {
		what := strangers.FindString(e)
		if what == "" && in.Composite && callerInput.MatchString(e) {
			what = callerInput.FindString(e) // an action does not know who calls it
		}
		if what != "" {
			in.find(at, quotedFix, "%s stands in a script", what)
		}
	})
}

const quotedFix = `hand it over by env: and write "$NAME" in the script`

var callerInput = regexp.MustCompile(`(?i)\binputs\.[\w-]+`)

// expressions visits what is replaced in scripts, GitHub's own language included.
func (in *inspection) expressions(visit func(j *Job, at Pos, e string)) {
	for _, j := range in.Jobs {
		for _, s := range j.Steps {
			for _, m := range expression.FindAllStringIndex(s.Run.Value, -1) {
				visit(j, s.scriptPos(m[0]), s.Run.Value[m[0]:m[1]])
			}
			if script := s.With["script"]; s.Uses.Is("actions/github-script") {
				for _, e := range expression.FindAllString(script.Value, -1) {
					visit(j, script.Pos, strings.TrimSpace(e))
				}
			}
		}
	}
}
