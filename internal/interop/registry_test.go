package interop

import (
	"encoding/hex"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	upstream "github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/sigstore/cosign/v2/pkg/oci"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
)

// newRegistry is an empty registry, with or without the referrers API: without
// one, a tag lists what refers to an image.
func newRegistry(t *testing.T, referrers bool) name.Registry {
	t.Helper()
	server := httptest.NewServer(upstream.New(upstream.WithReferrersSupport(referrers), upstream.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	registry, err := name.NewRegistry(strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return registry
}

// pushIndex pushes an index of two images, and returns it and one of them.
func pushIndex(t *testing.T, repository name.Repository) (index, child name.Digest) {
	t.Helper()
	made, err := random.Index(16, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(repository.Tag("v1"), made); err != nil {
		t.Fatal(err)
	}
	manifest, err := made.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	sum, err := made.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return repository.Digest(sum.String()), repository.Digest(manifest.Manifests[0].Digest.String())
}

func imageDigest(t *testing.T, image name.Digest) []byte {
	t.Helper()
	sum, err := hex.DecodeString(strings.TrimPrefix(image.DigestStr(), "sha256:"))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func mustEntity(t *testing.T, image name.Digest) oci.SignedEntity {
	t.Helper()
	entity, err := ociremote.SignedEntity(image)
	if err != nil {
		t.Fatal(err)
	}
	return entity
}
