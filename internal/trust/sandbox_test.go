package trust_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/provenance"
)

// TestSandboxJob runs TestInsideJob as a job of the sandbox: a process of its
// own, because Go reads proxy and certificates from the environment only once.
func TestSandboxJob(t *testing.T) {
	s := sandboxtest.Start(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestInsideJob$", "-test.v")
	cmd.Env = s.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestInsideJob gets the job's identity, has it verified with the keys of the
// issuer that answers for GitHub's host, and describes the job.
func TestInsideJob(t *testing.T) {
	if os.Getenv("HALLMARK_SANDBOX_DIR") == "" {
		return // TestSandboxJob runs it
	}
	job := trust.GitHubJob{URL: os.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL"), Bearer: os.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}
	token, source, err := trust.Identity{GitHub: job, Now: time.Now}.Token(t.Context())
	if err != nil || source != "github-actions" {
		t.Fatal(source, err)
	}
	claims, err := trust.VerifyGitHubToken(t.Context(), token, http.DefaultClient, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{}
	for _, name := range []string{
		"GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER", "GITHUB_REPOSITORY_OWNER_ID",
		"GITHUB_REF", "GITHUB_REF_TYPE", "GITHUB_SHA", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW_SHA",
		"GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_RUN_ATTEMPT", "RUNNER_ENVIRONMENT", "GITHUB_ACTOR", "GITHUB_ACTOR_ID",
	} {
		if environment[name] = os.Getenv(name); environment[name] == "" {
			t.Errorf("%s is not set", name)
		}
	}
	build, err := provenance.FromGitHub(claims, environment)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("git+https://github.com/"+os.Getenv("GITHUB_REPOSITORY")+"@"+os.Getenv("GITHUB_REF"), build.ResolvedDependencies[0].Uri); d != "" {
		t.Error(d)
	}
}

// TestSandboxTUF refreshes from the sandbox's TUF repository and gets what its
// files say.
func TestSandboxTUF(t *testing.T) {
	s := sandboxtest.Start(t)
	base, err := os.ReadFile(filepath.Join(s.Dir, "tuf", "1.root.json"))
	if err != nil {
		t.Fatal(err)
	}
	o := trust.Options{
		Mirror: s.Getenv("HALLMARK_SANDBOX_TUF"), TUFRoot: base, Dir: t.TempDir(),
		Transport: http.DefaultTransport, Now: time.Now(),
	}
	got, warnings, err := o.Root(t.Context())
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	want, err := trust.FromFile(s.TrustedRoot())
	if err != nil {
		t.Fatal(err)
	}
	if got.SHA256 != want.SHA256 {
		t.Errorf("root from TUF is %s, the file is %s", got.SHA256, want.SHA256)
	}
	config, _, err := o.SigningConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file, _, err := trust.Options{ConfigFile: s.SigningConfig()}.SigningConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	urls := func(c *root.SigningConfig) []root.Service {
		return append(c.FulcioCertificateAuthorityURLs(), c.RekorLogURLs()...)
	}
	if d := cmp.Diff(urls(file), urls(config)); d != "" {
		t.Error(d)
	}
}
