package material

import (
	"bytes"
	"encoding/pem"
)

// Recognise says what kind of verification material a file wholly is, or ""
// where it is none. A name decides nothing: an executable called
// x.sigstore.json is no bundle.
func Recognise(content []byte) string {
	trimmed := bytes.TrimSpace(content)
	switch {
	case len(trimmed) == 0:
		return ""
	case isCertificates(trimmed):
		return "certificate"
	case trimmed[0] != '{':
		return ""
	}
	for _, f := range Read("", content) {
		if f.Err != nil {
			return ""
		}
	}
	return "Sigstore bundle"
}

// isCertificates tells whether a text is PEM certificates and nothing else.
func isCertificates(text []byte) bool {
	if !bytes.HasPrefix(text, []byte("-----BEGIN CERTIFICATE-----")) {
		return false
	}
	for len(text) > 0 {
		var block *pem.Block
		block, text = pem.Decode(text)
		if block == nil || block.Type != "CERTIFICATE" {
			return false
		}
		text = bytes.TrimSpace(text)
	}
	return true
}
