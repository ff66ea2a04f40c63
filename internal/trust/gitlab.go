package trust

import (
	"context"
	"net/http"
	"time"

	"github.com/hallmark-project/hallmark/provenance"
)

// GitLabIssuer vouches for jobs of GitLab CI on gitlab.com. An instance of one's
// own vouches for its jobs under its own name.
const GitLabIssuer = "https://gitlab.com"

// VerifyGitLabToken does for a GitLab job what [VerifyGitHubToken] does for one
// of GitHub's. The issuer is the GitLab instance that the token itself names:
// whether anybody trusts that instance is for Fulcio, and for who verifies, to
// say.
func VerifyGitLabToken(ctx context.Context, token Token, client *http.Client, now func() time.Time) (provenance.GitLabClaims, error) {
	var claims provenance.GitLabClaims
	if err := verifyToken(ctx, token, token.Claims().Issuer, client, now, &claims); err != nil {
		return provenance.GitLabClaims{}, err
	}
	return claims, nil
}
