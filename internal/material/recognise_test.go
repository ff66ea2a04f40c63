package material

import (
	"strings"
	"testing"
)

func TestRecognise(t *testing.T) {
	bundle := strings.TrimSpace(string(mustRealBundle(t, generic))) + "\n"
	envelope := string(mustRealBundle(t, bareEnvelope))
	certificate := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	for _, tt := range []struct{ name, content, want string }{
		{"a bundle", bundle, "Sigstore bundle"},
		{"bundles", bundle + bundle, "Sigstore bundle"},
		{"a bundle with a tail", bundle + "#!/bin/sh\n", ""},
		{"an envelope", envelope, "DSSE envelope"},
		{"an envelope with a tail", envelope + "\n#!/bin/sh\n", ""},
		{"a cosign bundle", cosignJSON(t), "cosign bundle"},
		{"a cosign bundle with a tail", cosignJSON(t) + "\nx", ""},
		{"npm attestations", string(mustRealBundle(t, npmPackage+".json")), "npm attestation"},
		{"attestations of which one is none", `{"attestations":[{"predicateType":"","bundle":{}}]}`, ""},
		{"other JSON", `{"name":"widget"}`, ""},
		{"a certificate", certificate, "certificate"},
		{"a certificate in base64", encoded([]byte(certificate)), "certificate"},
		{"a certificate with a tail", certificate + "x", ""},
		{"a certificate in base64 with a tail", encoded([]byte(certificate)) + "\n" + strings.Repeat("x", maxCertificate), ""},
		{"a public key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", ""},
		{"a signature beside nothing", encoded(newSigner(t).sign(t, nil)), ""},
		{"a program", "\x7fELF", ""},
		{"nothing", "", ""},
	} {
		if got := Recognise("f.sigstore.json", []byte(tt.content)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
