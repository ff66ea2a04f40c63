package provenance

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// GitLabBuildType is the build type that GitLab publishes for a CI/CD job. Its
// page tells consumers to ignore parameters that it does not define.
const GitLabBuildType = "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1"

// GitLabClaims are what a GitLab instance states about a job in an ID token.
// Whoever fills them in has checked the token's signature; field names in JSON
// are GitLab's.
type GitLabClaims struct {
	Issuer             string `json:"iss"`
	ProjectPath        string `json:"project_path"`
	ProjectID          string `json:"project_id"`
	ProjectVisibility  string `json:"project_visibility"`
	NamespacePath      string `json:"namespace_path"`
	NamespaceID        string `json:"namespace_id"`
	PipelineID         string `json:"pipeline_id"`
	PipelineSource     string `json:"pipeline_source"`
	JobID              string `json:"job_id"`
	Ref                string `json:"ref"`
	RefType            string `json:"ref_type"`
	SHA                string `json:"sha"`
	RunnerID           int64  `json:"runner_id"`
	RunnerEnvironment  string `json:"runner_environment"`
	UserLogin          string `json:"user_login"`
	ConfigReferenceURI string `json:"ci_config_ref_uri"`
	ConfigSHA          string `json:"ci_config_sha"`
	Subject            string `json:"sub"`
}

// GitLabVariables are GitLab's own variables that are recorded. A job cannot
// tell which of its project's variables are masked, so of those none is ever
// written; and of GitLab's own only such as hold no text of anybody's choice.
var GitLabVariables = []string{
	"CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME", "CI_COMMIT_REF_PROTECTED", "CI_COMMIT_SHA", "CI_COMMIT_TAG",
	"CI_CONFIG_PATH", "CI_ENVIRONMENT_NAME", "CI_JOB_ID", "CI_JOB_NAME", "CI_JOB_STAGE", "CI_JOB_URL",
	"CI_PIPELINE_ID", "CI_PIPELINE_SOURCE", "CI_PIPELINE_URL",
	"CI_PROJECT_ID", "CI_PROJECT_NAMESPACE", "CI_PROJECT_NAMESPACE_ID", "CI_PROJECT_PATH", "CI_PROJECT_URL", "CI_PROJECT_VISIBILITY",
	"CI_RUNNER_ID", "CI_SERVER_URL", "CI_SERVER_VERSION",
}

// gitLabUnrecorded are read and compared, and stand elsewhere or nowhere.
var gitLabUnrecorded = []string{"CI_RUNNER_DESCRIPTION", "CI_RUNNER_EXECUTABLE_ARCH", "GITLAB_USER_LOGIN"}

// GitLabEnvironment names every variable that FromGitLab looks at.
func GitLabEnvironment() []string {
	return append(append([]string(nil), GitLabVariables...), gitLabUnrecorded...)
}

// FromGitLab describes a GitLab CI job, as FromGitHub does one of GitHub's: the
// verified claims of a token first, the environment may only agree. The job's
// name is told by the environment alone.
func FromGitLab(claims GitLabClaims, environment map[string]string) (*Build, error) {
	if err := claims.complete(); err != nil {
		return nil, err
	}
	if err := claims.agree(environment); err != nil {
		return nil, err
	}
	server, err := url.Parse(claims.Issuer)
	if err != nil || server.Host == "" || server.User != nil || server.RawQuery != "" || server.Fragment != "" {
		return nil, fmt.Errorf("claim iss: %q is no GitLab server", claims.Issuer)
	}
	job, err := strconv.ParseInt(claims.JobID, 10, 64)
	if err != nil || job <= 0 || job > 1<<53 {
		return nil, fmt.Errorf("claim job_id: %q is no number of a job", claims.JobID)
	}
	entryPoint := environment["CI_JOB_NAME"]
	if entryPoint == "" {
		return nil, errors.New("CI_JOB_NAME is not set: nothing names the job")
	}
	variables, err := gitLabRecorded(environment)
	if err != nil {
		return nil, err
	}
	project := strings.TrimSuffix(claims.Issuer, "/") + "/" + claims.ProjectPath
	internal := map[string]any{"job": float64(job)}
	if name := environment["CI_RUNNER_DESCRIPTION"]; name != "" && secretKind(name) == "" {
		internal["name"] = name
	}
	if _, architecture, ok := strings.Cut(environment["CI_RUNNER_EXECUTABLE_ARCH"], "/"); ok {
		internal["architecture"] = architecture
	}
	return &Build{
		BuildType: GitLabBuildType,
		ExternalParameters: map[string]any{
			"source":     project,
			"entryPoint": entryPoint,
			"variables":  variables,
		},
		InternalParameters: internal,
		ResolvedDependencies: []*intoto.ResourceDescriptor{{
			Uri:    project,
			Digest: map[string]string{"gitCommit": claims.SHA},
		}},
		BuilderID:    project + "/-/runners/" + strconv.FormatInt(claims.RunnerID, 10),
		InvocationID: claims.JobID,
	}, nil
}

func gitLabRecorded(environment map[string]string) (map[string]any, error) {
	recorded := make(map[string]any)
	for _, name := range GitLabVariables {
		value := environment[name]
		if value == "" {
			continue
		}
		if err := checkParameter("variable", name, value); err != nil {
			return nil, err
		}
		recorded[name] = value
	}
	return recorded, nil
}

// complete names the first claim that the provenance needs and the token lacks.
func (c GitLabClaims) complete() error {
	for _, claim := range []struct{ name, value string }{
		{"iss", c.Issuer},
		{"project_path", c.ProjectPath},
		{"job_id", c.JobID},
		{"sha", c.SHA},
		{"ref", c.Ref},
		{"pipeline_source", c.PipelineSource},
	} {
		if claim.value == "" {
			return fmt.Errorf("claim %s is missing from the job's token", claim.name)
		}
		if strings.ContainsFunc(claim.value, isControl) {
			return fmt.Errorf("claim %s has a control character: %q", claim.name, claim.value)
		}
	}
	if c.RunnerID <= 0 {
		return errors.New("claim runner_id is missing from the job's token")
	}
	return nil
}

// agree compares every fact that GitLab states both in the token and in the
// environment.
func (c GitLabClaims) agree(environment map[string]string) error {
	tag := ""
	if c.RefType == "tag" {
		tag = c.Ref
	}
	for _, fact := range []struct{ claim, value, variable string }{
		{"iss", c.Issuer, "CI_SERVER_URL"},
		{"project_path", c.ProjectPath, "CI_PROJECT_PATH"},
		{"project_id", c.ProjectID, "CI_PROJECT_ID"},
		{"project_visibility", c.ProjectVisibility, "CI_PROJECT_VISIBILITY"},
		{"project_path", strings.TrimSuffix(c.Issuer, "/") + "/" + c.ProjectPath, "CI_PROJECT_URL"},
		{"namespace_path", c.NamespacePath, "CI_PROJECT_NAMESPACE"},
		{"namespace_id", c.NamespaceID, "CI_PROJECT_NAMESPACE_ID"},
		{"pipeline_id", c.PipelineID, "CI_PIPELINE_ID"},
		{"pipeline_source", c.PipelineSource, "CI_PIPELINE_SOURCE"},
		{"job_id", c.JobID, "CI_JOB_ID"},
		{"ref", c.Ref, "CI_COMMIT_REF_NAME"},
		{"ref", tag, "CI_COMMIT_TAG"},
		{"sha", c.SHA, "CI_COMMIT_SHA"},
		{"runner_id", strconv.FormatInt(c.RunnerID, 10), "CI_RUNNER_ID"},
		{"user_login", c.UserLogin, "GITLAB_USER_LOGIN"},
	} {
		if got := environment[fact.variable]; fact.value != "" && got != "" && got != fact.value {
			return fmt.Errorf("the job's token and its environment disagree: claim %s is %q, %s is %q",
				fact.claim, fact.value, fact.variable, got)
		}
	}
	return nil
}
