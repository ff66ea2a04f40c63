package trust

import (
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

func TestTokenClaims(t *testing.T) {
	raw := mint(t, issuerKey, jose.ES256, func(o object) {
		o["job_workflow_ref"] = "octo/widget/.github/workflows/release.yml@refs/tags/v1"
		o["repository_visibility"] = "private"
	})
	token, err := ParseToken(raw, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := TokenClaims{
		Issuer: GitHubIssuer, Subject: "repo:octo/widget:ref:refs/heads/main",
		JobWorkflowRef: "octo/widget/.github/workflows/release.yml@refs/tags/v1", Visibility: "private",
	}
	if d := cmp.Diff(want, token.Claims()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(TokenClaims{}, Token{}.Claims()); d != "" {
		t.Errorf("the zero token claims something: %s", d)
	}
	name, issuer := token.Claims().Signer()
	if name != "https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1" || issuer != GitHubIssuer {
		t.Errorf("signer is %q of %q", name, issuer)
	}
	if name, issuer := (TokenClaims{Issuer: "https://other.example", JobWorkflowRef: "octo/widget/x"}).Signer(); name != "" || issuer != "" {
		t.Errorf("a foreign issuer's claim became %q of %q", name, issuer)
	}
	gitLab := TokenClaims{Issuer: GitLabIssuer, GitLabConfig: "gitlab.com/octo/widget//.gitlab-ci.yml@refs/heads/main", GitLabVisibility: "internal"}
	if name, issuer := gitLab.Signer(); name != "https://gitlab.com/octo/widget//.gitlab-ci.yml@refs/heads/main" || issuer != GitLabIssuer {
		t.Errorf("signer is %q of %q", name, issuer)
	}
	if got := gitLab.SourceVisibility(); got != "internal" {
		t.Errorf("visibility is %q", got)
	}
}
