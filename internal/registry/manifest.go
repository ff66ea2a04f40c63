package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/hallmark-project/hallmark/verify"
)

// The kinds of manifest that are asked for, by media type.
var (
	imageManifest = []string{string(types.OCIManifestSchema1), string(types.DockerManifestSchema2)}
	imageIndex    = []string{string(types.OCIImageIndex)}
	anyManifest   = append(append([]string{string(types.DockerManifestList)}, imageIndex...), imageManifest...)
)

// document is a manifest as the registry gave it.
type document struct {
	digest string // of these bytes
	kind   string // a media type
	body   []byte
}

// manifest reads a manifest by its tag or digest. It must have the digest, be
// of a kind that was asked for, and be called by one name in and out.
func (s *session) manifest(ctx context.Context, identifier string, kinds []string) (*document, error) {
	a, err := s.get(ctx, s.endpoint("manifests", identifier), strings.Join(kinds, ","), maxManifest)
	if err != nil {
		return nil, err
	}
	d := &document{digest: digestOf(a.body), body: a.body}
	if strings.Contains(identifier, ":") && d.digest != identifier {
		return nil, otherBytes(identifier, d.digest)
	}
	if said := a.header.Get("Docker-Content-Digest"); said != "" && said != d.digest {
		return nil, otherBytes("what its header says, "+said, d.digest)
	}
	var inside struct {
		MediaType string `json:"mediaType"`
	}
	if err := json.Unmarshal(a.body, &inside); err != nil {
		return nil, unreadable("manifest", err)
	}
	kind := mediaType(a.header.Get("Content-Type"))
	switch {
	case !slices.Contains(kinds, kind):
		return nil, &verify.Rejection{Check: verify.CheckBundle, Want: "a manifest of type " + strings.Join(kinds, " or "), Got: fmt.Sprintf("%.100q", kind)}
	case inside.MediaType != "" && inside.MediaType != kind:
		return nil, &verify.Rejection{Check: verify.CheckBundle, Want: "a manifest of type " + kind + ", as the registry says", Got: fmt.Sprintf("%.100q", inside.MediaType)}
	}
	d.kind = kind
	return d, nil
}

// blob reads a layer, as it is stored. What the manifest says of it must hold.
func (s *session) blob(ctx context.Context, d v1.Descriptor) ([]byte, error) {
	a, err := s.get(ctx, s.endpoint("blobs", d.Digest.String()), "", int(d.Size))
	if err != nil {
		return nil, err
	}
	if n := int64(len(a.body)); n != d.Size {
		return nil, &verify.Rejection{Check: verify.CheckBundle, Want: fmt.Sprintf("a blob of %d bytes, as its manifest says", d.Size), Got: fmt.Sprint(n)}
	}
	if got := digestOf(a.body); got != d.Digest.String() {
		return nil, otherBytes(d.Digest.String(), got)
	}
	return a.body, nil
}

// checkLayer holds the descriptor of a blob to what can be fetched.
func checkLayer(d v1.Descriptor) error {
	switch {
	case !digestForm().MatchString(d.Digest.String()):
		return &verify.Rejection{Check: verify.CheckBundle, Want: "a layer with a digest", Got: fmt.Sprintf("%.100q", d.Digest)}
	case len(d.URLs) > 0:
		return &verify.Rejection{Check: verify.CheckBundle, Want: "a layer in the registry itself", Got: "one at an address elsewhere"}
	case d.Size <= 0:
		return &verify.Rejection{Check: verify.CheckBundle, Want: "a layer that holds something", Got: fmt.Sprintf("%d bytes", d.Size)}
	case d.Size > maxBlob:
		return overLimit("bytes of material", d.Size, maxBlob)
	}
	return nil
}

func parseManifest(body []byte) (*v1.Manifest, error) {
	m := new(v1.Manifest)
	if err := json.Unmarshal(body, m); err != nil {
		return nil, unreadable("manifest", err)
	}
	return m, nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// mediaType is a media type without its parameters.
func mediaType(header string) string {
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
		return header
	}
	return kind
}

func otherBytes(want, got string) error {
	return &verify.Rejection{Check: verify.CheckSubject, Want: want, Got: got, Why: "the registry gives other bytes than were asked for",
		Hint: "try again, from another network too; if it stays so, tell whoever runs the registry"}
}

func unreadable(what string, err error) error {
	return &verify.Rejection{Check: verify.CheckBundle, Why: "no readable " + what, Err: err}
}
