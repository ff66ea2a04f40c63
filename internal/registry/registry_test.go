package registry

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	upstream "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json"

// shelf is a registry with one image, and the repository that holds it.
type shelf struct {
	name.Repository
	server *httptest.Server
	image  *Image
	client *Client
}

// newShelf starts a registry in this process. What changes answers, if it is
// not nil, stands before it.
func newShelf(t testing.TB, referrers bool, before func(http.Handler) http.Handler) *shelf {
	t.Helper()
	var h http.Handler = upstream.New(upstream.WithReferrersSupport(referrers), upstream.Logger(log.New(io.Discard, "", 0)))
	if before != nil {
		h = before(h)
	}
	s := &shelf{server: httptest.NewServer(h), client: new(Client)}
	t.Cleanup(s.server.Close)
	var err error
	if s.Repository, err = name.NewRepository(strings.TrimPrefix(s.server.URL, "http://") + "/octo/widget"); err != nil {
		t.Fatal(err)
	}
	content, err := random.Image(16, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(s.Tag("v1"), content); err != nil {
		t.Fatal(err)
	}
	s.image = s.mustResolve(t, s.Tag("v1").String())
	return s
}

func (s *shelf) mustResolve(t testing.TB, text string) *Image {
	t.Helper()
	ref, err := ParseReference(text)
	if err != nil {
		t.Fatal(err)
	}
	image, err := s.client.Resolve(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// digest is the image as go-containerregistry names it.
func (s *shelf) digest() name.Digest { return s.Digest(s.image.Digest) }

// layer stores bytes and describes them.
func (s *shelf) layer(t testing.TB, mediaType, content string) v1.Descriptor {
	t.Helper()
	l := static.NewLayer([]byte(content), types.MediaType(mediaType))
	if err := remote.WriteLayer(s.Repository, l); err != nil {
		t.Fatal(err)
	}
	return describe(t, l, mediaType)
}

func describe(t testing.TB, l v1.Layer, mediaType string) v1.Descriptor {
	t.Helper()
	digest, err := l.Digest()
	if err != nil {
		t.Fatal(err)
	}
	size, err := l.Size()
	if err != nil {
		t.Fatal(err)
	}
	return v1.Descriptor{MediaType: types.MediaType(mediaType), Digest: digest, Size: size}
}

// rawManifest is a manifest as it is written, right or wrong.
type rawManifest struct {
	body string
	kind string
}

func (m rawManifest) RawManifest() ([]byte, error)         { return []byte(m.body), nil }
func (m rawManifest) MediaType() (types.MediaType, error)  { return types.MediaType(m.kind), nil }
func (m rawManifest) digest() string                       { return digestOf([]byte(m.body)) }
func (m rawManifest) put(t testing.TB, ref name.Reference) { mustPut(t, ref, m) }

func mustPut(t testing.TB, ref name.Reference, m rawManifest) {
	t.Helper()
	if err := remote.Put(ref, m); err != nil {
		t.Fatal(err)
	}
}

// referrer makes the manifest of a bundle and lets a test spoil it.
func (s *shelf) referrer(t testing.TB, content string, spoil func(*v1.Manifest)) rawManifest {
	t.Helper()
	subject, err := v1.NewHash(s.image.Digest)
	if err != nil {
		t.Fatal(err)
	}
	m := v1.Manifest{
		SchemaVersion: 2,
		MediaType:     types.OCIManifestSchema1,
		ArtifactType:  bundleType,
		Config:        s.layer(t, "application/vnd.oci.empty.v1+json", "{}"),
		Layers:        []v1.Descriptor{s.layer(t, bundleType, content)},
		Subject:       &v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: subject, Size: 1},
	}
	if spoil != nil {
		spoil(&m)
	}
	return rawManifest{toJSON(t, m), ociImageType}
}

func (s *shelf) putReferrer(t testing.TB, content string, spoil func(*v1.Manifest)) string {
	t.Helper()
	m := s.referrer(t, content, spoil)
	m.put(t, s.Digest(m.digest()))
	return m.digest()
}

// said is what material says, a line a piece: its data or the check it failed.
func said(all []Attached) []string {
	var lines []string
	for _, a := range all {
		if a.Err != nil {
			lines = append(lines, fmt.Sprintf("%s: %v", a.Kind, a.Err))
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s", a.Kind, a.Data))
		}
	}
	return lines
}
