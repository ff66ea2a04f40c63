package workflow

import "strings"

var foreignTrigger = Rule{
	ID: "foreign-trigger", Name: "strangers can start a workflow that holds secrets", Severity: Error,
	Help:  "pull_request_target, workflow_run and issue_comment run with the project's own rights on an occasion that anybody can give. hallmark verify refuses what such a run signs.",
	check: checkForeignTrigger,
}

func checkForeignTrigger(in *inspection) {
	for _, e := range in.Events {
		switch e.Name {
		case "pull_request_target", "workflow_run", "issue_comment":
		default:
			continue
		}
		if j := in.privileged(); j != nil {
			in.find(e.Pos, "release on push of a tag, in a workflow of its own", "%s starts job %s, which releases or may sign", e.Name, j.ID)
		} else if s := in.foreignCheckout(); s != nil {
			in.find(e.Pos, "use pull_request, whose token can do nothing", "%s runs what step %q checks out from outside", e.Name, s.Label())
		}
	}
}

// privileged is a job that signs, publishes or may ask for an identity token.
func (in *inspection) privileged() *Job {
	for _, j := range in.Jobs {
		if in.releases(j) || in.PermissionsOf(j).Allows("id-token", "write") {
			return j
		}
	}
	return nil
}

// foreignCheckout is a step that takes the code of the pull request or the run
// that started this one.
func (in *inspection) foreignCheckout() *Step {
	for _, j := range in.Jobs {
		for _, s := range j.Steps {
			from := s.Input("ref") + s.Input("repository")
			if s.Uses.Is("actions/checkout") && (strings.Contains(from, "github.event.pull_request.head") ||
				strings.Contains(from, "github.head_ref") || strings.Contains(from, "github.event.workflow_run.head")) {
				return s
			}
		}
	}
	return nil
}
