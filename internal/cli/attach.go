package cli

import (
	"context"
	"errors"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/registry"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/provenance"
)

// allPlatforms is the index and every image in it.
const allPlatforms = "all"

func platformFlag() cli.Flag {
	return &cli.StringFlag{Name: "platform", Category: groupInput,
		Usage: "only the image for `OS/ARCH` of an index, or all"}
}

// ofPlatform puts in the place of indexes the images that are meant.
func (i *images) ofPlatform(ctx context.Context, platform string) error {
	meant := make(map[string]*registry.Image)
	for name, image := range i.byName {
		wanted := platform
		if platform == allPlatforms {
			meant[name], wanted = image, ""
			if !image.IsIndex() {
				continue
			}
		}
		found, err := i.client.Platforms(ctx, image, wanted)
		if err != nil {
			return err
		}
		for _, one := range found {
			meant[one.String()] = one
		}
	}
	i.byName = meant
	return nil
}

// imageSignature is the type of the statement by which cosign signs images, and
// whose verifiers want no other form. It states nothing but that somebody
// signed.
const imageSignature = "https://sigstore.dev/cosign/sign/v1"

// imageSignaturePayload is what is signed of an image.
func imageSignaturePayload(a *artifact.Artifact) ([]byte, error) {
	statements, err := provenance.Attest(imageSignature, []byte("{}"), subjectsOf([]*artifact.Artifact{asSubject(a)}))
	if err != nil {
		return nil, err
	}
	payloads, err := payloadsOf(statements)
	if err != nil {
		return nil, err
	}
	return payloads[0], nil
}

// asSubject is an image as statements name it: by its repository and digest.
func asSubject(a *artifact.Artifact) *artifact.Artifact {
	repository, _, _ := strings.Cut(a.GetName(), "@")
	return &artifact.Artifact{ResourceDescriptor: &intoto.ResourceDescriptor{Name: repository, Digest: a.GetDigest()}, Explicit: true}
}

// attach signs a statement about an image and attaches the bundle to it. One by
// the same signer of the same statement is kept, unless forced: a run that died
// is finished by running it again.
func (s *signing) attach(ctx context.Context, force bool, a *artifact.Artifact, payload []byte) (report.Signed, error) {
	image := s.images.byName[a.GetName()]
	subject, err := firstSubject(payload)
	if err != nil {
		return report.Signed{}, err
	}
	if !force {
		if err := s.identify(ctx); err != nil {
			return report.Signed{}, err
		}
		found, _ := s.images.find(ctx, a)
		for _, f := range found {
			if f.Bundle == nil || string(f.Bundle.GetDsseEnvelope().GetPayload()) != string(payload) {
				continue
			}
			if verdict, err := s.check(f.Bundle, subject, s.statementPolicy(f.Bundle, s.ids.job)); err == nil {
				return report.Signed{Name: a.Name, Bundle: f.Name, Attached: true, Artifacts: 1, Verdict: verdict, Kept: true}, nil
			}
		}
	}
	if err := s.images.client.Prepare(ctx, image); err != nil {
		return report.Signed{}, pushHint(err, image)
	}
	signed, err := s.statement(ctx, payload, subject, s.ids.job)
	if err != nil {
		return report.Signed{}, err
	}
	text, err := signed.bundle.MarshalJSON()
	if err != nil {
		return report.Signed{}, err
	}
	placed, err := s.images.client.Attach(ctx, image, registry.Attachment{
		Bundle:        text,
		PredicateType: predicateTypeOf(signed.bundle),
		Created:       s.ids.env.Now(),
	})
	if err != nil {
		return report.Signed{}, pushHint(err, image)
	}
	return report.Signed{Name: a.Name, Bundle: placed.String(), Attached: true, Artifacts: 1, Verdict: signed.verdict, Kept: placed.Kept}, nil
}

// pushHint says what helps where a registry takes nothing from this user.
func pushHint(err error, image *registry.Image) error {
	if errors.Is(err, registry.ErrDenied) {
		return withHint(err, "docker login %s, as somebody who may push to this repository", image.Registry)
	}
	return err
}
