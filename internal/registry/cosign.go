package registry

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// cosignTags are how cosign calls what it keeps beside an image, and what the
// layers there hold.
//
// cosign specs/SIGNATURE_SPEC.md and specs/ATTESTATION_SPEC.md.
var cosignTags = map[Kind]struct{ ending, layer string }{
	ImageSignature:   {".sig", "application/vnd.dev.cosign.simplesigning.v1+json"},
	ImageAttestation: {".att", "application/vnd.dsse.envelope.v1+json"},
}

// cosign finds what stands under the tag that cosign derives from the image's
// digest. Anybody who may push can write there, under any other image's tag
// too: each layer answers for itself.
func (s *session) cosign(ctx context.Context, image *Image, kind Kind) []Attached {
	where := Reference{Registry: image.Registry, Repository: image.Repository, Tag: tagOf(image.Digest) + cosignTags[kind].ending}
	layers, err := s.cosignLayers(ctx, where.Tag)
	if isNotFound(err) {
		return nil
	}
	var found []Attached
	if err != nil {
		found = append(found, Attached{Name: where.String(), Kind: kind, Err: err})
	}
	for i, d := range layers {
		a := Attached{Name: fmt.Sprintf("%s#%d", where, i+1), Kind: kind, Annotations: d.Annotations, layer: d, Err: checkLayer(d)}
		if a.Err == nil && string(d.MediaType) != cosignTags[kind].layer {
			a.Err = &verify.Rejection{Check: verify.CheckBundle, Want: "a layer of type " + cosignTags[kind].layer, Got: fmt.Sprintf("%.100q", d.MediaType)}
		}
		found = append(found, a)
	}
	return found
}

// cosignLayers reads the manifest under a tag. Of too many layers it returns
// the first, with an error.
func (s *session) cosignLayers(ctx context.Context, tag string) ([]v1.Descriptor, error) {
	found, err := s.manifest(ctx, tag, imageManifest)
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(found.body)
	if err != nil {
		return nil, err
	}
	if n := len(m.Layers); n > maxLayers {
		return m.Layers[:maxLayers], overLimit("signatures or attestations of an image", int64(n), maxLayers)
	}
	return m.Layers, nil
}
