package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Identity says where the identity token comes from: the first of its sources
// that is there. The zero value is the CI platform's.
type Identity struct {
	// File is what --identity-token names; "-" is Stdin.
	File  string
	Stdin io.Reader
	// Value is SIGSTORE_ID_TOKEN.
	Value string
	// GitHub is the job of GitHub Actions that this is, if it is one.
	GitHub GitHubJob
	// Platform is the provider's name of the CI platform that this is known to be
	// a job of; no other is asked then.
	Platform string
	// Interactive asks a person, first for a device and else where nothing else
	// is there; nil asks nobody.
	Interactive *Interactive
	// Now is the clock that expiry is held against.
	Now func() time.Time
}

// Token fetches the identity token and says where it came from. A source that is
// there and fails is an error: nobody signs as somebody else by accident.
func (i Identity) Token(ctx context.Context) (Token, string, error) {
	switch {
	case i.Interactive != nil && i.Interactive.Device:
		return i.ask(ctx)
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
	token, source, err := i.fromPlatform(ctx)
	if i.Interactive != nil && errors.Is(err, errNoPlatform) {
		return i.ask(ctx)
	}
	return token, source, err
}

func (i Identity) ask(ctx context.Context) (Token, string, error) {
	token, err := i.Interactive.Token(ctx)
	if err != nil {
		return Token{}, "", err
	}
	return token, i.Interactive.source(), nil
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
