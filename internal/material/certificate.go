package material

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxCertificate bounds the text of a certificate, in bytes: PEM of the largest
// that package verify takes, in base64 again.
const maxCertificate = 128 << 10

// parseCertificate reads the signer's certificate from PEM, or from base64 of
// PEM, which cosign writes. It returns nil for a public key: then nobody is
// named, and the caller's key says who signed.
func parseCertificate(text []byte) (*x509.Certificate, error) {
	if len(text) > maxCertificate {
		return nil, tooLarge("bytes of certificate", len(text), maxCertificate)
	}
	if decoded, err := decodeOneLine(text); err == nil {
		text = decoded
	}
	text = bytes.TrimSpace(text)
	if !bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		return nil, errors.New("neither PEM nor base64 of PEM")
	}
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return nil, errors.New("unreadable PEM")
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New("more than one PEM block: which one signed is not for the file to leave open")
	case block.Type == "PUBLIC KEY":
		return nil, nil
	case block.Type != "CERTIFICATE":
		return nil, fmt.Errorf("PEM block %.40q: want a certificate", block.Type)
	}
	return x509.ParseCertificate(block.Bytes)
}

func encodeCertificate(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
