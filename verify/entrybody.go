package verify

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
)

// The canonical bodies of the entry kinds that are accepted. They are read
// with unknown members refused, so that no part of an entry goes unexamined;
// sigstore-go then binds signature, key and digest to the bundle.
type (
	entryHead struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
	}
	hash struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"value"`
	}
	hashedRekordV1 struct { // rekor pkg/types/hashedrekord/v0.0.1
		entryHead `json:",embed"`
		Spec      struct {
			Data struct {
				Hash hash `json:"hash"`
			} `json:"data"`
			Signature struct {
				Content   string `json:"content"`
				PublicKey struct {
					Content string `json:"content"`
				} `json:"publicKey"`
			} `json:"signature"`
		} `json:"spec"`
	}
	dsseV1 struct { // rekor pkg/types/dsse/v0.0.1
		entryHead `json:",embed"`
		Spec      struct {
			EnvelopeHash hash `json:"envelopeHash"`
			PayloadHash  hash `json:"payloadHash"`
			Signatures   []struct {
				Signature string `json:"signature"`
				Verifier  string `json:"verifier"`
			} `json:"signatures"`
		} `json:"spec"`
	}
	intotoV1 struct { // rekor pkg/types/intoto/v0.0.2
		entryHead `json:",embed"`
		Spec      struct {
			Content struct {
				Envelope struct {
					Payload     string `json:"payload"`
					PayloadType string `json:"payloadType"`
					Signatures  []struct {
						KeyID     string `json:"keyid"`
						PublicKey string `json:"publicKey"`
						Sig       string `json:"sig"`
					} `json:"signatures"`
				} `json:"envelope"`
				Hash        hash `json:"hash"`
				PayloadHash hash `json:"payloadHash"`
			} `json:"content"`
		} `json:"spec"`
	}
)

// checkEntry holds a log entry to the form that its kind has in the log that
// the root knows, before its proof is verified.
func checkEntry(e *entity, entry *tlog.Entry, log *root.TransparencyLog) error {
	tle := entry.TransparencyLogEntry()
	body := tle.GetCanonicalizedBody()
	var head entryHead
	if err := json.Unmarshal(body, &head); err != nil {
		return &Rejection{Check: CheckTransparency, Why: "unreadable log entry", Err: err}
	}
	kind := head.Kind + "/" + head.APIVersion
	if label := tle.GetKindVersion().GetKind() + "/" + tle.GetKindVersion().GetVersion(); label != kind {
		return &Rejection{Check: CheckTransparency, Want: "an entry of the kind that its label says, " + label, Got: kind}
	}
	if err := checkBody(e, kind, body); err != nil {
		return err
	}
	if err := checkCheckpoint(tle.GetInclusionProof(), entry.IsRekorV2(), log); err != nil {
		return err
	}
	if entry.IsRekorV2() && tle.GetLogIndex() != tle.GetInclusionProof().GetLogIndex() {
		return &Rejection{Check: CheckTransparency, Want: fmt.Sprintf("log index %d as the proof says", tle.GetInclusionProof().GetLogIndex()),
			Got: fmt.Sprint(tle.GetLogIndex())}
	}
	return nil
}

// checkBody reads the whole body by its kind and compares what sigstore-go
// leaves aside.
func checkBody(e *entity, kind string, body []byte) error {
	strict := json.RejectUnknownMembers(true)
	bad := func(err error) error {
		return &Rejection{Check: CheckTransparency, Why: "log entry of kind " + kind + " has another form than its kind", Err: err}
	}
	switch kind {
	case "hashedrekord/0.0.1":
		var b hashedRekordV1
		if err := json.Unmarshal(body, &b, strict); err != nil {
			return bad(err)
		}
		return checkVerifier(e, b.Spec.Signature.PublicKey.Content)
	case "dsse/0.0.1":
		var b dsseV1
		if err := json.Unmarshal(body, &b, strict); err != nil {
			return bad(err)
		}
		if n := len(b.Spec.Signatures); n != 1 {
			return bad(fmt.Errorf("%d signatures", n))
		}
		if b.Spec.PayloadHash.Algorithm != "sha256" {
			return bad(fmt.Errorf("payload hash %q", b.Spec.PayloadHash.Algorithm))
		}
		return checkVerifier(e, b.Spec.Signatures[0].Verifier)
	case "intoto/0.0.2":
		var b intotoV1
		if err := json.Unmarshal(body, &b, strict); err != nil {
			return bad(err)
		}
		if n := len(b.Spec.Content.Envelope.Signatures); n != 1 {
			return bad(fmt.Errorf("%d signatures", n))
		}
		if b.Spec.Content.PayloadHash.Algorithm != "sha256" {
			return bad(fmt.Errorf("payload hash %q", b.Spec.Content.PayloadHash.Algorithm))
		}
		if err := checkLoggedEnvelope(e, b.Spec.Content.Envelope.PayloadType, b.Spec.Content.Envelope.Payload); err != nil {
			return bad(err)
		}
		return checkVerifier(e, b.Spec.Content.Envelope.Signatures[0].PublicKey)
	case kindIntotoV001:
		var b intotoV001
		if err := json.Unmarshal(body, &b, strict); err != nil {
			return bad(err)
		}
		if err := b.check(e); err != nil {
			return bad(err)
		}
		return checkVerifier(e, b.Spec.PublicKey)
	case "hashedrekord/0.0.2":
		return nil // checkLoggedBody compares it whole
	}
	return &Rejection{Check: CheckTransparency, Want: "a hashedrekord, dsse or intoto entry", Got: kind}
}

// checkLoggedEnvelope compares the envelope that an intoto entry repeats. Some
// clients log the payload too, in one base64 or two.
func checkLoggedEnvelope(e *entity, payloadType, payload string) error {
	content := e.content.EnvelopeContent()
	if content == nil {
		return fmt.Errorf("an envelope for a message signature")
	}
	env := content.RawEnvelope()
	if payloadType != env.PayloadType {
		return fmt.Errorf("payload type %q", payloadType)
	}
	if payload != "" && payload != env.Payload && payload != base64.StdEncoding.EncodeToString([]byte(env.Payload)) {
		return fmt.Errorf("another payload")
	}
	return nil
}

// checkVerifier refuses an entry whose PEM holds more than the one block that
// sigstore-go compares.
func checkVerifier(e *entity, content string) error {
	text, err := base64.StdEncoding.DecodeString(content)
	if err != nil {
		return &Rejection{Check: CheckTransparency, Why: "unreadable key in the log entry", Err: err}
	}
	block, rest := pem.Decode(text)
	// intoto 0.0.2 encodes its PEM twice where older clients wrote it.
	if block == nil {
		if text, err = base64.StdEncoding.DecodeString(string(text)); err == nil {
			block, rest = pem.Decode(text)
		}
	}
	if block == nil || len(strings.TrimSpace(string(rest))) > 0 {
		return &Rejection{Check: CheckTransparency, Want: "one certificate or key in the log entry", Got: "another content"}
	}
	if e.leaf != nil && string(block.Bytes) != string(e.leaf.Raw) {
		return &Rejection{Check: CheckTransparency, Want: "a log entry with the certificate of the bundle", Got: "another certificate"}
	}
	return nil
}
