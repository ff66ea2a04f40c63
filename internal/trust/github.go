package trust

import (
	"context"
	"net/http"
	"time"

	"github.com/hallmark-project/hallmark/provenance"
)

// GitHubIssuer vouches for jobs of GitHub Actions on github.com.
const GitHubIssuer = "https://token.actions.githubusercontent.com"

// VerifyGitHubToken checks that GitHub signed the token for [Audience], with
// keys fetched from the issuer itself, and returns what it says about the job.
// The client's transport bounds and retries the two requests.
func VerifyGitHubToken(ctx context.Context, token Token, client *http.Client, now func() time.Time) (provenance.Claims, error) {
	var claims provenance.Claims
	if err := verifyToken(ctx, token, GitHubIssuer, client, now, &claims); err != nil {
		return provenance.Claims{}, err
	}
	return claims, nil
}
