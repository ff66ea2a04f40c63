package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/verify"
)

// bundleTypes are the media types of bundles, by their exact names.
//
// Sigstore bundle specification, "media type".
var bundleTypes = []string{
	"application/vnd.dev.sigstore.bundle.v0.3+json",
	"application/vnd.dev.sigstore.bundle+json;version=0.3",
	"application/vnd.dev.sigstore.bundle+json;version=0.2",
	"application/vnd.dev.sigstore.bundle+json;version=0.1",
}

const bundlePrefix = "application/vnd.dev.sigstore.bundle"

// bundles finds the bundles among an image's referrers. Referrers of other
// kinds are not ours; one that claims to be a bundle and is none is reported.
func (s *session) bundles(ctx context.Context, image *Image) []Attached {
	var found []Attached
	list, err := s.referrers(ctx, image)
	if err != nil {
		found = append(found, Attached{Name: "referrers of " + image.String(), Kind: Bundle, Err: err})
	}
	candidates := mayHoldBundles(list)
	if n := len(candidates); n > maxFetched {
		found = append(found, Attached{Name: "referrers of " + image.String(), Kind: Bundle, Err: overLimit("referrers that may hold a bundle", int64(n), maxFetched)})
		candidates = candidates[:maxFetched]
	}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(maxParallel)
	for _, d := range candidates {
		g.Go(func() error {
			a := Attached{Name: Reference{Registry: image.Registry, Repository: image.Repository, Digest: d.Digest.String()}.String(), Kind: Bundle, manifest: d.Digest.String()}
			var other bool
			a.layer, other, a.Err = s.bundleLayer(ctx, d, image.Digest)
			if other {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			found = append(found, a)
			return nil
		})
	}
	_ = g.Wait()
	return found
}

// mayHoldBundles leaves out what a list says is of another kind, and orders the
// rest by what its author cannot choose freely. A list that is made by hand, or
// by a registry that looks at the config alone, says no kind at all.
func mayHoldBundles(list []v1.Descriptor) []v1.Descriptor {
	var some []v1.Descriptor
	for _, d := range list {
		if strings.HasPrefix(d.ArtifactType, bundlePrefix) || saysNothing(d.ArtifactType) {
			some = append(some, d)
		}
	}
	slices.SortFunc(some, func(a, b v1.Descriptor) int { return strings.Compare(a.Digest.Hex, b.Digest.Hex) })
	return slices.CompactFunc(some, func(a, b v1.Descriptor) bool { return a.Digest == b.Digest })
}

func saysNothing(artifactType string) bool {
	switch artifactType {
	case "", "application/vnd.oci.empty.v1+json", "application/vnd.oci.image.config.v1+json":
		return true
	}
	return false
}

// bundleLayer reads the manifest of a referrer and returns the one layer that
// holds the bundle; other means that it never claimed to hold one. Which image
// a referrer is about it says itself, so an entry in a list proves nothing; and
// what it says decides nothing either, the bundle's own subject does.
func (s *session) bundleLayer(ctx context.Context, d v1.Descriptor, image string) (layer v1.Descriptor, other bool, err error) {
	found, err := s.manifest(ctx, d.Digest.String(), imageManifest)
	if err != nil {
		return layer, false, err
	}
	if n := int64(len(found.body)); n != d.Size {
		return layer, false, &verify.Rejection{Check: verify.CheckBundle, Want: fmt.Sprintf("a manifest of %d bytes, as the list says", d.Size), Got: fmt.Sprint(n)}
	}
	m, err := parseManifest(found.body)
	if err != nil {
		return layer, false, err
	}
	if !strings.HasPrefix(m.ArtifactType, bundlePrefix) && saysNothing(d.ArtifactType) {
		return layer, true, nil
	}
	return oneLayer(m, image)
}

func oneLayer(m *v1.Manifest, image string) (layer v1.Descriptor, other bool, err error) {
	refuse := func(want, got string) (v1.Descriptor, bool, error) {
		return layer, false, &verify.Rejection{Check: verify.CheckBundle, Want: want, Got: got}
	}
	switch {
	case !slices.Contains(bundleTypes, m.ArtifactType):
		return refuse("a referrer of the type of a bundle", fmt.Sprintf("type %.100q", m.ArtifactType))
	case m.Subject == nil:
		return refuse("a referrer to "+image, "a manifest that refers to nothing")
	case m.Subject.Digest.String() != image:
		return refuse("a referrer to "+image, "one to "+m.Subject.Digest.String())
	case len(m.Layers) != 1:
		return refuse("exactly one layer, the bundle", fmt.Sprintf("%d", len(m.Layers)))
	case !slices.Contains(bundleTypes, string(m.Layers[0].MediaType)):
		return refuse("a layer of the type of a bundle", fmt.Sprintf("type %.100q", m.Layers[0].MediaType))
	}
	return m.Layers[0], false, checkLayer(m.Layers[0])
}
