package verify_test

import (
	"encoding/hex"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/hallmark-project/hallmark/verify"
)

// benchmarked are the bundles that the benchmarks compare.
func benchmarked(b *testing.B) []evidence {
	b.Helper()
	return append(realEvidence(b)[:1], virtualEvidence(b, newVirtual(b))[:8]...)
}

// BenchmarkVerify takes a bundle from its bytes to the verdict.
func BenchmarkVerify(b *testing.B) {
	for _, e := range benchmarked(b) {
		b.Run(e.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.verify(e.bundle); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerifyNaive does the same with sigstore-go's own verifier, which
// asks less: it compares no predicate with its certificate.
func BenchmarkVerifyNaive(b *testing.B) {
	for _, e := range benchmarked(b) {
		b.Run(e.name, func(b *testing.B) {
			digest, err := hex.DecodeString(e.artifact.Digest["sha256"])
			if err != nil {
				b.Fatal(err)
			}
			identity, err := sgverify.NewShortCertificateIdentity(verify.GitHubIssuer, "", "", ".*")
			if err != nil {
				b.Fatal(err)
			}
			policy := sgverify.NewPolicy(sgverify.WithArtifactDigest("sha256", digest), sgverify.WithCertificateIdentity(identity))
			b.ReportAllocs()
			for b.Loop() {
				parsed := new(bundle.Bundle)
				if err := parsed.UnmarshalJSON(e.bundle); err != nil {
					b.Fatal(err)
				}
				v, err := sgverify.NewVerifier(e.root, sgverify.WithSignedCertificateTimestamps(1),
					sgverify.WithTransparencyLog(1), sgverify.WithObserverTimestamps(1))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := v.Verify(parsed, policy); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
