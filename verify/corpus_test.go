package verify_test

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/internal/corpustest"
	"github.com/hallmark-project/hallmark/verify"
)

func describe(t *testing.T, path string) *intoto.ResourceDescriptor {
	t.Helper()
	return &intoto.ResourceDescriptor{Name: filepath.Base(path), Digest: digests(mustRead(t, path))}
}

func readKey(t *testing.T, path string) crypto.PublicKey {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// refusedBy says which check must refuse each case whose name ends in _fail,
// so that none passes by failing for another reason. "" stands for a trusted
// root that cannot be read at all.
var refusedBy = map[string]verify.Check{
	"bundle-empty-certificate-chain_fail":                       verify.CheckBundle,
	"bundle-from-wrong-instance_fail":                           verify.CheckTransparency,
	"bundle-invalid-base64-signature_fail":                      verify.CheckBundle,
	"bundle-malformed-json_fail":                                verify.CheckBundle,
	"bundle-negative-log-index_fail":                            verify.CheckTransparency,
	"bundle-unknown-version_fail":                               verify.CheckBundle,
	"bundle-with-root-cert_fail":                                verify.CheckBundle,
	"checkpoint-wrong-roothash_fail":                            verify.CheckTransparency,
	"dsse-mismatch-envelope_fail":                               verify.CheckTransparency,
	"incorrect-public-key_fail":                                 verify.CheckTransparency,
	"intoto-expired-certificate_fail":                           verify.CheckCertificate,
	"intoto-log-entry-mismatch_fail":                            verify.CheckTransparency,
	"intoto-set-outside-signing-cert-validity_fail":             verify.CheckCertificate,
	"invalid-ct-key_fail":                                       verify.CheckCertificate,
	"managed-key-no-key_fail":                                   verify.CheckIdentity,
	"message-digest-mismatch_fail":                              verify.CheckSubject,
	"rekor2-checkpoint-missing-log-signature_fail":              verify.CheckTransparency,
	"rekor2-checkpoint-missing-origin_fail":                     verify.CheckTransparency,
	"rekor2-dsse-mismatch-sig_fail":                             verify.CheckTransparency,
	"rekor2-no-timestamp_fail":                                  verify.CheckTimestamp,
	"rekor2-timestamp-outside-trust-root-tsa-validity_fail":     verify.CheckTimestamp,
	"rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail": verify.CheckTimestamp,
	"rekor2-timestamp-with-incorrect-time_fail":                 verify.CheckBundle, // its base64 is none
	"signature-mismatch_fail":                                   verify.CheckSignature,
	"trust-root-tlog-missing-validity-start_fail":               "",
	"wrong-hashedrekord-cert-and-sig_fail":                      verify.CheckTransparency,
	"wrong-hashedrekord-entry_fail":                             verify.CheckTransparency,
	"wrong-material_fail":                                       verify.CheckSubject,
}

func TestConformanceCorpus(t *testing.T) {
	for _, c := range corpustest.Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			want, listed := refusedBy[c.Name]
			tr, err := root.NewTrustedRootFromPath(c.Root)
			if unusable := listed && want == ""; unusable != (err != nil) && (listed || !c.Fails) {
				t.Fatalf("trusted root: %v", err)
			} else if err != nil {
				return
			}
			p := &verify.Policy{}
			if c.Key != "" {
				p.Key = readKey(t, c.Key)
			} else {
				p.Identities = []verify.Identity{{Subject: c.Identity, Issuer: c.Issuer}}
			}
			v, err := verifyBytes(mustRead(t, c.Bundle), tr, describe(t, c.Artifact), p)
			var r *verify.Rejection
			if c.Fails && !listed { // a case that the table does not know
				if v != nil || !errors.As(err, &r) {
					t.Errorf("got %v, want a rejection", err)
				}
				return
			}
			a := attack{want: want}
			a.judge(t, c.Name, v, err)
		})
	}
}
