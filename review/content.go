package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/verify"
)

// content is what an asset's bytes wholly are.
type content struct {
	kind    string // "" for an artifact
	bundles []*material
	sums    []checksum
}

// The kinds of content that are no artifacts: what says something of one.
const (
	kindBundle      = "Sigstore bundle"
	kindOlder       = "signature of an older form"
	kindCertificate = "certificate"
	kindPGP         = "PGP signature"
	kindPGPKey      = "PGP key"
	kindSignature   = "signature"
	kindChecksums   = "checksums"
	kindSBOM        = "SBOM"
)

// A material is one bundle, read once.
type material struct {
	sha256 string
	bundle *bundle.Bundle
	err    error // why it is none: a *verify.Rejection
	says   *verify.Description
}

// A found is a bundle and where it stood.
type found struct {
	*material
	where string
	file  string // the asset that holds it
	about string // the asset that this one is named after
}

const (
	maxLines     = 1000    // of JSON Lines
	maxSmall     = 8 << 10 // bytes of a detached signature
	maxChecksums = 1 << 20 // bytes of a checksum file
)

// recognise decides by content. An executable called x.sig is none, and neither
// is an empty x.intoto.jsonl: what proves nothing is not excused from proof.
func (j *judge) recognise(r *release, a *asset) content {
	var c content
	for _, digest := range a.Converted {
		if m := j.bundle(digest); m != nil {
			c.kind = kindOlder
			c.bundles = append(c.bundles, m)
		}
	}
	data, ok := j.record.Blobs[a.sha256()]
	if !ok || c.kind != "" {
		return c
	}
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
	case text[0] == '{':
		c = j.readJSON(text)
	case wholePEM(text, "CERTIFICATE"):
		c.kind = kindCertificate
	case wholeArmor(text, "PGP SIGNATURE"), wholeArmor(text, "SSH SIGNATURE"), signedName(r, a) != "" && isPGP(data):
		c.kind = kindPGP
	case wholeArmor(text, "PGP PUBLIC KEY BLOCK"), wholePEM(text, "PUBLIC KEY"):
		c.kind = kindPGPKey
	case signedName(r, a) != "" && isDetached(text):
		c.kind = kindSignature
	case len(data) <= maxChecksums:
		if c.sums = readChecksums(string(data)); c.sums != nil {
			c.kind = kindChecksums
		}
	}
	return c
}

// readJSON reads one JSON document, or JSON Lines with a bundle a line.
func (j *judge) readJSON(text []byte) content {
	lines := [][]byte{text}
	if !jsontext.Value(text).IsValid() {
		lines = bytes.Split(text, []byte("\n"))
	}
	if len(lines) > maxLines {
		return content{}
	}
	c := content{kind: kindBundle}
	for _, line := range lines {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		m := j.readBundle(digestOf(line), line)
		if m.err != nil {
			return content{kind: otherJSON(text)}
		}
		c.bundles = append(c.bundles, m)
	}
	return c
}

// otherJSON tells a bill of materials from what is none of ours.
func otherJSON(text []byte) string {
	var head struct {
		SPDX      jsontext.Value `json:"spdxVersion"`
		CycloneDX string         `json:"bomFormat"`
	}
	if json.Unmarshal(text, &head) == nil && (len(head.SPDX) > 0 || head.CycloneDX == "CycloneDX") {
		return kindSBOM
	}
	return ""
}

// bundle returns the bundle of a blob, or nil where the record lacks it.
func (j *judge) bundle(digest string) *material {
	data, ok := j.record.Blobs[digest]
	if !ok {
		return nil
	}
	return j.readBundle(digest, data)
}

func (j *judge) readBundle(digest string, data []byte) *material {
	if m := j.bundles[digest]; m != nil {
		return m
	}
	m := &material{sha256: digest}
	if m.bundle, m.err = verify.ParseBundle(data); m.err == nil {
		m.says = verify.Describe(m.bundle)
	}
	j.bundles[digest] = m
	return m
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func wholePEM(text []byte, kind string) bool {
	for len(text) > 0 {
		var block *pem.Block
		if !bytes.HasPrefix(text, []byte("-----BEGIN ")) {
			return false
		}
		if block, text = pem.Decode(text); block == nil || block.Type != kind {
			return false
		}
		text = bytes.TrimSpace(text)
	}
	return true
}

// wholeArmor tells whether a text is one armored block: RFC 9580 section 6.2.
// Its checksum makes it no PEM.
func wholeArmor(text []byte, kind string) bool {
	begin, end := "-----BEGIN "+kind+"-----", "-----END "+kind+"-----"
	s := string(text)
	return strings.HasPrefix(s, begin) && strings.HasSuffix(s, end) && strings.Count(s, "-----") == 4
}

// isPGP tells whether bytes begin as a binary signature packet does: RFC 9580
// section 4.2, packet type 2.
func isPGP(data []byte) bool {
	return len(data) <= maxSmall && len(data) > 2 && (data[0]&0xfc == 0x88 || data[0] == 0xc2)
}

// isDetached tells whether a text can be a signature alone: base64 of a DER
// sequence or of 64 bytes, or minisign's form.
func isDetached(text []byte) bool {
	if len(text) > maxSmall {
		return false
	}
	if bytes.HasPrefix(text, []byte("untrusted comment:")) {
		return true
	}
	data, err := base64.StdEncoding.DecodeString(string(text))
	return err == nil && len(data) >= 64 && (data[0] == 0x30 || len(data) == 64 || len(data) == 256 || len(data) == 512)
}
