package registry

import (
	"cmp"
	"context"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"
)

// Kind says how a piece of material was attached, and so what it must be.
type Kind string

// The kinds of material. The latter two are cosign's, older than bundles.
const (
	Bundle           Kind = "bundle"
	ImageSignature   Kind = "image signature"
	ImageAttestation Kind = "image attestation"
)

// Attached is one piece of material that the registry holds for an image.
// Nothing in it is verified but that the registry has these bytes.
type Attached struct {
	Name        string // where it stands, with the digest of what holds it
	Kind        Kind
	Data        []byte            // the layer, as it is stored
	Annotations map[string]string // of the layer; cosign puts signatures there
	// Err is why it could not be read: a *verify.Rejection where what is there
	// is broken, any other error where the registry could not be asked.
	Err error

	layer    v1.Descriptor
	manifest string // that holds it, of a bundle
}

// Material finds all material that may be about an image, broken pieces with
// their reasons, ordered by name. An empty list means that the registry holds
// none.
func (c *Client) Material(ctx context.Context, image *Image) []Attached {
	s := image.session
	all := s.bundles(ctx, image)
	all = append(all, s.cosign(ctx, image, ImageSignature)...)
	all = append(all, s.cosign(ctx, image, ImageAttestation)...)
	slices.SortStableFunc(all, func(a, b Attached) int { return strings.Compare(a.Name, b.Name) })
	limitTotal(all)
	s.fetch(ctx, all)
	return all
}

// limitTotal refuses pieces that would make the whole too large, by what the
// manifests say of their sizes, before any is fetched. Small ones go first.
func limitTotal(all []Attached) {
	order := make([]*Attached, len(all))
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortStableFunc(order, func(a, b *Attached) int { return cmp.Compare(a.layer.Size, b.layer.Size) })
	var total int64
	for _, a := range order {
		if a.Err != nil {
			continue
		}
		if total += a.layer.Size; total > maxBlobs {
			a.Err = overLimit("bytes of material about one image", total, maxBlobs)
		}
	}
}

// fetch reads the layers, several at a time, one that several pieces share only
// once: an image that many have signed has one payload.
func (s *session) fetch(ctx context.Context, all []Attached) {
	type stored struct {
		digest v1.Hash
		size   int64
	}
	same := make(map[stored][]*Attached)
	for i := range all {
		if a := &all[i]; a.Err == nil {
			what := stored{a.layer.Digest, a.layer.Size}
			same[what] = append(same[what], a)
		}
	}
	var g errgroup.Group
	g.SetLimit(maxParallel)
	for _, pieces := range same {
		g.Go(func() error {
			data, err := s.blob(ctx, pieces[0].layer)
			for _, a := range pieces {
				a.Data, a.Err = data, err
			}
			return nil
		})
	}
	_ = g.Wait()
}
