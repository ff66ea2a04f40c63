package material

import (
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// cosignBundle is what cosign wrote with --bundle before it wrote Sigstore's
// bundles.
//
// cosign pkg/cosign, LocalSignedPayload.
type cosignBundle struct {
	Signature   string       `json:"base64Signature"`
	Certificate string       `json:"cert"` // base64 of PEM: a certificate or a key
	Rekor       *rekorBundle `json:"rekorBundle"`
}

// rekorBundle is a log's promise to take an entry in.
type rekorBundle struct {
	Promise string `json:"SignedEntryTimestamp"`
	Payload struct {
		Body           string `json:"body"`
		IntegratedTime int64  `json:"integratedTime"`
		LogIndex       int64  `json:"logIndex"`
		LogID          string `json:"logID"`
	} `json:"Payload"`
}

// loggedBody is what the conversion needs of a log entry. Package verify reads
// it whole and binds it to the signature.
type loggedBody struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Spec       struct {
		Data struct {
			Hash struct {
				Algorithm string `json:"algorithm"`
				Value     string `json:"value"`
			} `json:"hash"`
		} `json:"data"`
	} `json:"spec"`
}

func readCosignBundle(text []byte) (*bundle.Bundle, error) {
	var c cosignBundle
	if err := readJSON(CosignBundle, text, &c); err != nil {
		return nil, err
	}
	signature, err := decodeBase64(c.Signature)
	if err != nil {
		return nil, malformed(CosignBundle, fmt.Errorf("signature: %w", err))
	}
	p := parts{signature: signature}
	if c.Certificate != "" {
		if p.leaf, err = parseCertificate([]byte(c.Certificate)); err != nil {
			return nil, malformed(CosignBundle, fmt.Errorf("cert: %w", err))
		}
	}
	var body loggedBody
	if c.Rekor != nil {
		if p.entry, body, err = c.Rekor.entry(); err != nil {
			return nil, malformed(CosignBundle, fmt.Errorf("rekorBundle: %w", err))
		}
	}
	if isObject(signature) {
		return cosignAttestation(signature, p.leaf, p.entry)
	}
	if p.entry != nil {
		if p.message, err = body.digest(); err != nil {
			return nil, malformed(CosignBundle, fmt.Errorf("rekorBundle: %w", err))
		}
	}
	return p.bundle(), nil
}

// cosignAttestation converts what attest-blob wrote: the signature is the
// envelope.
func cosignAttestation(text []byte, leaf *x509.Certificate, entry *protorekor.TransparencyLogEntry) (*bundle.Bundle, error) {
	e, err := parseEnvelope(text)
	if err != nil {
		return nil, err
	}
	signed, err := e.proto()
	if err != nil {
		return nil, malformed(CosignBundle, err)
	}
	return parts{leaf: leaf, envelope: signed, entry: entry}.bundle(), nil
}

func (r *rekorBundle) entry() (*protorekor.TransparencyLogEntry, loggedBody, error) {
	var body loggedBody
	text, err := decodeBase64(r.Payload.Body)
	if err != nil {
		return nil, body, fmt.Errorf("body: %w", err)
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, body, fmt.Errorf("body: %w", err)
	}
	promise, err := decodeBase64(r.Promise)
	if err != nil {
		return nil, body, fmt.Errorf("SignedEntryTimestamp: %w", err)
	}
	logID, err := hex.DecodeString(r.Payload.LogID)
	if err != nil {
		return nil, body, fmt.Errorf("logID: %w", err)
	}
	return &protorekor.TransparencyLogEntry{
		LogIndex:          r.Payload.LogIndex,
		LogId:             &protocommon.LogId{KeyId: logID},
		KindVersion:       &protorekor.KindVersion{Kind: body.Kind, Version: body.APIVersion},
		IntegratedTime:    r.Payload.IntegratedTime,
		InclusionPromise:  &protorekor.InclusionPromise{SignedEntryTimestamp: promise},
		CanonicalizedBody: text,
	}, body, nil
}

// digest is what the entry says was signed.
func (b loggedBody) digest() (*protocommon.HashOutput, error) {
	h := b.Spec.Data.Hash
	algorithm, known := hashes[h.Algorithm]
	digest, err := hex.DecodeString(h.Value)
	switch {
	case !known:
		return nil, fmt.Errorf("a log entry of kind %.40q with digest %.40q: want a hashedrekord with sha256, sha384 or sha512", b.Kind, h.Algorithm)
	case err != nil:
		return nil, err
	case len(digest) == 0:
		return nil, errors.New("a log entry without a digest")
	}
	return &protocommon.HashOutput{Algorithm: algorithm, Digest: digest}, nil
}
