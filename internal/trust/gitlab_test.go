package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/provenance"
)

func TestVerifyGitLabToken(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	// As GitLab writes it: text but for the runner's number.
	job := func(o object) {
		o["iss"], o["project_path"], o["job_id"], o["runner_id"], o["ci_config_sha"] = "https://gitlab.example", "octo/widget", "412", 33, nil
	}
	tests := map[string]struct{ raw, at, want string }{
		"good":              {mint(t, issuerKey, jose.ES256, job), "https://gitlab.example", ""},
		"signed by another": {mint(t, stranger, jose.ES256, job), "https://gitlab.example", "signature"},
		"issuer says so":    {mint(t, issuerKey, jose.ES256, job), "https://gitlab.com", "did not match"},
		"runner in words":   {mint(t, issuerKey, jose.ES256, func(o object) { job(o); o["runner_id"] = "x" }), "https://gitlab.example", "token"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			token, err := ParseToken(tc.raw, noon)
			if err != nil {
				t.Fatal(err)
			}
			claims, err := VerifyGitLabToken(t.Context(), token, issuerAt(t, tc.at), atNoon)
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := provenance.GitLabClaims{Issuer: "https://gitlab.example", ProjectPath: "octo/widget", JobID: "412", RunnerID: 33,
				Subject: "repo:octo/widget:ref:refs/heads/main"}
			if d := cmp.Diff(want, claims); d != "" {
				t.Error(d)
			}
		})
	}
}
