package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/go-json-experiment/json"
)

// gitLab is an instance of GitLab as far as a job's token is concerned.
type gitLab struct {
	url string
	key *ecdsa.PrivateKey
}

func newGitLab(t *testing.T) *gitLab {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.MarshalWrite(w, map[string]any{"issuer": server.URL, "jwks_uri": server.URL + "/jwks", "id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.MarshalWrite(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	return &gitLab{server.URL, key}
}

// token is that of a job for the audience sigstore.
func (g *gitLab) token(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	raw, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": g.url, "aud": "sigstore", "sub": "project_path:octo/widget:ref_type:branch:ref:main", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"project_path": "octo/widget", "project_id": "1001", "project_visibility": "public", "pipeline_id": "576", "pipeline_source": "push", "job_id": "412",
		"ref": "main", "ref_type": "branch", "sha": strings.Repeat("0123", 10), "runner_id": 33, "runner_environment": "self-hosted",
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestGitLabProvenance describes a GitLab job from its token, and refuses one
// that its own instance does not bear out.
func TestGitLabProvenance(t *testing.T) {
	instance := newGitLab(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "widget")
	if err := os.WriteFile(file, []byte("one"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change map[string]string
		args   []string
		code   int
		want   []string // on stdout, or on stderr where the code is not 0
	}{
		"job": {nil, nil, exitDone, []string{
			`"buildType":"https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1"`,
			`"source":"` + instance.url + `/octo/widget"`, `"entryPoint":"build-job"`, `"CI_JOB_ID":"412"`,
			`"builder":{"id":"` + instance.url + `/octo/widget/-/runners/33"}`, `"gitCommit":"` + strings.Repeat("0123", 10) + `"`}},
		"parameter":      {nil, []string{"--param", "target=linux"}, exitDone, []string{`"params":{"target":"linux"}`}},
		"asked for":      {map[string]string{"GITLAB_CI": ""}, []string{"--from", "gitlab"}, exitDone, []string{`"job":412`}},
		"no token":       {map[string]string{"SIGSTORE_ID_TOKEN": ""}, nil, exitUsage, []string{"id_tokens:", "aud: sigstore"}},
		"foreign token":  {map[string]string{"SIGSTORE_ID_TOKEN": instance.token(t, stranger)}, nil, exitUndecided, []string{"signature"}},
		"other instance": {map[string]string{"CI_SERVER_URL": "https://gitlab.com"}, nil, exitUsage, []string{"CI_SERVER_URL"}},
		"other commit":   {map[string]string{"CI_COMMIT_SHA": strings.Repeat("1", 40)}, nil, exitUsage, []string{"CI_COMMIT_SHA"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			variables := map[string]string{
				"GITLAB_CI": "true", "SIGSTORE_ID_TOKEN": instance.token(t, instance.key), "DEPLOY_KEY": "hunter2",
				"CI_SERVER_URL": instance.url, "CI_PROJECT_PATH": "octo/widget", "CI_JOB_ID": "412", "CI_JOB_NAME": "build-job",
			}
			for name, value := range tc.change {
				variables[name] = value
			}
			var stdout, stderr bytes.Buffer
			code := Main(t.Context(), Env{
				Args:      append([]string{"provenance", "--retry-for", "0s", file}, tc.args...),
				Stdout:    &stdout,
				Stderr:    &stderr,
				LookupEnv: func(name string) (string, bool) { value, ok := variables[name]; return value, ok },
				Now:       time.Now,
			})
			if code != tc.code {
				t.Fatalf("exit code %d, want %d: %s", code, tc.code, stderr.String())
			}
			out := stdout.String()
			if code != exitDone {
				out = stderr.String()
			}
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %s in %s", want, out)
				}
			}
			for _, secret := range []string{"hunter2", variables["SIGSTORE_ID_TOKEN"]} {
				if secret != "" && strings.Contains(stdout.String()+stderr.String(), secret) {
					t.Errorf("it shows %s", secret)
				}
			}
		})
	}
}
