package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestJobRefuses(t *testing.T) {
	for _, test := range []struct{ flag, value string }{
		{"repository", "widget"},
		{"repository", "octo/widget/x"},
		{"repository-id", "-1"},
		{"owner-id", "octo"},
		{"visibility", "secret"},
		{"ref", "main"},
		{"ref", "refs/tags/v1 2"},
		{"sha", "abc123"},
		{"sha", strings.Repeat("A", 40)},
		{"workflow", "/etc/release.yml"},
		{"workflow", "release.txt"},
		{"job-workflow-ref", ".github/workflows/sign.yml@refs/heads/main"},
		{"job-workflow-ref", "octo/shared/.github/workflows/sign.yml"},
		{"job-workflow-sha", "main"},
		{"event", ""},
		{"runner-environment", "cloud"},
		{"run-id", "0"},
		{"run-attempt", "first"},
		{"actor", "a b"},
	} {
		_, _, err := parse([]string{"--" + test.flag, test.value, "--", "true"}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "--"+test.flag) {
			t.Errorf("--%s %q: error %v, want one that names the flag", test.flag, test.value, err)
		}
	}
}

// TestClaims holds the default token against the claims that GitHub documents.
func TestClaims(t *testing.T) {
	o, _, err := parse([]string{"--", "true"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	content, err := json.Marshal(o.Job.claims(defaultIssuer, "sigstore", now, defaultTokenTTL))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	if id, _ := got["jti"].(string); len(id) < 16 {
		t.Errorf("jti %q, want something unique", id)
	}
	delete(got, "jti")
	const workflow = "hallmark-project/hallmark/.github/workflows/release.yml@refs/tags/v0.0.0-demo"
	want := map[string]any{
		"iss": defaultIssuer, "aud": "sigstore", "sub": "repo:hallmark-project/hallmark:ref:refs/tags/v0.0.0-demo",
		"iat": 1_800_000_000.0, "nbf": 1_799_999_400.0, "exp": 1_800_000_300.0,
		"actor": defaultActor, "actor_id": defaultActorID, "base_ref": "", "head_ref": "",
		"event_name": "push", "job_workflow_ref": workflow, "job_workflow_sha": defaultSHA,
		"ref": defaultRef, "ref_protected": "false", "ref_type": "tag",
		"repository": defaultRepository, "repository_id": defaultRepositoryID,
		"repository_owner": "hallmark-project", "repository_owner_id": defaultOwnerID, "repository_visibility": "public",
		"run_attempt": "1", "run_id": defaultRunID, "run_number": "1", "runner_environment": "github-hosted",
		"sha": defaultSHA, "workflow": "release", "workflow_ref": workflow, "workflow_sha": defaultSHA,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestSubject(t *testing.T) {
	for _, test := range []struct {
		name  string
		flags []string
		want  string
	}{
		{"ref", nil, "repo:hallmark-project/hallmark:ref:refs/tags/v0.0.0-demo"},
		{"environment", []string{"--environment", "release"}, "repo:hallmark-project/hallmark:environment:release"},
		{"pull request", []string{"--event", "pull_request", "--ref", "refs/pull/7/merge"}, "repo:hallmark-project/hallmark:pull_request"},
	} {
		o, _, err := parse(append(test.flags, "--", "true"), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Job.Subject(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
