package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/registry"
	"github.com/hallmark-project/hallmark/review"
)

// findImages adds to each release the image that a registry has under its tag,
// as one more asset: what is asked of files is asked of it.
func (c *collector) findImages(ctx context.Context) error {
	if c.options.image == "" {
		return nil
	}
	c.images = &images{client: c.env.registryClient(c.options.retryFor), byName: make(map[string]*registry.Image)}
	for i := range c.record.Releases.Items {
		rel := &c.record.Releases.Items[i]
		a, err := c.findImage(ctx, rel.Tag)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			a = &review.Asset{Name: imagePrefix + c.options.image, Bytes: review.Answer{Source: imagePrefix + c.options.image, Time: c.now(), Unknown: err.Error()}}
		}
		if a != nil {
			rel.Assets = append(rel.Assets, *a)
		}
	}
	return nil
}

// findImage looks for the image of a release: under its tag, or as is the custom
// under that without its v. Nothing is there for a release without one.
func (c *collector) findImage(ctx context.Context, tag string) (*review.Asset, error) {
	for _, name := range []string{tag, strings.TrimPrefix(tag, "v")} {
		ref, err := registry.ParseReference(c.options.image + ":" + name)
		if err != nil {
			continue // no registry has such a tag
		}
		image, err := c.images.client.Resolve(ctx, ref)
		if errors.Is(err, registry.ErrReference) {
			continue
		}
		if err != nil {
			return nil, err
		}
		digest := strings.TrimPrefix(image.Digest, "sha256:")
		c.images.byName[image.String()] = image
		return &review.Asset{Name: image.String(), Digests: map[string]string{"sha256": digest},
			Bytes: review.Answer{Source: imagePrefix + ref.String(), Time: c.now(), SHA256: digest}}, nil
	}
	return nil, nil
}

// askRegistry adds what the registry holds about each image to what GitHub does.
func (c *collector) askRegistry(ctx context.Context) error {
	for i := range c.record.Releases.Items {
		assets := c.record.Releases.Items[i].Assets
		for j := range assets {
			a := &assets[j]
			if c.images == nil || c.images.byName[a.Name] == nil {
				continue
			}
			found, _ := c.images.find(ctx, c.images.artifact(a.Name))
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			for _, f := range found {
				if item, ok := c.attached(f); ok {
					a.Attestations.Items = append(a.Attestations.Items, item)
				}
			}
		}
	}
	return nil
}

// attached is a bundle that a registry holds. One over a document that names the
// image is none about the image itself.
func (c *collector) attached(f material.Found) (review.Attestation, bool) {
	item := review.Attestation{Source: f.Name, Initiator: "registry"}
	switch {
	case f.Payload != nil:
		return item, false
	case f.Err != nil:
		item.Unknown = f.Err.Error()
		return item, true
	}
	text, err := f.Bundle.MarshalJSON()
	if err != nil {
		return item, false
	}
	item.SHA256 = c.keep(text)
	return item, true
}
