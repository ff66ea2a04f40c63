package registry

import (
	"context"
	"fmt"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Attachment is a bundle to be attached to an image.
type Attachment struct {
	Bundle []byte // in JSON, of the present version
	// PredicateType is that of the statement in it, "" where it is a message
	// signature. It helps those who list referrers, and proves nothing.
	PredicateType string
	// Created is what is written beside it, to the second. Apart from it the
	// same bundle makes the same manifest.
	Created time.Time
}

// Placed is where a bundle stands in a registry.
type Placed struct {
	Reference      // of the manifest that holds it
	Kept      bool // it stood there before
}

// Prepare finds out whether bundles may be attached to an image, by storing the
// little blob that each of them needs. It is for those who sign: what a log holds
// stands there for ever, whether or not the registry takes the bundle then.
func (c *Client) Prepare(ctx context.Context, image *Image) error {
	if _, err := c.writer(ctx, image); err != nil {
		return fmt.Errorf("attach to %s: %w", image, err)
	}
	return nil
}

// writer is access to the image's repository that may write, proved once.
func (c *Client) writer(ctx context.Context, image *Image) (*session, error) {
	if image.writer != nil {
		return image.writer, nil
	}
	s, err := c.open(ctx, image.Reference, toWrite)
	if err != nil {
		return nil, err
	}
	if err := s.upload(ctx, emptyConfig); err != nil {
		return nil, err
	}
	image.writer = s
	return s, nil
}

// Attach puts a bundle beside an image, as a manifest of its own that refers to
// it. Nothing of the image changes, and what others have attached stays. One
// that holds the same bundle is kept. Where the registry does not list referrers
// by itself, the tag that stands in for the list is brought up to date.
//
// OCI distribution specification, "Pushing Manifests with Subject"; cosign
// specs/BUNDLE_SPEC.md.
func (c *Client) Attach(ctx context.Context, image *Image, a Attachment) (Placed, error) {
	placed, err := c.attach(ctx, image, a)
	if err != nil {
		return Placed{}, fmt.Errorf("attach to %s: %w", image, err)
	}
	return placed, nil
}

func (c *Client) attach(ctx context.Context, image *Image, a Attachment) (Placed, error) {
	at := func(digest string, kept bool) Placed {
		return Placed{Reference{Registry: image.Registry, Repository: image.Repository, Digest: digest}, kept}
	}
	if len(a.Bundle) > maxBlob {
		return Placed{}, overLimit("bytes of material", int64(len(a.Bundle)), maxBlob)
	}
	s, err := c.writer(ctx, image)
	if err != nil {
		return Placed{}, err
	}
	layer := descriptor(bundleTypes[0], a.Bundle)
	for _, found := range s.bundles(ctx, image) {
		if found.Err == nil && found.layer.Digest == layer.Digest {
			return at(found.manifest, true), nil
		}
	}
	m := image.referrer(a, layer)
	body, err := encode(m)
	if err != nil {
		return Placed{}, err
	}
	if err := s.upload(ctx, a.Bundle); err != nil {
		return Placed{}, err
	}
	digest := digestOf(body)
	said, err := s.putManifest(ctx, digest, string(m.MediaType), body)
	if err != nil {
		return Placed{}, err
	}
	if said.Get("OCI-Subject") != image.Digest {
		entry := descriptor(string(m.MediaType), body)
		entry.ArtifactType, entry.Annotations = m.ArtifactType, m.Annotations
		if err := s.enlist(ctx, image, entry); err != nil {
			return Placed{}, err
		}
	}
	return at(digest, false), nil
}

const emptyType = "application/vnd.oci.empty.v1+json"

// emptyConfig is the config of manifests that need none.
//
// OCI image specification, "Guidance for an Empty Descriptor".
var emptyConfig = []byte("{}")

// referrer is the manifest that holds a bundle.
func (i *Image) referrer(a Attachment, layer v1.Descriptor) v1.Manifest {
	subject := descriptor(i.manifest.kind, i.manifest.body)
	annotations := map[string]string{
		"dev.sigstore.bundle.content":      "message-signature",
		"org.opencontainers.image.created": a.Created.UTC().Format(time.RFC3339),
	}
	if a.PredicateType != "" {
		annotations["dev.sigstore.bundle.content"] = "dsse-envelope"
		annotations["dev.sigstore.bundle.predicateType"] = a.PredicateType
	}
	return v1.Manifest{
		SchemaVersion: 2,
		MediaType:     types.OCIManifestSchema1,
		ArtifactType:  bundleTypes[0],
		Config:        descriptor(emptyType, emptyConfig),
		Layers:        []v1.Descriptor{layer},
		Subject:       &subject,
		Annotations:   annotations,
	}
}
