package material

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
)

func TestCosignBundle(t *testing.T) {
	found := Read("f", []byte(cosignJSON(t)))[0]
	if found.Err != nil || found.Form != CosignBundle {
		t.Fatalf("got form %q, error %v", found.Form, found.Err)
	}
	d := verify.Describe(found.Bundle)
	digest := sha256.Sum256([]byte("artifact"))
	if got := d.Subjects[0].GetDigest()["sha256"]; got != hex.EncodeToString(digest[:]) {
		t.Errorf("about %q", got)
	}
	if d.Version != "v0.1" || d.Certificate == nil || len(d.Entries) != 1 || !d.Entries[0].Promise || d.Entries[0].Proof {
		t.Errorf("described as %+v", d)
	}
}

func TestCosignBundleForms(t *testing.T) {
	type document = map[string]any
	rekor := func(d document) document { return d["rekorBundle"].(document) }
	payload := func(d document) document { return rekor(d)["Payload"].(document) }
	for _, tt := range []struct {
		name string
		bend func(document)
		want string // part of the error, "" for a bundle
	}{
		{"no log entry", func(d document) { delete(d, "rekorBundle") }, ""},
		{"signed by a key", func(d document) {
			d["cert"] = encoded([]byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"))
		}, ""},
		{"no certificate", func(d document) { delete(d, "cert") }, ""},
		{"an attestation", func(d document) { d["base64Signature"] = encoded(mustRealBundle(t, bareEnvelope)) }, ""},
		{"a member that nobody knows", func(d document) { d["bundle"] = "" }, "unknown"},
		{"a member in another case", func(d document) { d["Cert"] = d["cert"]; delete(d, "cert") }, "unknown"},
		{"two certificates", func(d document) {
			pem := string(encodeCertificate(newSigner(t).cert))
			d["cert"] = encoded([]byte(pem + pem))
		}, "more than one PEM block"},
		{"not a certificate", func(d document) { d["cert"] = encoded([]byte("hello")) }, "neither PEM"},
		{"URL base64", func(d document) { d["base64Signature"] = "_-8=" }, "illegal base64"},
		{"a digest of a weak kind", func(d document) {
			payload(d)["body"] = encoded([]byte(`{"kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha1","value":"00"}}}}`))
		}, "want a hashedrekord"},
		{"an entry of another kind", func(d document) { payload(d)["body"] = encoded([]byte(`{"kind":"rekord"}`)) }, "want a hashedrekord"},
		{"an entry with a member twice", func(d document) { payload(d)["body"] = encoded([]byte(`{"kind":"a","kind":"b"}`)) }, "duplicate"},
		{"a log id that is no hexadecimal", func(d document) { payload(d)["logID"] = "xyz" }, "logID"},
		{"time as text", func(d document) { payload(d)["integratedTime"] = "now" }, "integratedTime"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := cosignDocument(t)
			tt.bend(d)
			found := Read("f", []byte(mustJSON(t, d)))[0]
			if tt.want == "" && found.Err != nil || tt.want != "" && (found.Err == nil || !strings.Contains(found.Err.Error(), tt.want)) {
				t.Errorf("got error %v, want %q", found.Err, tt.want)
			}
		})
	}
}

// A signature that nobody logged with its digest is about what it is tried on.
func TestAbout(t *testing.T) {
	d := cosignDocument(t)
	delete(d, "rekorBundle")
	unsaid := Read("f", []byte(mustJSON(t, d)))[0]
	said := Read("f", []byte(cosignJSON(t)))[0]
	if !unsaid.NamesNoDigest() || said.NamesNoDigest() {
		t.Fatalf("names no digest: %t and %t", unsaid.NamesNoDigest(), said.NamesNoDigest())
	}
	digest := []byte(strings.Repeat("x", 32))
	about := unsaid.About("sha256", digest)
	if diff := cmp.Diff(digest, about.Bundle.GetMessageSignature().GetMessageDigest().GetDigest()); diff != "" {
		t.Error(diff)
	}
	if !unsaid.NamesNoDigest() {
		t.Error("About changed what it was called on")
	}
	if said.About("sha256", digest).Bundle != said.Bundle {
		t.Error("About changed what names a digest")
	}
}
