package workflow

import "slices"

var tokenForAll = Rule{
	ID: "token-for-all", Name: "every job may ask for an identity token", Severity: Error,
	Help:  "With id-token: write at the workflow's level whatever runs in any of its jobs, tests included, can sign as the project.",
	check: checkTokenForAll,
}

func checkTokenForAll(in *inspection) {
	if !in.Permissions.Allows("id-token", "write") {
		return
	}
	for _, j := range in.Jobs {
		if j.Permissions == nil && !in.needsToken(j) {
			in.find(in.Permissions.Pos, "move id-token: write to the permissions of the job that signs",
				"job %s may ask for an identity token, and does not sign", j.ID)
			return
		}
	}
}

// tokenUsers are actions, other than signing ones, that log in by an identity
// token.
var tokenUsers = []string{
	"aws-actions/configure-aws-credentials", "google-github-actions/auth", "azure/login", "actions/deploy-pages",
	"pypa/gh-action-pypi-publish", "rubygems/configure-rubygems-credentials", "rust-lang/crates-io-auth-action",
	"hashicorp/vault-action", "jfrog/setup-jfrog-cli", "codecov/codecov-action", "ossf/scorecard-action", "nuget/login",
}

// needsToken tells whether a job has a use for an identity token: it signs, logs
// in somewhere, or calls a workflow that may.
func (in *inspection) needsToken(j *Job) bool {
	return in.signs(j) || j.Uses.Given() || slices.ContainsFunc(j.Steps, func(s *Step) bool {
		return s.Uses.Local != "" || slices.ContainsFunc(tokenUsers, s.Uses.Is)
	})
}
