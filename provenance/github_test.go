package provenance_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/provenance"
)

func job() provenance.Claims {
	return provenance.Claims{
		Repository: "octo/widget", RepositoryID: "1001", RepositoryOwner: "octo", RepositoryOwnerID: "2002",
		Ref: "refs/tags/v1.4.0", RefType: "tag", SHA: "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112",
		EventName: "push", Workflow: "release",
		WorkflowRef:    "octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0",
		WorkflowSHA:    "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112",
		JobWorkflowRef: "octo/shared/.github/workflows/build.yml@refs/heads/main",
		RunID:          "8123456789", RunNumber: "12", RunAttempt: "2",
		RunnerEnvironment: "github-hosted", Actor: "mona", ActorID: "3003",
	}
}

func environment() map[string]string {
	return map[string]string{
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "octo/widget",
		"GITHUB_REPOSITORY_ID": "1001", "GITHUB_REPOSITORY_OWNER": "octo", "GITHUB_REPOSITORY_OWNER_ID": "2002",
		"GITHUB_REF": "refs/tags/v1.4.0", "GITHUB_REF_TYPE": "tag",
		"GITHUB_SHA":        "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112",
		"GITHUB_EVENT_NAME": "push", "GITHUB_WORKFLOW": "release",
		"GITHUB_WORKFLOW_REF": "octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0",
		"GITHUB_WORKFLOW_SHA": "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112",
		"GITHUB_RUN_ID":       "8123456789", "GITHUB_RUN_NUMBER": "12", "GITHUB_RUN_ATTEMPT": "2",
		"RUNNER_ENVIRONMENT": "github-hosted", "GITHUB_ACTOR": "mona", "GITHUB_ACTOR_ID": "3003",
	}
}

// TestFromGitHub holds the shape that GitHub publishes for its build type,
// field by field.
func TestFromGitHub(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"environment agrees": environment(),
		"environment silent": nil,
	} {
		t.Run(name, func(t *testing.T) {
			build, err := provenance.FromGitHub(job(), env)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]any{"workflow": map[string]any{
				"ref": "refs/tags/v1.4.0", "repository": "https://github.com/octo/widget", "path": ".github/workflows/release.yml",
			}}
			if d := cmp.Diff(want, build.ExternalParameters); d != "" {
				t.Error(d)
			}
			want = map[string]any{"github": map[string]any{
				"event_name": "push", "repository_id": "1001", "repository_owner_id": "2002", "runner_environment": "github-hosted",
			}}
			if d := cmp.Diff(want, build.InternalParameters); d != "" {
				t.Error(d)
			}
			for what, pair := range map[string][2]string{
				"build type": {build.BuildType, "https://actions.github.io/buildtypes/workflow/v1"},
				"builder":    {build.BuilderID, "https://github.com/octo/shared/.github/workflows/build.yml@refs/heads/main"},
				"invocation": {build.InvocationID, "https://github.com/octo/widget/actions/runs/8123456789/attempts/2"},
				"source":     {build.ResolvedDependencies[0].Uri, "git+https://github.com/octo/widget@refs/tags/v1.4.0"},
				"commit":     {build.ResolvedDependencies[0].Digest["gitCommit"], "9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112"},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %s, want %s", what, pair[0], pair[1])
				}
			}
		})
	}
}

// TestEnvironmentMustAgree lies in each variable in turn.
func TestEnvironmentMustAgree(t *testing.T) {
	for variable := range environment() {
		t.Run(variable, func(t *testing.T) {
			env := maps.Clone(environment())
			env[variable] = "https://evil.example"
			_, err := provenance.FromGitHub(job(), env)
			if err == nil || !strings.Contains(err.Error(), variable) || !strings.Contains(err.Error(), "evil") {
				t.Errorf("got %v, want an error that names %s and what it says", err, variable)
			}
		})
	}
}

func TestClaimsMustBeComplete(t *testing.T) {
	tests := map[string]struct {
		spoil func(*provenance.Claims)
		want  string
	}{
		"no repository":     {func(c *provenance.Claims) { c.Repository = "" }, "repository"},
		"no builder":        {func(c *provenance.Claims) { c.JobWorkflowRef = "" }, "job_workflow_ref"},
		"no runner":         {func(c *provenance.Claims) { c.RunnerEnvironment = "" }, "runner_environment"},
		"no attempt":        {func(c *provenance.Claims) { c.RunAttempt = "" }, "run_attempt"},
		"newline in ref":    {func(c *provenance.Claims) { c.Ref = "refs/heads/a\nb" }, "ref"},
		"foreign workflow":  {func(c *provenance.Claims) { c.WorkflowRef = "octo/other/.github/workflows/a.yml@refs/heads/main" }, "workflow_ref"},
		"workflow sans ref": {func(c *provenance.Claims) { c.WorkflowRef = "octo/widget/.github/workflows/a.yml" }, "workflow_ref"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			claims := job()
			tc.spoil(&claims)
			if _, err := provenance.FromGitHub(claims, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %s", err, tc.want)
			}
		})
	}
}

func TestParseWorkflowRef(t *testing.T) {
	tests := map[string]struct {
		in, path, ref string
	}{
		"branch":              {"o/r/.github/workflows/a.yml@refs/heads/main", ".github/workflows/a.yml", "refs/heads/main"},
		"yaml":                {"o/r/.github/workflows/a.yaml@refs/heads/main", ".github/workflows/a.yaml", "refs/heads/main"},
		"@ in the tag":        {"o/r/.github/workflows/a.yml@refs/tags/pkg@1.0", ".github/workflows/a.yml", "refs/tags/pkg@1.0"},
		"@ in the file":       {"o/r/.github/workflows/a@b.yml@refs/heads/main", ".github/workflows/a@b.yml", "refs/heads/main"},
		"file in the tag":     {"o/r/.github/workflows/a.yml@refs/tags/b.yml@refs/x", ".github/workflows/a.yml", "refs/tags/b.yml@refs/x"},
		"extension twice":     {"o/r/.github/workflows/a.yml@b.yml@refs/heads/x", ".github/workflows/a.yml@b.yml", "refs/heads/x"},
		"space in the file":   {"o/r/.github/workflows/a b.yml@refs/heads/x", ".github/workflows/a b.yml", "refs/heads/x"},
		"only an extension":   {in: "o/r/.github/workflows/.yml@refs/heads/x"},
		"folder below":        {in: "o/r/.github/workflows/sub/a.yml@refs/heads/x"},
		"other folder":        {in: "o/r/dynamic/pages/build@refs/heads/x"},
		"other repository":    {in: "o/rr/.github/workflows/a.yml@refs/heads/x"},
		"no ref":              {in: "o/r/.github/workflows/a.yml"},
		"commit for a ref":    {in: "o/r/.github/workflows/a.yml@9f2d1c7a0b3e4f5061728394a5b6c7d8e9f00112"},
		"other extension":     {in: "o/r/.github/workflows/a.json@refs/heads/x"},
		"nothing":             {in: ""},
		"extension in mid":    {in: "o/r/.github/workflows/a.yml.txt@refs/heads/x"},
		"climbs out of it":    {in: "o/r/.github/workflows/../a.yml@refs/heads/x"},
		"@ before the folder": {in: "o/r@x/.github/workflows/a.yml@refs/heads/x"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := provenance.ParseWorkflowRef("o/r", tc.in)
			if (err != nil) != (tc.path == "") {
				t.Fatalf("got %v, %v", got, err)
			}
			if d := cmp.Diff(provenance.WorkflowRef{Path: tc.path, Ref: tc.ref}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// FuzzParseWorkflowRef: what is taken apart must be what was put in.
func FuzzParseWorkflowRef(f *testing.F) {
	f.Add("o/r", "o/r/.github/workflows/a.yml@refs/heads/main")
	f.Add("o/r", "o/r/.github/workflows/a@b.yml@refs/tags/pkg@1.0")
	f.Add("", "/.github/workflows/a.yml@refs/heads/main")
	f.Fuzz(func(t *testing.T, repository, in string) {
		got, err := provenance.ParseWorkflowRef(repository, in)
		if err != nil {
			return
		}
		if back := repository + "/" + got.Path + "@" + got.Ref; back != in {
			t.Errorf("%q came back as %q", in, back)
		}
		if strings.Count(got.Path, "/") != 2 || !strings.HasPrefix(got.Ref, "refs/") {
			t.Errorf("%q was read as %+v", in, got)
		}
	})
}
