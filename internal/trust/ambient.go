package trust

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sigstore/cosign/v2/pkg/providers"
	_ "github.com/sigstore/cosign/v2/pkg/providers/buildkite"  // registers "buildkite-agent"
	_ "github.com/sigstore/cosign/v2/pkg/providers/filesystem" // registers "filesystem"
	_ "github.com/sigstore/cosign/v2/pkg/providers/google"     // registers "google-impersonate" and "google-workload-identity"
	_ "github.com/sigstore/cosign/v2/pkg/providers/spiffe"     // registers "spiffe"
)

// Platforms are those that give whoever runs on them an identity, in the
// order in which they are tried. Google's comes last: on its machines it asks the
// network whether it is there.
//
// GitHub's is asked as a [GitHubJob]. The other providers are cosign's and read
// their own environment:
//
//	buildkite-agent           BUILDKITE_AGENT_ACCESS_TOKEN, BUILDKITE_AGENT_ENDPOINT,
//	                          BUILDKITE_JOB_ID, BUILDKITE_AGENT_LOG_LEVEL
//	google-impersonate        GOOGLE_SERVICE_ACCOUNT_NAME, and Google's default credentials
//	spiffe                    SPIFFE_ENDPOINT_SOCKET, else /tmp/spire-agent/public/api.sock
//	filesystem                the file /var/run/sigstore/cosign/oidc-token
//	google-workload-identity  Google's default credentials, on a machine of Google's
//
// GitLab and CircleCI hand their jobs a token in SIGSTORE_ID_TOKEN.
var Platforms = []string{
	gitHubActions, "buildkite-agent", "google-impersonate", "spiffe", "filesystem", "google-workload-identity",
}

// TokenVariables are the environment variables that hold an identity token, or
// what buys one. The caller unsets them all once the last token is fetched, and
// before it starts another program: a certificate that is renewed half way
// through a long run needs a fresh token.
var TokenVariables = []string{
	"SIGSTORE_ID_TOKEN",
	"ACTIONS_ID_TOKEN_REQUEST_URL",
	"ACTIONS_ID_TOKEN_REQUEST_TOKEN",
	"BUILDKITE_AGENT_ACCESS_TOKEN",
}

// tokenTimeout covers the tries of one of cosign's providers together.
const tokenTimeout = 30 * time.Second

// fromPlatform asks the first platform that the process runs on. cosign's own
// Provide goes on to the next after an error, and so would sign as somebody
// else. What a platform answers is not the operator's doing, so it is not an
// [ErrIdentity].
func (i Identity) fromPlatform(outer context.Context) (Token, string, error) {
	ctx, cancel := context.WithTimeoutCause(outer, tokenTimeout, fmt.Errorf("no answer in %s", tokenTimeout))
	defer cancel()
	names := Platforms
	if i.Platform != "" {
		names = []string{i.Platform}
	}
	for _, name := range names {
		if name == gitHubActions {
			if !i.GitHub.mayAsk() {
				continue
			}
			token, err := i.GitHub.token(outer, i.Now)
			if err != nil {
				return Token{}, "", fmt.Errorf("identity from %s: %w", name, err)
			}
			return token, name, nil
		}
		provider, err := providers.ProvideFrom(ctx, name)
		if err != nil {
			return Token{}, "", err
		}
		if !provider.Enabled(ctx) {
			continue
		}
		token, err := i.provided(ctx, provider)
		if err != nil {
			return Token{}, "", fmt.Errorf("identity from %s: %w", name, err)
		}
		return token, name, nil
	}
	return Token{}, "", fmt.Errorf("%w: %w", ErrIdentity, errNoPlatform)
}

var errNoPlatform = errors.New("none was given, and this is no CI job that may ask for one")

// provided is a provider's token. Some take any answer for a success, a refusal
// too, so it is looked at.
func (i Identity) provided(ctx context.Context, provider providers.Interface) (Token, error) {
	raw, err := provider.Provide(ctx, Audience)
	if cause := context.Cause(ctx); cause != nil {
		return Token{}, cause
	}
	if err != nil {
		return Token{}, err
	}
	return ParseToken(raw, i.Now())
}
