package provenance

import (
	"fmt"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

const (
	// GitHubBuildType is the build type that GitHub publishes for a workflow
	// run. Its parameters are exactly those that FromGitHub writes; a build
	// with any other needs another type.
	GitHubBuildType = "https://actions.github.io/buildtypes/workflow/v1"
	// RecordedBuildType is hallmark's own type for a workflow run of which
	// inputs, parameters or materials are recorded beside what GitHub's defines.
	RecordedBuildType = "https://github.com/hallmark-project/hallmark/blob/main/docs/buildtypes/github/v1"

	// GitHubServer is the one server whose jobs are described: the issuer that
	// vouches for the claims vouches for no other.
	GitHubServer = "https://github.com"
)

// Claims are what GitHub's token service states about a job in its OIDC token.
// Whoever fills them in has checked the token's signature; field names in JSON
// are GitHub's.
type Claims struct {
	Repository        string `json:"repository"`
	RepositoryID      string `json:"repository_id"`
	RepositoryOwner   string `json:"repository_owner"`
	RepositoryOwnerID string `json:"repository_owner_id"`
	Visibility        string `json:"repository_visibility"`
	Ref               string `json:"ref"`
	RefType           string `json:"ref_type"`
	SHA               string `json:"sha"`
	EventName         string `json:"event_name"`
	Workflow          string `json:"workflow"`
	WorkflowRef       string `json:"workflow_ref"`
	WorkflowSHA       string `json:"workflow_sha"`
	JobWorkflowRef    string `json:"job_workflow_ref"`
	JobWorkflowSHA    string `json:"job_workflow_sha"`
	RunID             string `json:"run_id"`
	RunNumber         string `json:"run_number"`
	RunAttempt        string `json:"run_attempt"`
	RunnerEnvironment string `json:"runner_environment"`
	Actor             string `json:"actor"`
	ActorID           string `json:"actor_id"`
	Environment       string `json:"environment"`
	Subject           string `json:"sub"`
}

// FromGitHub describes a GitHub Actions job. The verified claims of the job's
// own token say what happened; the environment, GitHub's variables by name,
// can be set by any earlier step and so may only agree: where both speak and
// differ, the error names both. What neither says is an error too.
func FromGitHub(claims Claims, environment map[string]string) (*Build, error) {
	if server := environment["GITHUB_SERVER_URL"]; server != "" && server != GitHubServer {
		return nil, fmt.Errorf("GITHUB_SERVER_URL is %s: only jobs of %s are described", server, GitHubServer)
	}
	if err := claims.complete(); err != nil {
		return nil, err
	}
	if err := claims.agree(environment); err != nil {
		return nil, err
	}
	workflow, err := ParseWorkflowRef(claims.Repository, claims.WorkflowRef)
	if err != nil {
		return nil, fmt.Errorf("claim workflow_ref: %w", err)
	}
	repository := GitHubServer + "/" + claims.Repository
	return &Build{
		BuildType: GitHubBuildType,
		ExternalParameters: map[string]any{
			"workflow": map[string]any{
				"ref":        workflow.Ref,
				"repository": repository,
				"path":       workflow.Path,
			},
		},
		InternalParameters: map[string]any{
			"github": map[string]any{
				"event_name":          claims.EventName,
				"repository_id":       claims.RepositoryID,
				"repository_owner_id": claims.RepositoryOwnerID,
				"runner_environment":  claims.RunnerEnvironment,
			},
		},
		ResolvedDependencies: []*intoto.ResourceDescriptor{{
			Uri:    "git+" + repository + "@" + claims.Ref,
			Digest: map[string]string{"gitCommit": claims.SHA},
		}},
		BuilderID:    GitHubServer + "/" + claims.JobWorkflowRef,
		InvocationID: repository + "/actions/runs/" + claims.RunID + "/attempts/" + claims.RunAttempt,
	}, nil
}

// complete names the first claim that the provenance needs and the token lacks.
func (c Claims) complete() error {
	for _, claim := range []struct{ name, value string }{
		{"repository", c.Repository},
		{"repository_id", c.RepositoryID},
		{"repository_owner_id", c.RepositoryOwnerID},
		{"ref", c.Ref},
		{"sha", c.SHA},
		{"event_name", c.EventName},
		{"workflow_ref", c.WorkflowRef},
		{"job_workflow_ref", c.JobWorkflowRef},
		{"run_id", c.RunID},
		{"run_attempt", c.RunAttempt},
		{"runner_environment", c.RunnerEnvironment},
	} {
		if claim.value == "" {
			return fmt.Errorf("claim %s is missing from the job's token", claim.name)
		}
		if strings.ContainsFunc(claim.value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fmt.Errorf("claim %s has a control character: %q", claim.name, claim.value)
		}
	}
	return nil
}

// agree compares every fact that GitHub states both in the token and in the
// environment.
func (c Claims) agree(environment map[string]string) error {
	for _, fact := range []struct{ claim, value, variable string }{
		{"repository", c.Repository, "GITHUB_REPOSITORY"},
		{"repository_id", c.RepositoryID, "GITHUB_REPOSITORY_ID"},
		{"repository_owner", c.RepositoryOwner, "GITHUB_REPOSITORY_OWNER"},
		{"repository_owner_id", c.RepositoryOwnerID, "GITHUB_REPOSITORY_OWNER_ID"},
		{"ref", c.Ref, "GITHUB_REF"},
		{"ref_type", c.RefType, "GITHUB_REF_TYPE"},
		{"sha", c.SHA, "GITHUB_SHA"},
		{"event_name", c.EventName, "GITHUB_EVENT_NAME"},
		{"workflow", c.Workflow, "GITHUB_WORKFLOW"},
		{"workflow_ref", c.WorkflowRef, "GITHUB_WORKFLOW_REF"},
		{"workflow_sha", c.WorkflowSHA, "GITHUB_WORKFLOW_SHA"},
		{"run_id", c.RunID, "GITHUB_RUN_ID"},
		{"run_number", c.RunNumber, "GITHUB_RUN_NUMBER"},
		{"run_attempt", c.RunAttempt, "GITHUB_RUN_ATTEMPT"},
		{"runner_environment", c.RunnerEnvironment, "RUNNER_ENVIRONMENT"},
		{"actor", c.Actor, "GITHUB_ACTOR"},
		{"actor_id", c.ActorID, "GITHUB_ACTOR_ID"},
	} {
		if got := environment[fact.variable]; fact.value != "" && got != "" && got != fact.value {
			return fmt.Errorf("the job's token and its environment disagree: claim %s is %q, %s is %q",
				fact.claim, fact.value, fact.variable, got)
		}
	}
	return nil
}
