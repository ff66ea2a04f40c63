package registry

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// IsIndex tells an index of images from a single one.
func (i *Image) IsIndex() bool { return types.MediaType(i.manifest.kind).IsIndex() }

// maxPlatforms bounds the images of an index that are worked on.
const maxPlatforms = 100

// Platforms finds the images of an index that are for a platform, written
// OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, or all of them for "". What an
// index holds that is no image for any platform, as builders put attestations
// there, is passed over. The error wraps ErrReference where none is left.
func (c *Client) Platforms(ctx context.Context, index *Image, platform string) ([]*Image, error) {
	if !index.IsIndex() {
		return nil, fmt.Errorf("%w %s: a single image, no index of images for platforms", ErrReference, index)
	}
	var list v1.IndexManifest
	if err := json.Unmarshal(index.manifest.body, &list); err != nil {
		return nil, fmt.Errorf("image %s: %w", index, unreadable("list of images", err))
	}
	var found []*Image
	for _, d := range list.Manifests {
		if !isFor(d, platform) {
			continue
		}
		if len(found) == maxPlatforms {
			return nil, fmt.Errorf("image %s: %w", index, overLimit("images in an index", int64(len(list.Manifests)), maxPlatforms))
		}
		m, err := index.session.manifest(ctx, d.Digest.String(), imageManifest)
		if err != nil {
			return nil, fmt.Errorf("image %s in %s: %w", d.Digest, index, err)
		}
		ref := index.Reference
		ref.Digest = m.digest
		found = append(found, &Image{Reference: ref, manifest: m, session: index.session})
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w %s: no image for %s in this index", ErrReference, index, orAny(platform))
	}
	return found, nil
}

// isFor tells whether an entry of an index is an image for a platform. Without a
// variant in it any is meant.
func isFor(d v1.Descriptor, platform string) bool {
	if !d.MediaType.IsImage() || !digestForm().MatchString(d.Digest.String()) {
		return false
	}
	if d.Platform == nil || d.Platform.OS == "unknown" {
		return platform == "" && d.Platform == nil
	}
	is := d.Platform.OS + "/" + d.Platform.Architecture
	return platform == "" || platform == is || strings.Count(platform, "/") == 2 && platform == is+"/"+d.Platform.Variant
}

func orAny(platform string) string {
	if platform == "" {
		return "any platform"
	}
	return fmt.Sprintf("%.60q", platform)
}
