package cli

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/provenance"
)

// identity is who signs in this run: one token, fetched once and used for the
// facts of the build and for the first certificate.
type identity struct {
	env       *Env
	source    trust.Identity
	transport http.RoundTripper

	mu    sync.Mutex
	token trust.Token
	from  string
	fresh bool               // fetched, and not yet handed to a signer
	job   *provenance.Claims // what GitHub says of this job, once asked
}

func (env *Env) identity(c *cli.Context, transport http.RoundTripper) *identity {
	return &identity{env: env, transport: transport, source: trust.Identity{
		File:  c.String("identity-token"),
		Stdin: env.Stdin,
		Value: env.secret("SIGSTORE_ID_TOKEN"),
		Now:   env.Now,
		GitHub: trust.GitHubJob{
			URL:       env.secret("ACTIONS_ID_TOKEN_REQUEST_URL"),
			Bearer:    env.secret("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
			Transport: env.runnerTransport(c.Duration("retry-for")),
		},
		Platform: env.platform(),
	}}
}

// identityHelp says in which order it is looked for who signs.
func identityHelp() string {
	return "\n\nWho signs: --key, --device or --identity-token, else SIGSTORE_ID_TOKEN, else the\n" +
		"first of these that is there: " + strings.Join(trust.Platforms[:2], ", ") + ",\n" +
		strings.Join(trust.Platforms[2:], ", ") + ";\n" +
		"else, on a terminal, whoever signs in with the browser that opens."
}

// fetch gets the token the first time it is needed.
func (id *identity) fetch(ctx context.Context) error {
	id.mu.Lock()
	defer id.mu.Unlock()
	return id.get(ctx)
}

func (id *identity) get(ctx context.Context) error {
	if id.from != "" {
		return nil
	}
	token, from, err := id.source.Token(ctx)
	if err != nil {
		return id.hint(err)
	}
	id.token, id.from, id.fresh = token, from, true
	return nil
}

// claims are what GitHub says of this job, its signature checked.
func (id *identity) claims(ctx context.Context) (provenance.Claims, error) {
	if err := id.fetch(ctx); err != nil {
		return provenance.Claims{}, err
	}
	claims, err := trust.VerifyGitHubToken(ctx, id.token, &http.Client{Transport: id.transport}, id.env.Now)
	if err != nil {
		return provenance.Claims{}, whileNothingIsWritten(err)
	}
	id.job = &claims
	return claims, nil
}

// gitLabClaims are what the job's GitLab instance says of it.
func (id *identity) gitLabClaims(ctx context.Context) (provenance.GitLabClaims, error) {
	if err := id.fetch(ctx); err != nil {
		return provenance.GitLabClaims{}, err
	}
	claims, err := trust.VerifyGitLabToken(ctx, id.token, &http.Client{Transport: id.transport}, id.env.Now)
	return claims, whileNothingIsWritten(err)
}

// next hands out a token for one certificate: the first that was fetched, then
// a new one each time, since tokens expire within minutes.
func (id *identity) next(ctx context.Context) (string, error) {
	id.mu.Lock()
	defer id.mu.Unlock()
	if !id.fresh {
		id.from = ""
	}
	if err := id.get(ctx); err != nil {
		return "", err
	}
	id.fresh = false
	return id.token.Reveal(), nil
}

// signer is whom the token names, as certificates name them.
func (id *identity) signer() (name, issuer string) {
	id.mu.Lock()
	defer id.mu.Unlock()
	return id.token.Claims().Signer()
}

// forget unsets the variables that could give this identity to others.
func (id *identity) forget() {
	for _, name := range trust.TokenVariables {
		_ = id.env.Unsetenv(name)
	}
}

// hint says how a job or a person gets an identity, or why a platform that was
// asked gave none.
func (id *identity) hint(err error) error {
	switch {
	case !errors.Is(err, trust.ErrIdentity) && errors.Is(err, trust.ErrClock):
		return withHint(err, "it was issued just now: if this machine's clock is wrong, set it and run the same command again")
	case !errors.Is(err, trust.ErrIdentity):
		return whileNothingIsWritten(err)
	case id.env.getenv("GITHUB_ACTIONS") == "true" && id.source.GitHub.URL == "":
		return withLines(err, "the job may not ask for one: add to it", "permissions:", "  id-token: write")
	case id.env.getenv("GITLAB_CI") == "true" && id.source.Value == "":
		return withLines(err, "the job asks for none: add to it", "id_tokens:", "  SIGSTORE_ID_TOKEN:", "    aud: "+trust.Audience)
	}
	return withHint(err, "--identity-token FILE, or SIGSTORE_ID_TOKEN with a token for %q; a person signs in with --device, a job in GitHub Actions needs id-token: write", trust.Audience)
}
