package registry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Client reads from registries and attaches bundles there. The zero value asks
// as anybody.
type Client struct {
	// Transport makes every request, each alone: redirects and credentials are
	// none of its business. It is what bounds time. Nil is
	// http.DefaultTransport.
	Transport http.RoundTripper
	// Keychain holds credentials; it is asked only where a registry wants some.
	Keychain authn.Keychain
}

// Image is an image, or another artifact, that a registry holds.
type Image struct {
	Reference // by digest, whatever it was resolved from

	manifest *document
	session  *session
	writer   *session // once something is to be attached
}

// Resolve finds an image. A tag is asked for once; what it stood for then is
// the image from then on. The manifest's bytes must have the digest. The error
// wraps ErrReference where the registry does not have it, and is a
// *verify.Rejection where the registry gives something else for it.
func (c *Client) Resolve(ctx context.Context, ref Reference) (*Image, error) {
	image, err := c.resolve(ctx, ref)
	switch {
	case isNotFound(err):
		return nil, fmt.Errorf("%w %s: the registry does not have it: %w", ErrReference, ref, err)
	case err != nil:
		return nil, fmt.Errorf("image %s: %w", ref, err)
	}
	return image, nil
}

func (c *Client) resolve(ctx context.Context, ref Reference) (*Image, error) {
	s, err := c.open(ctx, ref, toRead)
	if err != nil {
		return nil, err
	}
	found, err := s.manifest(ctx, ref.Tag+ref.Digest, anyManifest)
	if err != nil {
		return nil, err
	}
	return &Image{Reference: Reference{Registry: ref.Registry, Repository: ref.Repository, Digest: found.digest}, manifest: found, session: s}, nil
}
