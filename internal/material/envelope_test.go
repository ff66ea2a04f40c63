package material

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

// Every release of slsa-github-generator up to 2.0 left bare envelopes.
func TestRealEnvelopes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(mustTestdata(t), "gha_g*", "v1.*", "*.intoto.jsonl"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		found, err := ReadFile(path)
		if err != nil || len(found) != 1 || found[0].Err != nil {
			t.Errorf("%s: %v %v", path, found, err)
			continue
		}
		if f := found[0]; f.Form == BareEnvelope {
			checkRebuilt(t, f)
			if d := verify.Describe(f.Bundle); len(d.Problems) > 0 || len(d.Subjects) == 0 || len(d.Entries) != 0 || !f.LacksEntry() {
				t.Errorf("%s: %+v", path, d)
			}
		}
	}
}

// checkRebuilt wants the envelope to be what package verify writes again to
// compare its hash with the log's.
func checkRebuilt(t *testing.T, f Found) {
	t.Helper()
	leaf, err := leafOf(f)
	if err != nil || leaf == nil {
		return // whoever signed without certificate, package verify has no such entries
	}
	text := f.Bundle.GetDsseEnvelope()
	again, err := json.Marshal(envelope{PayloadType: text.GetPayloadType(), Payload: encodeBase64(text.GetPayload()),
		Signatures: []envelopeSignature{{Signature: encodeBase64(text.GetSignatures()[0].GetSig()), Certificate: string(encodeCertificate(leaf))}}})
	if err != nil || !bytes.Equal(again, f.text) {
		t.Errorf("%s: not rebuilt, %v", f.Name, err)
	}
}

func TestEnvelope(t *testing.T) {
	one := string(mustRealBundle(t, bareEnvelope))
	for _, tt := range []struct{ name, text, want string }{
		{"with its certificate", one, ""},
		{"a chain beside the signature", strings.Replace(one, "-----END CERTIFICATE-----\\n", "-----END CERTIFICATE-----\\n-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n", 1), "more than one PEM block"},
		{"no signature", `{"payloadType":"t","payload":"","signatures":[]}`, "exactly one signature"},
		{"two signatures", `{"payloadType":"t","payload":"","signatures":[{"sig":""},{"sig":""}]}`, "exactly one signature"},
		{"payload in URL base64", `{"payloadType":"t","payload":"_-8=","signatures":[{"sig":""}]}`, "payload"},
		{"payload with a line break", `{"payloadType":"t","payload":"AA\nAA","signatures":[{"sig":""}]}`, "payload"},
		{"payload type twice", `{"payloadType":"t","payloadType":"u","payload":"","signatures":[{"sig":""}]}`, "duplicate"},
		{"a member in another case", `{"PayloadType":"t","payload":"","signatures":[{"sig":""}]}`, "unknown"},
		{"signed by a key", `{"payloadType":"t","payload":"","signatures":[{"sig":"","keyid":"k"}]}`, ""},
	} {
		found := Read("f", []byte(tt.text))[0]
		if tt.want == "" && found.Err != nil || tt.want != "" && (found.Err == nil || !strings.Contains(found.Err.Error(), tt.want)) {
			t.Errorf("%s: got error %v, want %q", tt.name, found.Err, tt.want)
		}
	}
	if found := Read("f", []byte(one+"\n"+one)); len(found) != 2 || found[1].Name != "f:2" || found[1].Err != nil {
		t.Errorf("two lines read as %v", found)
	}
}
