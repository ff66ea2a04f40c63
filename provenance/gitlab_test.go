package provenance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/provenance"
)

func gitLabJob() provenance.GitLabClaims {
	return provenance.GitLabClaims{
		Issuer: "https://gitlab.com", ProjectPath: "octo/tools/widget", ProjectID: "1001", ProjectVisibility: "public",
		NamespacePath: "octo/tools", NamespaceID: "2002", PipelineID: "576", PipelineSource: "push", JobID: "412",
		Ref: "v1.4.0", RefType: "tag", SHA: commit, RunnerID: 33, RunnerEnvironment: "gitlab-hosted", UserLogin: "mona",
		ConfigReferenceURI: "gitlab.com/octo/tools/widget//.gitlab-ci.yml@refs/tags/v1.4.0", ConfigSHA: commit,
	}
}

func gitLabEnvironment() map[string]string {
	return map[string]string{
		"CI_SERVER_URL": "https://gitlab.com", "CI_PROJECT_PATH": "octo/tools/widget", "CI_PROJECT_ID": "1001", "CI_PROJECT_VISIBILITY": "public",
		"CI_PROJECT_URL": "https://gitlab.com/octo/tools/widget", "CI_PROJECT_NAMESPACE": "octo/tools", "CI_PROJECT_NAMESPACE_ID": "2002",
		"CI_PIPELINE_ID": "576", "CI_PIPELINE_SOURCE": "push", "CI_JOB_ID": "412", "CI_JOB_NAME": "build-job", "CI_COMMIT_REF_NAME": "v1.4.0",
		"CI_COMMIT_TAG": "v1.4.0", "CI_COMMIT_SHA": commit, "CI_RUNNER_ID": "33", "GITLAB_USER_LOGIN": "mona",
		"CI_RUNNER_DESCRIPTION": "blue-1.saas-linux-small-amd64.runners-manager.gitlab.com/default", "CI_RUNNER_EXECUTABLE_ARCH": "linux/amd64",
	}
}

func mustGitLab(t testing.TB) *provenance.Build {
	t.Helper()
	build, err := provenance.FromGitLab(gitLabJob(), gitLabEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	return build
}

// TestFromGitLab holds the shape that GitLab publishes for its build type.
func TestFromGitLab(t *testing.T) {
	environment := gitLabEnvironment()
	environment["DEPLOY_KEY"] = "hunter2" // a project's own, masked or not: nobody can tell
	build, err := provenance.FromGitLab(gitLabJob(), environment)
	if err != nil {
		t.Fatal(err)
	}
	variables := make(map[string]any)
	for name, value := range gitLabEnvironment() {
		if slices.Contains(provenance.GitLabVariables, name) {
			variables[name] = value
		}
	}
	want := &provenance.Build{
		BuildType:          "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1",
		ExternalParameters: map[string]any{"source": "https://gitlab.com/octo/tools/widget", "entryPoint": "build-job", "variables": variables},
		InternalParameters: map[string]any{"job": 412.0, "architecture": "amd64", "name": "blue-1.saas-linux-small-amd64.runners-manager.gitlab.com/default"},
		BuilderID:          "https://gitlab.com/octo/tools/widget/-/runners/33",
		InvocationID:       "412",
	}
	source := build.ResolvedDependencies[0]
	build.ResolvedDependencies = nil
	if d := cmp.Diff(want, build); d != "" {
		t.Error(d)
	}
	if show(source) != "https://gitlab.com/octo/tools/widget gitCommit:01234567" {
		t.Errorf("source is %s", show(source))
	}
}

// TestGitLabMustAgree lies in each variable that the token speaks of.
func TestGitLabMustAgree(t *testing.T) {
	alone := []string{"CI_JOB_NAME", "CI_RUNNER_DESCRIPTION", "CI_RUNNER_EXECUTABLE_ARCH"}
	for variable := range gitLabEnvironment() {
		if slices.Contains(alone, variable) {
			continue
		}
		t.Run(variable, func(t *testing.T) {
			environment := gitLabEnvironment()
			environment[variable] = "https://evil.example"
			_, err := provenance.FromGitLab(gitLabJob(), environment)
			if err == nil || !strings.Contains(err.Error(), variable) || !strings.Contains(err.Error(), "evil") {
				t.Errorf("got %v, want an error that names %s and what it says", err, variable)
			}
		})
	}
}

func TestFromGitLabRefuses(t *testing.T) {
	tests := map[string]struct {
		spoil func(*provenance.GitLabClaims, map[string]string)
		want  string
	}{
		"no project":    {func(c *provenance.GitLabClaims, _ map[string]string) { c.ProjectPath = "" }, "project_path"},
		"no runner":     {func(c *provenance.GitLabClaims, _ map[string]string) { c.RunnerID = 0 }, "runner_id"},
		"no commit":     {func(c *provenance.GitLabClaims, _ map[string]string) { c.SHA = "" }, "sha"},
		"newline":       {func(c *provenance.GitLabClaims, _ map[string]string) { c.Ref = "a\nb" }, "ref"},
		"job is a word": {func(c *provenance.GitLabClaims, e map[string]string) { c.JobID = "x"; e["CI_JOB_ID"] = "x" }, "job_id"},
		"no job name":   {func(_ *provenance.GitLabClaims, e map[string]string) { delete(e, "CI_JOB_NAME") }, "CI_JOB_NAME"},
		"issuer is a word": {func(c *provenance.GitLabClaims, e map[string]string) {
			c.Issuer = "x"
			e["CI_SERVER_URL"] = "x"
			e["CI_PROJECT_URL"] = ""
		}, "iss"},
		"secret job name": {func(_ *provenance.GitLabClaims, e map[string]string) { e["CI_JOB_NAME"] = aToken }, `variable "CI_JOB_NAME" looks like`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			claims, environment := gitLabJob(), gitLabEnvironment()
			tc.spoil(&claims, environment)
			_, err := provenance.FromGitLab(claims, environment)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), aToken) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestGitLabExtras: GitLab's type is open to parameters that it does not name.
func TestGitLabExtras(t *testing.T) {
	build := mustGitLab(t)
	if err := build.Add(provenance.Extras{Params: map[string]string{"target": "linux"}}); err != nil {
		t.Fatal(err)
	}
	if build.BuildType != provenance.GitLabBuildType {
		t.Errorf("build type became %s", build.BuildType)
	}
	statements, err := build.Statements([]*intoto.ResourceDescriptor{file("a", 1)})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := provenance.Marshal(statements[0])
	if err != nil {
		t.Fatal(err)
	}
	wantValid(t, payload)
}
