package material

import (
	"crypto/x509"
	"fmt"

	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// envelope is a DSSE envelope that stands alone. slsa-github-generator puts the
// signer's certificate beside the signature.
//
// DSSE v1, "Envelope".
type envelope struct {
	PayloadType string              `json:"payloadType"`
	Payload     string              `json:"payload"`
	Signatures  []envelopeSignature `json:"signatures"`
}

type envelopeSignature struct {
	KeyID       string `json:"keyid"`
	Signature   string `json:"sig"`
	Certificate string `json:"cert,omitempty"`
}

func parseEnvelope(text []byte) (*envelope, error) {
	e := new(envelope)
	if err := readJSON(BareEnvelope, text, e); err != nil {
		return nil, err
	}
	if n := len(e.Signatures); n != 1 {
		return nil, &verify.Rejection{Check: verify.CheckBundle, Want: "exactly one signature in the envelope", Got: fmt.Sprint(n)}
	}
	return e, nil
}

// readEnvelope converts an envelope, which comes without a log entry.
func readEnvelope(text []byte) (*bundle.Bundle, error) {
	e, err := parseEnvelope(text)
	if err != nil {
		return nil, err
	}
	var leaf *x509.Certificate
	if cert := e.Signatures[0].Certificate; cert != "" {
		if leaf, err = parseCertificate([]byte(cert)); err != nil {
			return nil, malformed("certificate in the envelope", err)
		}
	}
	return e.bundle(leaf)
}

func (e *envelope) bundle(leaf *x509.Certificate) (*bundle.Bundle, error) {
	signed, err := e.proto()
	if err != nil {
		return nil, malformed(BareEnvelope, err)
	}
	return parts{leaf: leaf, envelope: signed}.bundle(), nil
}

func (e *envelope) proto() (*protodsse.Envelope, error) {
	payload, err := decodeBase64(e.Payload)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	signature, err := decodeBase64(e.Signatures[0].Signature)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return &protodsse.Envelope{PayloadType: e.PayloadType, Payload: payload,
		Signatures: []*protodsse.Signature{{Sig: signature, Keyid: e.Signatures[0].KeyID}}}, nil
}
