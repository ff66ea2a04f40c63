package trust

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// verifyToken checks that an issuer signed the token for [Audience] and nobody
// else, with keys fetched from the issuer itself, and reads its claims. The
// client's transport bounds and retries the two requests.
func verifyToken(ctx context.Context, token Token, issuer string, client *http.Client, now func() time.Time, claims any) error {
	ctx = oidc.ClientContext(ctx, client)
	provider, err := oidc.NewProvider(ctx, issuer)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) && strings.HasPrefix(wrapped.Err.Error(), issuer) {
		return fmt.Errorf("issuer %w", wrapped.Err) // which says once more what was asked
	}
	if err != nil {
		return fmt.Errorf("issuer %s: %w", issuer, err)
	}
	verified, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: Audience, Now: now}).Verify(ctx, token.Reveal())
	if err != nil {
		return fmt.Errorf("the job's token: %w", err)
	}
	if len(verified.Audience) != 1 {
		return fmt.Errorf("the job's token: audience %q, want %q alone", verified.Audience, Audience)
	}
	if err := verified.Claims(claims); err != nil {
		return fmt.Errorf("the job's token: %w", err)
	}
	return nil
}
