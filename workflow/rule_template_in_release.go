package workflow

import "regexp"

var templateInRelease = Rule{
	ID: "template-in-release", Name: "a name becomes part of a script that releases", Severity: Warning,
	Help:  "Tags, inputs and outputs may hold characters that the shell acts on; in this job they stand beside the identity token or the right to publish.",
	check: checkTemplateInRelease,
}

// names matches values that somebody chose who is not the author of the workflow.
var names = regexp.MustCompile(`(?i)\b(github\.(ref_name|ref|event\.(release|inputs|client_payload)\.[\w.-]+)|inputs\.[\w-]+|needs\.[\w-]+\.outputs\.[\w-]+|steps\.[\w-]+\.outputs\.[\w-]+)`)

func checkTemplateInRelease(in *inspection) {
	in.expressions(func(j *Job, at Pos, e string) {
		if what := names.FindString(e); what != "" && !in.Composite && in.releases(j) && !strangers.MatchString(e) {
			in.find(at, quotedFix, "%s stands in a script of job %s", what, j.ID)
		}
	})
}
