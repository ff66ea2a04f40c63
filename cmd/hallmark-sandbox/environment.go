package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// variable is one environment variable.
type variable struct{ name, value string }

// withheldPrefixes begin the variables of a job that the sandbox itself may run
// in: its credentials and endpoints are real, and must not be met inside.
var withheldPrefixes = []string{"GITHUB_", "GH_", "ACTIONS_", "RUNNER_", "SIGSTORE_"}

// withheld lead around the proxy, or to another one.
var withheld = []string{
	"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
	"GITHUB_TOKEN", "GH_TOKEN", "SIGSTORE_ID_TOKEN",
}

// endpoints are the addresses that a job's environment names.
type endpoints struct {
	dir, workspace    string
	token, bearer     string
	person            string
	proxy             string
	registry, tufRepo string
}

// environment is that of a job on a GitHub-hosted runner, with the variables
// that make HTTPS clients use the sandbox's proxy and believe its authority.
func (j *Job) environment(e endpoints) []variable {
	in := func(name string) string { return filepath.Join(e.dir, name) }
	ca := in(caFile)
	return []variable{
		{"CI", "true"},
		{"GITHUB_ACTIONS", "true"},
		{"GITHUB_SERVER_URL", "https://github.com"},
		{"GITHUB_API_URL", "https://api.github.com"},
		{"GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"},
		{"GITHUB_REPOSITORY", j.Repository},
		{"GITHUB_REPOSITORY_ID", j.RepositoryID},
		{"GITHUB_REPOSITORY_OWNER", j.Owner()},
		{"GITHUB_REPOSITORY_OWNER_ID", j.OwnerID},
		{"GITHUB_REF", j.Ref},
		{"GITHUB_REF_NAME", j.RefName()},
		{"GITHUB_REF_TYPE", j.RefType()},
		{"GITHUB_REF_PROTECTED", "false"},
		{"GITHUB_BASE_REF", ""},
		{"GITHUB_HEAD_REF", ""},
		{"GITHUB_SHA", j.SHA},
		{"GITHUB_WORKFLOW", j.WorkflowName()},
		{"GITHUB_WORKFLOW_REF", j.WorkflowRef()},
		{"GITHUB_WORKFLOW_SHA", j.SHA},
		{"GITHUB_EVENT_NAME", j.Event},
		{"GITHUB_EVENT_PATH", in(eventFile)},
		{"GITHUB_RUN_ID", j.RunID},
		{"GITHUB_RUN_NUMBER", j.RunNumber},
		{"GITHUB_RUN_ATTEMPT", j.RunAttempt},
		{"GITHUB_ACTOR", j.Actor},
		{"GITHUB_ACTOR_ID", j.ActorID},
		{"GITHUB_TRIGGERING_ACTOR", j.Actor},
		{"GITHUB_JOB", defaultJob},
		{"GITHUB_WORKSPACE", e.workspace},
		{"GITHUB_STEP_SUMMARY", in("github_step_summary")},
		{"GITHUB_OUTPUT", in("github_output")},
		{"GITHUB_ENV", in("github_env")},
		{"GITHUB_PATH", in("github_path")},
		{"RUNNER_ENVIRONMENT", j.RunnerEnvironment},
		{"RUNNER_OS", "Linux"},
		{"RUNNER_ARCH", runnerArch()},
		{"RUNNER_TEMP", in(runnerTemp)},
		{"ACTIONS_ID_TOKEN_REQUEST_URL", e.token},
		{"ACTIONS_ID_TOKEN_REQUEST_TOKEN", e.bearer},
		{"HALLMARK_SANDBOX_DIR", e.dir},
		{"HALLMARK_SANDBOX_OIDC", e.person},
		{"HALLMARK_SANDBOX_REGISTRY", e.registry},
		{"HALLMARK_SANDBOX_TUF", e.tufRepo},
		{"HTTPS_PROXY", e.proxy},
		{"https_proxy", e.proxy},
		{"SSL_CERT_FILE", ca},
		{"SSL_CERT_DIR", in(noCertificates)},
		{"CURL_CA_BUNDLE", ca},
		{"GIT_SSL_CAINFO", ca},
		{"NODE_EXTRA_CA_CERTS", ca},
	}
}

func runnerArch() string {
	return cmp.Or(map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH], strings.ToUpper(runtime.GOARCH))
}

// childEnvironment is the outer environment without what is withheld, with the
// job's variables.
func childEnvironment(outer []string, job []variable) []string {
	hidden := slices.Clone(withheld)
	for _, v := range job {
		hidden = append(hidden, v.name)
	}
	env := slices.DeleteFunc(slices.Clone(outer), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(hidden, name) || slices.ContainsFunc(withheldPrefixes, func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		})
	})
	for _, v := range job {
		env = append(env, v.name+"="+v.value)
	}
	return env
}

// writeEnvironment writes the file that a shell sources to be in the job. It
// appears whole or not at all, for its appearance is waited for.
func writeEnvironment(name string, job []variable) error {
	var b strings.Builder
	fmt.Fprintf(&b, "unset %s\n", strings.Join(withheld, " "))
	for _, v := range job {
		fmt.Fprintf(&b, "export %s='%s'\n", v.name, strings.ReplaceAll(v.value, "'", `'\''`))
	}
	if err := os.WriteFile(name+".new", []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
