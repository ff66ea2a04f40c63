package material

import (
	"bytes"
	"encoding/pem"
	"strings"
)

// Recognise says what kind of verification material a file wholly is, or ""
// where it is none. A name decides nothing: an executable called
// x.sigstore.json is no bundle. A detached signature is a few bytes that could
// be many things, so it is one only beside the file that it is named after.
func Recognise(path string, content []byte) string {
	trimmed := bytes.TrimSpace(content)
	switch {
	case len(trimmed) == 0:
		return ""
	case isCertificates(trimmed):
		return "certificate"
	case parseSignature(content) != nil:
		if signed, named := strings.CutSuffix(path, signatureEnding); named && isFile(signed) {
			return string(DetachedSignature)
		}
		return ""
	case trimmed[0] != '{':
		return ""
	}
	found := Read("", content)
	for _, f := range found {
		if f.Err != nil {
			return ""
		}
	}
	return string(found[0].Form)
}

// isCertificates tells whether a text is PEM certificates and nothing else,
// perhaps in base64, as cosign writes them.
func isCertificates(text []byte) bool {
	// "-----BEGIN" in base64; other files are not worth decoding.
	if len(text) <= maxCertificate && bytes.HasPrefix(text, []byte("LS0tLS1CRUdJTi")) {
		if decoded, err := decodeOneLine(text); err == nil {
			text = bytes.TrimSpace(decoded)
		}
	}
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
