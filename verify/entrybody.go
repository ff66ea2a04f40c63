package verify

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
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
		entryHead `json:",inline"`
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
		entryHead `json:",inline"`
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
		entryHead `json:",inline"`
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
	hashedRekordV2 struct { // rekor-tiles hashedrekord 0.0.2
		entryHead `json:",inline"`
		Spec      struct {
			HashedRekord struct {
				Data struct {
					Algorithm string `json:"algorithm"`
					Digest    string `json:"digest"`
				} `json:"data"`
				Signature struct {
					Content  string `json:"content"`
					Verifier struct {
						KeyDetails  string `json:"keyDetails"`
						Certificate *raw   `json:"x509Certificate"`
						PublicKey   *raw   `json:"publicKey"`
					} `json:"verifier"`
				} `json:"signature"`
			} `json:"hashedRekordV002"`
		} `json:"spec"`
	}
	raw struct {
		RawBytes string `json:"rawBytes"`
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
	if err := checkCheckpoint(tle.GetInclusionProof().GetCheckpoint().GetEnvelope(), entry.IsRekorV2(), log); err != nil {
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
	case "hashedrekord/0.0.2":
		var b hashedRekordV2
		if err := json.Unmarshal(body, &b, strict); err != nil {
			return bad(err)
		}
		return checkV2(e, &b)
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

// checkV2 compares the readable body with the bundle. The proof of a Rekor v2
// entry is verified over a leaf rebuilt from the bundle, so a body that says
// something else would otherwise stand in the bundle unauthenticated.
func checkV2(e *entity, b *hashedRekordV2) error {
	h := b.Spec.HashedRekord
	if h.Signature.Content != base64.StdEncoding.EncodeToString(e.content.Signature()) {
		return &Rejection{Check: CheckTransparency, Want: "a log entry of this signature", Got: "an entry of another"}
	}
	if e.leaf != nil && (h.Signature.Verifier.Certificate == nil ||
		h.Signature.Verifier.Certificate.RawBytes != base64.StdEncoding.EncodeToString(e.leaf.Raw)) {
		return &Rejection{Check: CheckTransparency, Want: "a log entry with the certificate of the bundle", Got: "another certificate"}
	}
	if m := e.content.MessageSignatureContent(); m != nil && h.Data.Digest != base64.StdEncoding.EncodeToString(m.Digest()) {
		got, _ := base64.StdEncoding.DecodeString(h.Data.Digest)
		return &Rejection{Check: CheckTransparency, Want: "a log entry of digest " + hex.EncodeToString(m.Digest()), Got: hex.EncodeToString(got)}
	}
	return nil
}

// v1Origin is the first line of a Rekor v1 checkpoint: host, dash, tree id.
var v1Origin = regexp.MustCompile(`\A[^ ]+ - [0-9]+\z`)

// checkCheckpoint binds the form of the checkpoint to that of the body: which
// proof is verified must not be the choice of an unsigned line.
func checkCheckpoint(checkpoint string, v2 bool, log *root.TransparencyLog) error {
	if checkpoint == "" && !v2 {
		return nil // a promise alone; v2 without proof is refused with the proof
	}
	origin, rest, _ := strings.Cut(checkpoint, "\n")
	if !v2 {
		if !v1Origin.MatchString(origin) || strings.Count(rest, "\n") < 3 {
			return &Rejection{Check: CheckTransparency, Want: "a Rekor v1 checkpoint", Got: fmt.Sprintf("origin %q", origin)}
		}
		return nil
	}
	u, err := url.Parse(log.BaseURL)
	if err != nil || u.Hostname() == "" {
		return &Rejection{Check: CheckTransparency, Want: "a log with a base URL in the trusted root", Got: fmt.Sprintf("%q", log.BaseURL)}
	}
	if origin != u.Hostname() {
		return &Rejection{Check: CheckTransparency, Want: "a checkpoint of " + u.Hostname(), Got: fmt.Sprintf("origin %q", origin)}
	}
	return nil
}
