package material

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// signatureEnding is that of a signature beside the file that it signs, and
// certificateEndings those of the certificate beside the signature.
const signatureEnding = ".sig"

var certificateEndings = []string{".pem", ".crt", ".cert"}

// maxSignature bounds the text of a signature, in bytes: that of an RSA key of
// 8192 bits in base64 is a sixth of it.
const maxSignature = 8 << 10

// parseSignature reads a signature that fills a text: DER as ECDSA keys make
// it, or base64 of that or of what other keys make. It returns nil for anything
// else; signatures of other systems, such as OpenPGP's, are something else.
func parseSignature(text []byte) []byte {
	if len(text) > maxSignature {
		return nil
	}
	if isECDSA(text) {
		return bytes.Clone(text)
	}
	signature, err := decodeOneLine(text)
	if err != nil || !isECDSA(signature) && !slices.Contains(signatureSizes, len(signature)) {
		return nil
	}
	return signature
}

// signatureSizes are those of Ed25519 signatures and of RSA ones with keys of
// 2048, 3072 and 4096 bits.
var signatureSizes = []int{64, 256, 384, 512}

func isECDSA(signature []byte) bool {
	var numbers struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &numbers)
	return err == nil && len(rest) == 0 && numbers.R.Sign() > 0 && numbers.S.Sign() > 0
}

func detached(signature []byte, leaf *x509.Certificate) *bundle.Bundle {
	return parts{signature: signature, leaf: leaf}.bundle()
}

// signedName is the name of the file that a signature stands beside.
func signedName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), signatureEnding)
}

// withCertificate adds to a detached signature the certificate that stands
// beside it. A public key there, or nothing, leaves it to the caller's key.
func (f Found) withCertificate(path string) Found {
	stem := strings.TrimSuffix(path, signatureEnding)
	for _, ending := range certificateEndings {
		text, err := readSmall(stem+ending, maxCertificate)
		if err != nil {
			continue
		}
		leaf, err := parseCertificate(text)
		if err != nil {
			return Found{Name: f.Name, File: f.File, Form: f.Form, Err: malformed(Form("certificate "+filepath.Base(stem)+ending), err)}
		}
		if leaf != nil {
			f.Bundle, f.Certificate = detached(f.Bundle.GetMessageSignature().GetSignature(), leaf), stem+ending
			return f
		}
	}
	return f
}

// readSmall reads a regular file. More than limit bytes are cut off, one byte
// beyond it, so that whoever parses them sees that they are too many.
func readSmall(path string, limit int64) ([]byte, error) {
	if !isFile(path) {
		return nil, os.ErrNotExist
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readUpTo(f, limit)
}

// NamesNoDigest tells whether the material does not say what it signs: then it
// may be about anything, and first of all about the file of its name.
func (f Found) NamesNoDigest() bool {
	if f.Bundle == nil {
		return false
	}
	m := f.Bundle.GetMessageSignature()
	return m != nil && len(m.GetMessageDigest().GetDigest()) == 0
}

// About takes material that does not say what it signs to be about a digest, in
// in-toto's name of the algorithm. Any other stays as it is.
func (f Found) About(algorithm string, digest []byte) Found {
	hash, known := hashes[algorithm]
	if !f.NamesNoDigest() || !known {
		return f
	}
	f.Bundle = &bundle.Bundle{Bundle: &protobundle.Bundle{
		MediaType:            f.Bundle.MediaType,
		VerificationMaterial: f.Bundle.GetVerificationMaterial(),
		Content:              messageSignature(&protocommon.HashOutput{Algorithm: hash, Digest: digest}, f.Bundle.GetMessageSignature().GetSignature()),
	}}
	return f
}
