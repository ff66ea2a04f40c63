package actions_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreflight: what is missing is said before anything is set up, with the lines
// that add it.
func TestPreflight(t *testing.T) {
	const missing = `{"message":"Resource not accessible by integration","status":"403"}`
	tests := map[string]struct {
		env    map[string]string
		answer string // of the API, to whoever would draft release notes
		code   int
		want   string
	}{
		"push of a tag":         {nil, `{"name":"v0","body":""}`, 0, ""},
		"release event":         {map[string]string{"GITHUB_EVENT_NAME": "release"}, "", 0, ""},
		"dispatched on the tag": {map[string]string{"GITHUB_EVENT_NAME": "workflow_dispatch"}, "", 0, ""},
		"API out of order":      {nil, `<html>502</html>`, 0, ""},
		"API limit":             {nil, `{"message":"API rate limit exceeded"}`, 0, ""},
		"pull request":          {map[string]string{"GITHUB_EVENT_NAME": "pull_request", "ACTIONS_ID_TOKEN_REQUEST_URL": ""}, "", 0, "::notice title=hallmark::a pull request releases nothing"},
		"foreign event":         {map[string]string{"GITHUB_EVENT_NAME": "pull_request_target"}, "", 2, "an event that others can raise"},
		"run of another":        {map[string]string{"GITHUB_EVENT_NAME": "workflow_run"}, "", 2, "an event that others can raise"},
		"a comment":             {map[string]string{"GITHUB_EVENT_NAME": "issue_comment"}, "", 2, "an event that others can raise"},
		"dispatched on a branch": {map[string]string{"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": "refs/heads/main"}, "", 2,
			"run it on the tag%0Agh workflow run release.yml --ref TAG"},
		"hostile workflow name": {map[string]string{"GITHUB_REF": "refs/heads/main", "GITHUB_WORKFLOW_REF": "o/r/.github/workflows/a%0A::error::.yml@refs/heads/main"}, "", 2,
			"gh workflow run a%250A::error::.yml --ref TAG"},
		"another tag":    {map[string]string{"TAG": "v9"}, "", 2, "the input tag is not the tag"},
		"the same tag":   {map[string]string{"TAG": "v1.4.0"}, "", 0, ""},
		"self-hosted":    {map[string]string{"RUNNER_ENVIRONMENT": "self-hosted"}, "", 2, "this runner is the project's own"},
		"knowingly so":   {map[string]string{"RUNNER_ENVIRONMENT": "self-hosted", "SELF_HOSTED": "true"}, "", 0, ""},
		"no identity":    {map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": ""}, "", 2, "add to it%0Apermissions:%0A  id-token: write\n"},
		"no contents":    {nil, missing, 2, "add to it%0Apermissions:%0A  contents: write%0A  id-token: write\n"},
		"none wanted":    {map[string]string{"PUBLISH": "none"}, missing, 0, ""},
		"unknown choice": {map[string]string{"PUBLISH": "$(touch pwned)"}, "", 2, "one of publish, draft, none"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			mustDo(t, os.WriteFile(filepath.Join(s.dir, "answer"), []byte(tc.answer), 0o644))
			mustScript(t, filepath.Join(s.dir, "path", "curl"), "#!/bin/sh\ncat >\"$HOME/config\"\nprintf '%s\\n' \"$@\" >\"$HOME/curl\"\ncat \"$HOME/answer\"\n")
			env := map[string]string{"TAG": "", "PUBLISH": "publish", "SELF_HOSTED": "false"}
			maps.Copy(env, tc.env)
			out, code := s.run(t, filepath.Join(s.dir, "actions", "release"), `"$GITHUB_ACTION_PATH/preflight.sh"`, env)
			if code != tc.code || !strings.Contains(out, tc.want) || (tc.want == "") != (out == "") {
				t.Errorf("exit %d: %s", code, out)
			}
			outputs, _ := os.ReadFile(filepath.Join(s.dir, "outputs"))
			if may := tc.want == ""; (string(outputs) == "release=true\n") != may {
				t.Errorf("outputs: %q", outputs)
			}
			if argv, _ := os.ReadFile(filepath.Join(s.dir, "curl")); strings.Contains(string(argv), "ghs_x") {
				t.Error("the token is on a command line")
			}
		})
	}
}
