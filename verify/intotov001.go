package verify

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"

	_ "github.com/sigstore/rekor/pkg/types/intoto/v0.0.1" // parses the entries of this file
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// kindIntotoV001 is how slsa-github-generator and cosign logged attestations
// for years. The entry holds the key and hashes of the payload and of the whole
// envelope, but no signature; sigstore-go does not read it. The signature is in
// the envelope, so the hash of that binds it, once the envelope is written as
// its signer wrote it.
const kindIntotoV001 = "intoto/0.0.1"

type intotoV001 struct { // rekor pkg/types/intoto/v0.0.1
	entryHead `json:",inline"`
	Spec      struct {
		Content struct {
			Hash        hash  `json:"hash"`
			PayloadHash *hash `json:"payloadHash"` // older entries have none
		} `json:"content"`
		PublicKey string `json:"publicKey"`
	} `json:"spec"`
}

// check binds the entry to the signature, the certificate and the payload.
func (b *intotoV001) check(e *entity) error {
	content := e.content.EnvelopeContent()
	if content == nil {
		return errors.New("an envelope for a message signature")
	}
	if e.leaf == nil {
		return errors.New("an envelope that a key signed")
	}
	env := content.RawEnvelope()
	payload, err := env.DecodeB64Payload()
	if err != nil {
		return err
	}
	if p := b.Spec.Content.PayloadHash; p != nil && *p != hashOf(payload) {
		return errors.New("another payload")
	}
	var texts []hash
	for _, cert := range []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.leaf.Raw})), ""} {
		text, err := envelopeText(env.PayloadType, env.Payload, e.content.Signature(), cert)
		if err != nil {
			return err
		}
		texts = append(texts, hashOf(text))
	}
	if !slices.Contains(texts, b.Spec.Content.Hash) {
		return errors.New("another envelope")
	}
	return nil
}

// envelopeText is an envelope as its signers marshal it: slsa-github-generator
// with the certificate beside the signature, cosign without.
func envelopeText(payloadType, payload string, signature []byte, cert string) ([]byte, error) {
	type signed struct {
		KeyID     string `json:"keyid"`
		Signature string `json:"sig"`
		Cert      string `json:"cert,omitempty"`
	}
	return json.Marshal(struct {
		PayloadType string   `json:"payloadType"`
		Payload     string   `json:"payload"`
		Signatures  []signed `json:"signatures"`
	}{payloadType, payload, []signed{{Signature: base64.StdEncoding.EncodeToString(signature), Cert: cert}}})
}

func hashOf(data []byte) hash {
	sum := sha256.Sum256(data)
	return hash{Algorithm: "sha256", Value: hex.EncodeToString(sum[:])}
}

// proveEntry verifies the log's word for an entry that checkEntry has read, and
// returns the times that the log signed.
func proveEntry(e *entity, entry *tlog.Entry, log *root.TransparencyLog, tm root.TrustedMaterial) ([]root.Timestamp, error) {
	v := entry.TransparencyLogEntry().GetKindVersion()
	if v.GetKind()+"/"+v.GetVersion() != kindIntotoV001 {
		return sgverify.VerifyTlogEntry(e.only(entry), tm, 1, true)
	}
	if !entry.HasInclusionPromise() && !entry.HasInclusionProof() {
		return nil, errors.New("neither inclusion proof nor promise")
	}
	if entry.HasInclusionProof() {
		verifier, err := signature.LoadVerifier(log.PublicKey, log.SignatureHashFunc)
		if err != nil {
			return nil, fmt.Errorf("key of the log: %w", err)
		}
		if err := tlog.VerifyInclusion(entry, verifier); err != nil {
			return nil, err
		}
	}
	if !entry.HasInclusionPromise() {
		return nil, nil // the integrated time is nobody's word
	}
	if err := tlog.VerifySET(entry, tm.RekorLogs()); err != nil {
		return nil, err
	}
	return []root.Timestamp{{Time: entry.IntegratedTime(), URI: log.BaseURL}}, nil
}
