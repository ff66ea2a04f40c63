package verify_test

import (
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

func TestVerifyAcceptsGoodEvidence(t *testing.T) {
	v := newVirtual(t)
	person := func() *verify.Policy {
		return &verify.Policy{Identities: []verify.Identity{{Subject: "dev@octo.example", Issuer: "https://accounts.example"}}}
	}
	tests := []struct {
		name    string
		signing *signing
		policy  *verify.Policy
	}{
		{"attestation, Rekor v1", attestation(), release()},
		{"attestation, Rekor v2", attestation().v2(), release()},
		{"trusted builder, Rekor v1", trustedBuild(), release()},
		{"message, Rekor v1", signature(), release()},
		{"message, Rekor v2", signature().v2(), release()},
		{"person", func() *signing { s := signature(); s.cert = personCertificate(emailSAN("dev@octo.example")); return s }(), person()},
		{"intoto entry", func() *signing {
			s := attestation()
			s.entries[0].kind, s.entries[0].version = "intoto", "0.0.2"
			return s
		}(), release()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := verifyBytes(encode(t, v.bundle(t, tt.signing)), v.trusted(), widget(), tt.policy); err != nil {
				t.Error(err)
			}
		})
	}
}
