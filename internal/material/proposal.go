package material

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"

	"github.com/sigstore/rekor/pkg/generated/models"
	"github.com/sigstore/rekor/pkg/types"
	"github.com/sigstore/rekor/pkg/types/dsse"
	dsse001 "github.com/sigstore/rekor/pkg/types/dsse/v0.0.1"
	"github.com/sigstore/rekor/pkg/types/hashedrekord"
	hashedrekord001 "github.com/sigstore/rekor/pkg/types/hashedrekord/v0.0.1"
	"github.com/sigstore/rekor/pkg/types/intoto"
	intoto001 "github.com/sigstore/rekor/pkg/types/intoto/v0.0.1"
	intoto002 "github.com/sigstore/rekor/pkg/types/intoto/v0.0.2"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// proposal is an entry as whoever signed will have sent it to the log, and the
// bytes that the log then holds.
type proposal struct {
	sent models.ProposedEntry
	body []byte
}

// propose rebuilds every entry that the log may hold of a signature. None means
// that no log would have taken it: the signature is not by this key.
func propose(ctx context.Context, f Found, key crypto.PublicKey) ([]proposal, error) {
	signer, err := signerPEM(f, key)
	if signer == nil || err != nil {
		return nil, err
	}
	var all []proposal
	add := func(kind, version string, props types.ArtifactProperties) {
		props.PublicKeyBytes, props.PKIFormat = [][]byte{signer}, "x509"
		sent, err := types.NewProposedEntry(ctx, kind, version, props)
		if err != nil {
			return
		}
		entry, err := types.UnmarshalEntry(sent)
		if err != nil {
			return
		}
		if body, err := types.CanonicalizeEntry(ctx, entry); err == nil {
			all = append(all, proposal{sent, body})
		}
	}
	if m := f.Bundle.GetMessageSignature(); m != nil {
		for name, algorithm := range hashes {
			if algorithm == m.GetMessageDigest().GetAlgorithm() {
				add(hashedrekord.KIND, hashedrekord001.APIVERSION, types.ArtifactProperties{
					ArtifactHash: name + ":" + hex.EncodeToString(m.GetMessageDigest().GetDigest()), SignatureBytes: m.GetSignature()})
			}
		}
		return all, nil
	}
	for _, text := range f.envelopes() {
		props := types.ArtifactProperties{ArtifactBytes: text}
		add(dsse.KIND, dsse001.APIVERSION, props)
		add(intoto.KIND, intoto001.APIVERSION, props)
		add(intoto.KIND, intoto002.APIVERSION, props)
	}
	return all, nil
}

// envelopes are the texts under which the log may know an envelope: as it
// stands, as it was before the certificate was put beside the signature, and as
// sigstore-go writes one.
func (f Found) envelopes() [][]byte {
	var texts [][]byte
	if f.text != nil {
		texts = append(texts, f.text)
	}
	e := f.Bundle.GetDsseEnvelope()
	plain := envelope{PayloadType: e.GetPayloadType(), Payload: encodeBase64(e.GetPayload())}
	for _, s := range e.GetSignatures() {
		plain.Signatures = append(plain.Signatures, envelopeSignature{KeyID: s.GetKeyid(), Signature: encodeBase64(s.GetSig())})
	}
	for _, v := range []any{plain, e} {
		if text, err := json.Marshal(v); err == nil && !bytes.Equal(text, f.text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// signerPEM is the certificate, or else the key, as the log has it; nil where
// nobody says which key signed.
func signerPEM(f Found, key crypto.PublicKey) ([]byte, error) {
	if leaf, err := leafOf(f); leaf != nil || err != nil {
		return encodeCertificate(leaf), err
	}
	if key == nil {
		return nil, nil
	}
	return cryptoutils.MarshalPublicKeyToPEM(key)
}

// leafOf is the certificate of material that was converted here, nil without.
func leafOf(f Found) (*x509.Certificate, error) {
	m := f.Bundle.GetVerificationMaterial()
	der := m.GetCertificate().GetRawBytes()
	if chain := m.GetX509CertificateChain().GetCertificates(); len(chain) > 0 {
		der = chain[0].GetRawBytes()
	}
	if der == nil {
		return nil, nil
	}
	return x509.ParseCertificate(der)
}
