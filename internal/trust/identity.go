package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sigstore/cosign/v2/pkg/providers"
	_ "github.com/sigstore/cosign/v2/pkg/providers/github" // registers "github-actions"
)

// TokenVariables are the environment variables that hold an identity, or the key
// to one. SIGSTORE_ID_TOKEN is handed down by the caller; the others are read by
// cosign's providers themselves:
//
//	github-actions  ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN
//
// The caller unsets them all once the last token is fetched, and before it
// starts another program: a certificate that is renewed half way through a long
// run needs a fresh token.
var TokenVariables = []string{
	"SIGSTORE_ID_TOKEN",
	"ACTIONS_ID_TOKEN_REQUEST_URL",
	"ACTIONS_ID_TOKEN_REQUEST_TOKEN",
}

// ambient are the platforms that give their jobs an identity, in the order in
// which they are tried. cosign's own Provide goes on to the next after an error,
// and so would sign as somebody else.
var ambient = []string{"github-actions"}

// tokenTimeout covers the tries of a provider together.
const tokenTimeout = 30 * time.Second

// Identity says where the identity token comes from: the first of its sources
// that is there. The zero value is the CI platform's.
type Identity struct {
	// File is what --identity-token names; "-" is Stdin.
	File  string
	Stdin io.Reader
	// Value is SIGSTORE_ID_TOKEN.
	Value string
	// Now is the clock that expiry is held against.
	Now func() time.Time
}

// Token fetches the identity token and says where it came from. A source that is
// there and fails is an error: nobody signs as somebody else by accident.
func (i Identity) Token(ctx context.Context) (Token, string, error) {
	switch {
	case i.File == "-":
		return i.read(i.Stdin, "standard input")
	case i.File != "":
		f, err := os.Open(i.File)
		if err != nil {
			return Token{}, "", fmt.Errorf("%w: %w", ErrIdentity, err)
		}
		defer f.Close()
		return i.read(f, i.File)
	case i.Value != "":
		return i.given(i.Value, "SIGSTORE_ID_TOKEN")
	}
	return i.fromPlatform(ctx)
}

func (i Identity) read(r io.Reader, source string) (Token, string, error) {
	if r == nil {
		return Token{}, "", fmt.Errorf("%w: %s is closed", ErrIdentity, source)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxToken+2)) // and a newline
	if err != nil {
		return Token{}, "", fmt.Errorf("%w: %s: %w", ErrIdentity, source, err)
	}
	return i.given(string(data), source)
}

func (i Identity) given(raw, source string) (Token, string, error) {
	token, err := ParseToken(raw, i.Now())
	if err != nil {
		return Token{}, "", fmt.Errorf("%w: %s: %w", ErrIdentity, source, err)
	}
	return token, source, nil
}

// fromPlatform asks the first CI platform that the process runs on. What it
// answers is not the operator's doing, so it is not an [ErrIdentity].
func (i Identity) fromPlatform(ctx context.Context) (Token, string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tokenTimeout, fmt.Errorf("no answer in %s", tokenTimeout))
	defer cancel()
	for _, name := range ambient {
		provider, err := providers.ProvideFrom(ctx, name)
		if err != nil {
			return Token{}, "", err
		}
		if !provider.Enabled(ctx) {
			continue
		}
		raw, err := provider.Provide(ctx, Audience)
		if cause := context.Cause(ctx); cause != nil {
			return Token{}, "", fmt.Errorf("identity from %s: %w", name, cause)
		}
		if err != nil {
			return Token{}, "", fmt.Errorf("identity from %s: %w", name, err)
		}
		token, err := ParseToken(raw, i.Now())
		if err != nil {
			// The provider takes any JSON answer for a success, a refusal too.
			return Token{}, "", fmt.Errorf("identity from %s: %w", name, err)
		}
		return token, name, nil
	}
	return Token{}, "", fmt.Errorf("%w: %w", ErrIdentity, errNoPlatform)
}

var errNoPlatform = errors.New("none was given, and this is no CI job that may ask for one")
