package cli

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

const inTotoPayload = "application/vnd.in-toto+json"

// inspectFile finds out what stands in a file by its content alone.
func inspectFile(name string, data []byte) []report.Document {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("-----BEGIN CERTIFICATE-----")) {
		return inspectCertificates(name, data)
	}
	if found := material.Read(name, data[:min(len(data), maxSignature)]); found[0].Form == material.DetachedSignature && len(data) <= maxSignature {
		return []report.Document{{Name: name, Kind: report.Signature}} // which says nothing but itself
	}
	documents, err := material.Documents(name, data)
	if err != nil {
		return []report.Document{{Name: name, Kind: report.Unknown, Problems: []error{err}}}
	}
	var all []report.Document
	for _, d := range documents {
		all = append(all, inspectDocument(d)...)
	}
	return all
}

// head is what tells the kinds of document apart.
type head struct {
	MediaType   string `json:"mediaType"`
	PayloadType string `json:"payloadType"`
	Type        string `json:"_type"`
}

// inspectDocument says what a document is. One of npm's registry holds several.
func inspectDocument(d material.Document) []report.Document {
	found := material.Read(d.Name, d.Text)
	if found[0].Form != material.NPMAttestation {
		inspected := inspectAlone(d, found[0])
		inspected.Name = d.Name
		return []report.Document{inspected}
	}
	var all []report.Document
	for _, f := range found {
		inspected := inspectBundle(f, true)
		inspected.Name = f.Name
		all = append(all, inspected)
	}
	return all
}

func inspectAlone(d material.Document, found material.Found) report.Document {
	var h head
	if err := json.Unmarshal(d.Text, &h); err != nil {
		return notReadable(report.Unknown, &verify.Rejection{Check: verify.CheckBundle, Why: "no readable JSON document", Err: err})
	}
	switch {
	case strings.HasPrefix(h.MediaType, "application/vnd.dev.sigstore.trustedroot"):
		return inspectRoot(d.Text, h.MediaType)
	case strings.HasPrefix(h.MediaType, "application/vnd.dev.sigstore.signingconfig"):
		return inspectConfig(d.Text, h.MediaType)
	case h.PayloadType != "" && h.MediaType == "":
		return inspectEnvelope(d.Text)
	case strings.HasPrefix(h.Type, "https://in-toto.io/Statement/"):
		return report.Document{Kind: report.Statement, Says: verify.DescribeAttestation(nil, inTotoPayload, d.Text)}
	}
	return inspectBundle(found, strings.HasPrefix(h.MediaType, "application/vnd.dev.sigstore.bundle"))
}

// inspectBundle reads whatever package material makes a bundle of. labelled is
// a document that calls itself one.
func inspectBundle(found material.Found, labelled bool) report.Document {
	switch {
	case found.Err == nil && found.Form == material.CosignBundle:
		return report.Document{Kind: report.CosignBundle, Says: verify.Describe(found.Bundle)}
	case found.Err == nil:
		says := verify.Describe(found.Bundle)
		return report.Document{Kind: report.Bundle, Format: says.Version, Says: says}
	case labelled:
		return notReadable(report.Bundle, found.Err)
	}
	return notReadable(report.Unknown, &verify.Rejection{Check: verify.CheckBundle,
		Want: "a Sigstore bundle, DSSE envelope, in-toto statement, trusted root, signing config or certificate", Got: "none of them"})
}

func notReadable(kind report.Kind, err error) report.Document {
	return report.Document{Kind: kind, Problems: []error{err}}
}

// envelope is a DSSE envelope as it stands in a file of its own. In that of
// slsa-github-generator the certificate stands beside the signature.
type envelope struct {
	PayloadType string `json:"payloadType"`
	Payload     string `json:"payload"`
	Signatures  []struct {
		KeyID       string `json:"keyid"`
		Certificate string `json:"cert"`
	} `json:"signatures"`
}

func inspectEnvelope(text []byte) report.Document {
	var e envelope
	err := json.Unmarshal(text, &e)
	if err != nil {
		return notReadable(report.Envelope, &verify.Rejection{Check: verify.CheckBundle, Why: "no readable envelope", Err: err})
	}
	payload, err := decodePayload(e.Payload)
	if err != nil {
		return notReadable(report.Envelope, &verify.Rejection{Check: verify.CheckBundle, Why: "unreadable payload", Err: err})
	}
	d := report.Document{Kind: report.Envelope}
	if n := len(e.Signatures); n != 1 {
		d.Problems = append(d.Problems, &verify.Rejection{Check: verify.CheckBundle, Want: "exactly one signature in the envelope", Got: fmt.Sprint(n)})
	}
	var leaf *x509.Certificate
	hint := ""
	if len(e.Signatures) > 0 {
		hint = e.Signatures[0].KeyID
		if text := e.Signatures[0].Certificate; text != "" {
			if leaf, err = parseLeaf([]byte(text)); err != nil {
				d.Problems = append(d.Problems, err)
			}
		}
	}
	d.Says = verify.DescribeAttestation(leaf, e.PayloadType, payload)
	d.Says.KeyHint = hint
	return d
}

// decodePayload decodes base64 in either alphabet, as DSSE allows.
func decodePayload(text string) ([]byte, error) {
	if strings.ContainsAny(text, "-_") {
		return base64.URLEncoding.DecodeString(text)
	}
	return base64.StdEncoding.DecodeString(text)
}

func parseLeaf(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, &verify.Rejection{Check: verify.CheckCertificate, Why: "no PEM certificate"}
	}
	return parseCertificate(block)
}

const (
	maxCertificates = 8        // in a file
	maxCertificate  = 64 << 10 // bytes
	maxSignature    = 64 << 10 // bytes of a file that is one
)

func parseCertificate(block *pem.Block) (*x509.Certificate, error) {
	if n := len(block.Bytes); n > maxCertificate {
		return nil, &verify.Rejection{Check: verify.CheckLimit, Want: fmt.Sprintf("at most %d bytes of certificate", maxCertificate), Got: fmt.Sprint(n)}
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, &verify.Rejection{Check: verify.CheckCertificate, Why: "unreadable certificate", Err: err}
	}
	return leaf, nil
}

// inspectCertificates describes the certificates of a PEM file, the signer's
// and perhaps those of authorities behind it.
func inspectCertificates(name string, data []byte) []report.Document {
	var all []report.Document
	for data = bytes.TrimSpace(data); len(data) > 0; data = bytes.TrimSpace(data) {
		d := report.Document{Name: name, Kind: report.Certificate}
		if len(all) > 0 {
			d.Name = fmt.Sprintf("%s, number %d", name, len(all)+1)
		}
		var block *pem.Block
		block, data = pem.Decode(data)
		switch {
		case block == nil || block.Type != "CERTIFICATE":
			d.Problems = []error{&verify.Rejection{Check: verify.CheckBundle, Want: "PEM certificates alone", Got: "something else"}}
			data = nil
		case len(all) == maxCertificates:
			d.Problems = []error{&verify.Rejection{Check: verify.CheckLimit, Want: fmt.Sprintf("at most %d certificates in a file", maxCertificates), Got: "more"}}
			data = nil
		default:
			leaf, err := parseCertificate(block)
			switch {
			case err != nil:
				d.Problems = []error{err}
			case leaf.IsCA:
				d.Says = &verify.Description{Certificate: leaf} // names nobody who signs
			default:
				d.Says = verify.DescribeAttestation(leaf, "", nil)
			}
		}
		all = append(all, d)
	}
	return all
}
