package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChildEnvironment runs the sandbox as if inside a real job: nothing of
// that job's credentials may reach the command.
func TestChildEnvironment(t *testing.T) {
	t.Parallel()
	outer := []string{
		"GITHUB_TOKEN=real", "GH_TOKEN=real", "GITHUB_SHA=real", "ACTIONS_RUNTIME_TOKEN=real",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN=real", "SIGSTORE_ID_TOKEN=real", "NO_PROXY=*", "no_proxy=real",
		"HTTP_PROXY=http://real.example", "ALL_PROXY=real", "SSL_CERT_FILE=real",
	}
	cmd, _ := sandboxCommand(t.Context(), t, "--", "env")
	cmd.Env = append(cmd.Env, outer...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "real") || strings.Contains(string(out), "NO_PROXY") {
		t.Errorf("the outer job shows:\n%s", out)
	}
	for _, want := range []string{"CI=true", "GITHUB_ACTIONS=true", "GITHUB_REF_NAME=v0.0.0-demo", "GITHUB_SHA=" + defaultSHA} {
		if !slices.Contains(strings.Split(string(out), "\n"), want) {
			t.Errorf("environment lacks %s", want)
		}
	}
}

// TestEnvironmentLeadsClients runs a client that knows nothing of the sandbox.
func TestEnvironmentLeadsClients(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ url, want string }{
		{defaultIssuer + "/.well-known/openid-configuration", "true <nil>\n"},
		{"https://fulcio.sigstore.dev/", "false Get \"https://fulcio.sigstore.dev/\": Forbidden\n"},
	} {
		cmd, _ := sandboxCommand(t.Context(), t, "--", self, asClient, test.url)
		out, err := cmd.Output()
		if err != nil || string(out) != test.want {
			t.Errorf("%s: %q (%v), want %q", test.url, out, err, test.want)
		}
	}
}

func TestWriteEnvironment(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	want := []variable{{"PLAIN", "a"}, {"QUOTED", `it's "$HOME" \ $(false) ` + "`false`"}, {"LINES", "a\nb"}, {"EMPTY", ""}}
	if err := writeEnvironment(file, want); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `. "$0" && env -0`, file)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "NO_PROXY=*", "GITHUB_TOKEN=real"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(string(out), "\x00")
	for _, v := range want {
		if !slices.Contains(got, v.name+"="+v.value) {
			t.Errorf("%s is not %q in %q", v.name, v.value, got)
		}
	}
	if strings.Contains(string(out), "NO_PROXY") || strings.Contains(string(out), "GITHUB_TOKEN") {
		t.Errorf("not unset: %q", got)
	}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--visibility", "internal", "--event", "release")
	content, err := os.ReadFile(sandbox.env["GITHUB_EVENT_PATH"])
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Action  string
		Release struct {
			TagName string `json:"tag_name"`
		}
		Repository struct {
			FullName   string `json:"full_name"`
			Visibility string
			Private    bool
		}
	}
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	want := got
	want.Action = "published"
	want.Release.TagName = "v0.0.0-demo"
	want.Repository.FullName, want.Repository.Visibility, want.Repository.Private = defaultRepository, "internal", true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}
