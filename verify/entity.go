package verify

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"sync"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
)

// entity is a bundle whose parts have been parsed once. It is handed to
// sigstore-go in place of the bundle, which would parse them at every call,
// and so that all checks see the same objects.
type entity struct {
	bundle   *bundle.Bundle
	version  string
	content  sgverify.SignatureContent
	material sgverify.VerificationContent
	leaf     *x509.Certificate // nil where a key signed
	entries  []*tlog.Entry
	stamps   [][]byte

	holder func() (*holder, error) // who the certificate is for, read once
}

// mediaTypes are the bundle versions that are read, by their exact names: the
// label is not signed, so nothing is gained by guessing what another means.
// Sigstore bundle specification, "media type".
var mediaTypes = map[string]string{
	"application/vnd.dev.sigstore.bundle+json;version=0.1": "v0.1",
	"application/vnd.dev.sigstore.bundle+json;version=0.2": "v0.2",
	"application/vnd.dev.sigstore.bundle+json;version=0.3": "v0.3",
	"application/vnd.dev.sigstore.bundle.v0.3+json":        "v0.3",
}

func unknownMediaType(mediaType string) error {
	return &Rejection{Check: CheckBundle, Want: "a Sigstore bundle of version 0.1, 0.2 or 0.3",
		Got: fmt.Sprintf("media type %.80q", mediaType)}
}

// newEntity parses a bundle's parts and refuses a shape that no signer makes.
func newEntity(b *bundle.Bundle) (*entity, error) {
	if b == nil || b.Bundle == nil {
		return nil, &Rejection{Check: CheckBundle, Why: "there is no bundle"}
	}
	version, ok := mediaTypes[b.MediaType]
	if !ok {
		return nil, unknownMediaType(b.MediaType)
	}
	if err := checkShape(b.Bundle, version); err != nil {
		return nil, err
	}
	// Upstream's methods note in the bundle what they have seen of it, and a bundle
	// about many artifacts is verified for several at once.
	b = &bundle.Bundle{Bundle: b.Bundle}
	e := &entity{bundle: b, version: version}
	var err error
	if e.content, err = b.SignatureContent(); err != nil {
		return nil, &Rejection{Check: CheckBundle, Why: "unreadable signature", Err: err}
	}
	if env := e.content.EnvelopeContent(); env != nil {
		env.RawEnvelope().Signatures[0].KeyID = "" // an unsigned hint: it must not decide either way
	}
	if e.material, err = b.VerificationContent(); err != nil {
		return nil, &Rejection{Check: CheckBundle, Why: "unreadable certificate or key hint", Err: err}
	}
	if e.entries, err = b.TlogEntries(); err != nil {
		return nil, &Rejection{Check: CheckTransparency, Why: "unreadable transparency log entry", Err: err}
	}
	if e.stamps, err = b.Timestamps(); err != nil {
		return nil, &Rejection{Check: CheckBundle, Why: "unreadable timestamp", Err: err}
	}
	e.leaf = e.material.Certificate()
	e.holder = sync.OnceValues(func() (*holder, error) { return readCertificate(e.leaf) })
	return e, nil
}

// checkShape bounds every list and size before anything is parsed from it.
func checkShape(b *protobundle.Bundle, version string) error {
	m := b.GetVerificationMaterial()
	if m == nil {
		return &Rejection{Check: CheckBundle, Why: "no verification material"}
	}
	if b.GetDsseEnvelope() == nil && b.GetMessageSignature() == nil {
		return &Rejection{Check: CheckBundle, Want: "a message signature or an envelope", Got: "neither"}
	}
	if n := len(m.GetTlogEntries()); n > maxLogEntries {
		return overLimit("transparency log entries", n, maxLogEntries)
	}
	for _, entry := range m.GetTlogEntries() {
		if n := len(entry.GetCanonicalizedBody()); n > maxEntryBody {
			return overLimit("bytes of a log entry", n, maxEntryBody)
		}
		if n := len(entry.GetInclusionProof().GetHashes()); n > maxProofHashes {
			return overLimit("hashes in an inclusion proof", n, maxProofHashes)
		}
	}
	stamps := m.GetTimestampVerificationData().GetRfc3161Timestamps()
	if n := len(stamps); n > maxTimestamps {
		return overLimit("timestamps", n, maxTimestamps)
	}
	for _, s := range stamps {
		if n := len(s.GetSignedTimestamp()); n > maxTimestamp {
			return overLimit("bytes of a timestamp", n, maxTimestamp)
		}
	}
	if err := checkChain(m, version); err != nil {
		return err
	}
	if env := b.GetDsseEnvelope(); env != nil {
		if n := len(env.GetPayload()); n > maxPayload {
			return overLimit("bytes of payload", n, maxPayload)
		}
		if n := len(env.GetSignatures()); n > maxSignatures {
			return overLimit("signatures of the envelope", n, maxSignatures)
		} else if n != 1 {
			return &Rejection{Check: CheckBundle, Want: "exactly one signature in the envelope", Got: fmt.Sprint(n)}
		}
	}
	return nil
}

// checkChain holds the certificates to what their bundle version allows. What
// follows the leaf is never used as trust, nor to build a path to it; a
// self-signed certificate there is refused, as the bundle specification says.
func checkChain(m *protobundle.VerificationMaterial, version string) error {
	if cert := m.GetCertificate(); cert != nil {
		if n := len(cert.GetRawBytes()); n > maxCertificate {
			return overLimit("bytes of certificate", n, maxCertificate)
		}
		return nil
	}
	if m.GetPublicKey() != nil {
		return nil
	}
	chain := m.GetX509CertificateChain().GetCertificates()
	switch {
	case m.GetX509CertificateChain() == nil:
		return &Rejection{Check: CheckBundle, Want: "a certificate or a key hint", Got: "neither"}
	case version == "v0.3":
		return &Rejection{Check: CheckBundle, Want: "a single certificate in a bundle of version 0.3", Got: "a chain"}
	case len(chain) == 0:
		return &Rejection{Check: CheckBundle, Want: "a certificate", Got: "an empty chain"}
	case len(chain) > maxChain:
		return overLimit("certificates in a chain", len(chain), maxChain)
	}
	for _, c := range chain {
		if n := len(c.GetRawBytes()); n > maxCertificate {
			return overLimit("bytes of certificate", n, maxCertificate)
		}
		cert, err := x509.ParseCertificate(c.GetRawBytes())
		if err != nil {
			return &Rejection{Check: CheckBundle, Why: "unreadable certificate", Err: err}
		}
		if string(cert.RawIssuer) == string(cert.RawSubject) && cert.IsCA {
			return &Rejection{Check: CheckBundle, Want: "no root certificate in the chain",
				Got: "self-signed " + cert.Subject.String()}
		}
	}
	return nil
}

// signingKey is the public key that the bundle says signed it: the leaf's, or
// the one that the caller hands over for its hint.
func (e *entity) signingKey(given crypto.PublicKey) crypto.PublicKey {
	if e.leaf != nil {
		return e.leaf.PublicKey
	}
	return given
}

// only returns the entity with one of its log entries alone.
func (e *entity) only(entry *tlog.Entry) *entity {
	one := *e
	one.entries = []*tlog.Entry{entry}
	return &one
}

func (e *entity) HasInclusionPromise() bool { return e.bundle.HasInclusionPromise() }
func (e *entity) HasInclusionProof() bool   { return e.bundle.HasInclusionProof() }
func (e *entity) Version() (string, error)  { return e.version, nil }

func (e *entity) SignatureContent() (sgverify.SignatureContent, error)       { return e.content, nil }
func (e *entity) VerificationContent() (sgverify.VerificationContent, error) { return e.material, nil }
func (e *entity) TlogEntries() ([]*tlog.Entry, error)                        { return e.entries, nil }
func (e *entity) Timestamps() ([][]byte, error)                              { return e.stamps, nil }

var _ sgverify.SignedEntity = (*entity)(nil)
