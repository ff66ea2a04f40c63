package material

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// What cosign attaches to an image in a registry, other than bundles.
const (
	ImageSignature   Form = "cosign image signature"
	ImageAttestation Form = "cosign image attestation"
)

// The annotations in which cosign keeps what is not in the signed document. The
// chain that it puts beside the certificate is of no use: whom the trusted root
// does not know is not known.
//
// cosign specs/SIGNATURE_SPEC.md.
const (
	signatureAnnotation   = "dev.cosignproject.cosign/signature"
	certificateAnnotation = "dev.sigstore.cosign/certificate"
	bundleAnnotation      = "dev.sigstore.cosign/bundle"
	timestampAnnotation   = "dev.sigstore.cosign/rfc3161timestamp"
)

// simpleSigning is the document that names the signed image. What is critical
// must be understood whole, the rest may be anything.
//
// containers/image docs/containers-signature.5.md, "JSON data format".
type simpleSigning struct {
	Critical struct {
		Identity struct {
			Reference string `json:"docker-reference"`
		} `json:"identity"`
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
		Type string `json:"type"`
	} `json:"critical"`
	Optional jsontext.Value `json:"optional"`
}

const simpleSigningType = "cosign container image signature"

// maxSimpleSigning bounds a document that names an image, in bytes.
const maxSimpleSigning = 64 << 10

// ReadImageSignature reads an image signature of cosign: the document that was
// signed, and the annotations that it was attached with. The name under which
// the signer knew the image is shown with it; a mirror's copy bears another.
func ReadImageSignature(name string, payload []byte, annotations map[string]string) Found {
	f := Found{Name: name, Form: ImageSignature, SHA256: digestOf(payload)}
	document, err := parseSimpleSigning(payload)
	if err != nil {
		f.Err = err
		return f
	}
	if reference := document.Critical.Identity.Reference; reference != "" {
		f.Name += " as " + reference
	}
	if len(annotations[signatureAnnotation]) > maxSignature {
		f.Err = tooLarge("bytes of signature", len(annotations[signatureAnnotation]), maxSignature)
		return f
	}
	signature, err := decodeBase64(annotations[signatureAnnotation])
	if err == nil && len(signature) == 0 {
		err = errors.New("no signature")
	}
	if err != nil {
		f.Err = malformed(f.Form, err)
		return f
	}
	digest := sha256.Sum256(payload)
	p := parts{signature: signature, message: &protocommon.HashOutput{Algorithm: protocommon.HashAlgorithm_SHA2_256, Digest: digest[:]}}
	if f.Bundle, f.Err = p.annotated(f.Form, annotations); f.Err == nil {
		f.Payload = payload
	}
	return f
}

func parseSimpleSigning(payload []byte) (*simpleSigning, error) {
	if len(payload) > maxSimpleSigning {
		return nil, tooLarge("bytes of a document that names an image", len(payload), maxSimpleSigning)
	}
	document := new(simpleSigning)
	if err := readJSON(ImageSignature, payload, document); err != nil {
		return nil, err
	}
	if got := document.Critical.Type; got != simpleSigningType {
		return nil, malformed(ImageSignature, fmt.Errorf("type %.100q: want %q", got, simpleSigningType))
	}
	return document, nil
}

// Signed is what the material's signature must be over for it to be about an
// artifact: the artifact itself or, where the material has a Payload, that
// document, if it names the artifact. The error is a *verify.Rejection.
func (f Found) Signed(a *intoto.ResourceDescriptor) (*intoto.ResourceDescriptor, error) {
	if f.Payload == nil {
		return a, nil
	}
	document, err := parseSimpleSigning(f.Payload)
	if err != nil {
		return nil, err
	}
	if want, got := "sha256:"+a.GetDigest()["sha256"], document.Critical.Image.Digest; got != want {
		return nil, &verify.Rejection{Check: verify.CheckSubject, Want: want, Got: fmt.Sprintf("%.100q", got), Why: "the signature is about another image",
			Hint: "tell whoever runs the registry: somebody put it beside an image that it was not made for"}
	}
	digest := sha256.Sum256(f.Payload)
	return &intoto.ResourceDescriptor{Name: a.GetName(), Digest: map[string]string{"sha256": hex.EncodeToString(digest[:])}}, nil
}

// annotated adds to the parts what stands in annotations.
func (p parts) annotated(form Form, annotations map[string]string) (*bundle.Bundle, error) {
	var err error
	if text := annotations[certificateAnnotation]; text != "" {
		if p.leaf, err = parseCertificate([]byte(text)); err != nil {
			return nil, malformed(form, fmt.Errorf("certificate: %w", err))
		}
	}
	if text := annotations[bundleAnnotation]; text != "" {
		var r rekorBundle
		if err := readJSON(form, []byte(text), &r); err != nil {
			return nil, err
		}
		if p.entry, _, err = r.entry(); err != nil {
			return nil, malformed(form, fmt.Errorf("log entry: %w", err))
		}
	}
	b := p.bundle()
	if text := annotations[timestampAnnotation]; text != "" {
		var t struct {
			Token string `json:"SignedRFC3161Timestamp"`
		}
		if err := readJSON(form, []byte(text), &t); err != nil {
			return nil, err
		}
		token, err := decodeBase64(t.Token)
		if err != nil {
			return nil, malformed(form, fmt.Errorf("timestamp: %w", err))
		}
		b.VerificationMaterial.TimestampVerificationData = &protobundle.TimestampVerificationData{
			Rfc3161Timestamps: []*protocommon.RFC3161SignedTimestamp{{SignedTimestamp: token}}}
	}
	return b, nil
}
