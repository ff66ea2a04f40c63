package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// session is access to one repository, as whoever the registry takes us for.
type session struct {
	base      http.RoundTripper
	keychain  authn.Keychain
	registry  name.Registry
	ref       Reference
	challenge *transport.Challenge
	address   url.URL // of the registry
	actions   string  // toRead or toWrite

	mu            sync.Mutex
	authorization string // of requests to the registry itself
	withheld      string // the token service that credentials were kept from
}

// What is asked of a token service: to write only where something is written.
const (
	toRead  = "pull"
	toWrite = "pull,push"
)

// open asks the registry how it wants to be spoken to.
func (c *Client) open(ctx context.Context, ref Reference, actions string) (*session, error) {
	s := &session{base: c.Transport, keychain: c.Keychain, ref: ref, actions: actions}
	if s.base == nil {
		s.base = http.DefaultTransport
	}
	var err error
	if s.registry, err = name.NewRegistry(ref.host(), name.StrictValidation); err != nil {
		return nil, err
	}
	if s.challenge, err = transport.Ping(ctx, s.registry, handshake{s.base}); err != nil {
		return nil, briefly(err)
	}
	s.address = url.URL{Scheme: "https", Host: ref.host()}
	if s.challenge.Insecure {
		s.address.Scheme = "http"
	}
	if err := checkAddress(&s.address); err != nil {
		return nil, err
	}
	return s, s.authenticate(ctx)
}

// authenticate answers the registry's challenge. Credentials are looked up only
// if there is one.
func (s *session) authenticate(ctx context.Context) error {
	switch strings.ToLower(s.challenge.Scheme) {
	case "":
		return nil
	case "basic":
		credentials, err := s.credentials(ctx)
		if err != nil {
			return err
		}
		s.authorization = basic(credentials)
		return nil
	case "bearer":
		return s.exchange(ctx)
	}
	return fmt.Errorf("it asks for authentication of the unknown kind %.40q", s.challenge.Scheme)
}

// exchange gets a token for this repository, with the credentials for
// the registry if its token service may see them, else as anybody.
func (s *session) exchange(ctx context.Context) error {
	realm, err := url.Parse(s.challenge.Parameters["realm"])
	if err != nil {
		return fmt.Errorf("token service: %w", err)
	}
	if err := checkSent(&s.address, realm); err != nil {
		return fmt.Errorf("token service: %w", err)
	}
	credentials, err := s.credentials(ctx)
	if err != nil {
		return err
	}
	if credentials.RegistryToken != "" {
		s.authorization = "Bearer " + credentials.RegistryToken
		return nil
	}
	if *credentials != (authn.AuthConfig{}) && !sameOwner(s.ref.host(), realm) {
		credentials, s.withheld = new(authn.AuthConfig), realm.Host
	}
	auth := authn.Anonymous
	if *credentials != (authn.AuthConfig{}) {
		auth = authn.FromConfig(*credentials)
	}
	token, err := transport.Exchange(ctx, s.registry, auth, handshake{s.base}, []string{"repository:" + s.ref.Repository + ":" + s.actions}, s.challenge)
	if err != nil {
		return fmt.Errorf("token service %s: %w", realm.Host, brieflyToken(ctx, err))
	}
	s.authorization = "Bearer " + token.Token
	if token.AccessToken != "" {
		s.authorization = "Bearer " + token.AccessToken
	}
	return nil
}

func (s *session) credentials(ctx context.Context) (*authn.AuthConfig, error) {
	if s.keychain == nil {
		return new(authn.AuthConfig), nil
	}
	auth, err := authn.Resolve(ctx, s.keychain, s.registry.Repo(s.ref.Repository))
	if err != nil {
		return nil, err
	}
	return authn.Authorization(ctx, auth)
}

func basic(c *authn.AuthConfig) string {
	switch {
	case c.RegistryToken != "":
		return "Bearer " + c.RegistryToken
	case c.Username != "" && c.Password != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Username+":"+c.Password))
	case c.Auth != "":
		return "Basic " + c.Auth
	}
	return ""
}

// current is what proves to the registry who asks.
func (s *session) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authorization
}

// renew answers the challenge again where the registry did not take what was
// sent before, unless somebody else has done so in the meantime. A registry
// that challenged nobody at its door wants a password where it does at a
// repository's.
func (s *session) renew(ctx context.Context, stale string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.authorization != stale {
		return s.authorization, nil
	}
	if s.challenge.Scheme == "" {
		s.challenge.Scheme = "basic"
	}
	err := s.authenticate(ctx)
	return s.authorization, err
}

// briefly takes off what net/http wraps around an error, and keeps of a
// registry's own words what fits a line.
func briefly(err error) error {
	if wrapped, ok := err.(*url.Error); ok {
		err = wrapped.Err
	}
	if status := (*transport.Error)(nil); errors.As(err, &status) {
		return newStatusError(status)
	}
	return err
}

// brieflyToken does so with a token service, whose words may hold a token.
func brieflyToken(ctx context.Context, err error) error {
	var wrapped *url.Error
	var status *transport.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &wrapped):
		return wrapped.Err
	case errors.As(err, &status):
		return newStatusError(status)
	}
	return errors.New("its answer holds no token")
}
