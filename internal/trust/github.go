package trust

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/hallmark-project/hallmark/provenance"
)

// GitHubIssuer vouches for jobs of GitHub Actions on github.com.
const GitHubIssuer = "https://token.actions.githubusercontent.com"

// VerifyGitHubToken checks that GitHub signed the token for [Audience], with
// keys fetched from the issuer itself, and returns what it says about the job.
// The client's transport bounds and retries the two requests.
func VerifyGitHubToken(ctx context.Context, token Token, client *http.Client, now func() time.Time) (provenance.Claims, error) {
	var claims provenance.Claims
	ctx = oidc.ClientContext(ctx, client)
	issuer, err := oidc.NewProvider(ctx, GitHubIssuer)
	if err != nil {
		return claims, fmt.Errorf("issuer %s: %w", GitHubIssuer, err)
	}
	verified, err := issuer.VerifierContext(ctx, &oidc.Config{ClientID: Audience, Now: now}).Verify(ctx, token.Reveal())
	if err != nil {
		return claims, fmt.Errorf("the job's token: %w", err)
	}
	if len(verified.Audience) != 1 {
		return claims, fmt.Errorf("the job's token: audience %q, want %q alone", verified.Audience, Audience)
	}
	if err := verified.Claims(&claims); err != nil {
		return claims, fmt.Errorf("the job's token: %w", err)
	}
	return claims, nil
}
