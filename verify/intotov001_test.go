package verify_test

import (
	"testing"

	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"

	"github.com/hallmark-project/hallmark/verify"
)

func TestIntotoV001(t *testing.T) {
	v := newVirtual(t)
	good := func() *signing {
		s := attestation()
		s.entries[0].kind, s.entries[0].version = "intoto", "0.0.1"
		return s
	}
	other := digests([]byte("x"))["sha256"]
	run(t, v, good, release, []attack{
		{name: "as slsa-github-generator logged it", signing: func(*signing) {}},
		{name: "as older logs had it", signing: body("spec.content.payloadHash", nil)},
		{name: "INV-4 another envelope", signing: body("spec.content.hash.value", other), want: verify.CheckTransparency},
		{name: "INV-4 another payload", signing: body("spec.content.payloadHash.value", other), want: verify.CheckTransparency},
		{name: "INV-4 a hash of another kind", signing: body("spec.content.hash.algorithm", "sha512"), want: verify.CheckTransparency},
		{name: "INV-4 another certificate", signing: body("spec.publicKey", mustPEM([]byte("another"))), want: verify.CheckTransparency},
		{name: "INV-4 no hash", signing: body("spec.content.hash", nil), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 no content", signing: body("spec.content", nil), want: verify.CheckTransparency},
		{name: "R1-07 a member that nobody knows", signing: body("spec.more", "x"), want: verify.CheckTransparency},
		{name: "R1-02 a promise by nobody", bundle: entry(spoilPromise), want: verify.CheckTransparency},
		{name: "R1-04 a proof of nothing", bundle: entry(spoilProof), want: verify.CheckTransparency},
	})
}

func spoilPromise(e *protorekor.TransparencyLogEntry) {
	e.InclusionPromise.SignedEntryTimestamp[8] ^= 1
}
func spoilProof(e *protorekor.TransparencyLogEntry) { e.InclusionProof.Hashes[0][0] ^= 1 }
