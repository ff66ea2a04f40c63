package material

import (
	"crypto/x509"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// The bundle versions that conversions make. The older one may hold a log's
// mere promise; the newer one is made of what has a proof.
const (
	mediaTypeV01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
	mediaTypeV03 = "application/vnd.dev.sigstore.bundle.v0.3+json"
)

// parts are what every older form comes down to.
type parts struct {
	leaf      *x509.Certificate // nil where a key signed
	signature []byte
	message   *protocommon.HashOutput // what was signed: a digest,
	envelope  *protodsse.Envelope     // or else an envelope, its signature included
	entry     *protorekor.TransparencyLogEntry
}

// bundle puts the parts together. Without a log entry the result verifies for
// nobody who asks for one.
func (p parts) bundle() *bundle.Bundle {
	m := new(protobundle.VerificationMaterial)
	if p.leaf != nil {
		m.Content = &protobundle.VerificationMaterial_X509CertificateChain{X509CertificateChain: &protocommon.X509CertificateChain{
			Certificates: []*protocommon.X509Certificate{{RawBytes: p.leaf.Raw}}}}
	} else {
		m.Content = &protobundle.VerificationMaterial_PublicKey{PublicKey: new(protocommon.PublicKeyIdentifier)}
	}
	if p.entry != nil {
		m.TlogEntries = []*protorekor.TransparencyLogEntry{p.entry}
	}
	b := &protobundle.Bundle{MediaType: mediaTypeV01, VerificationMaterial: m}
	if p.envelope != nil {
		b.Content = &protobundle.Bundle_DsseEnvelope{DsseEnvelope: p.envelope}
	} else {
		b.Content = messageSignature(p.message, p.signature)
	}
	return &bundle.Bundle{Bundle: b}
}

// messageSignature is a signature over a digest, the unspecified one where the
// form does not say which.
func messageSignature(digest *protocommon.HashOutput, signature []byte) *protobundle.Bundle_MessageSignature {
	if digest == nil {
		digest = new(protocommon.HashOutput)
	}
	return &protobundle.Bundle_MessageSignature{MessageSignature: &protocommon.MessageSignature{MessageDigest: digest, Signature: signature}}
}

// hashes are in-toto's names of the digests that a message signature may name.
var hashes = map[string]protocommon.HashAlgorithm{
	"sha256": protocommon.HashAlgorithm_SHA2_256,
	"sha384": protocommon.HashAlgorithm_SHA2_384,
	"sha512": protocommon.HashAlgorithm_SHA2_512,
}
