package verify_test

import (
	"slices"
	"strings"
	"testing"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// Each limit holds at its number, is broken one beyond, and is looked at
// before anything is made of what lies behind it.
func TestLimits(t *testing.T) {
	v := newVirtual(t)
	stranger := newVirtualLog(t, "https://rekor.example")
	entries := func(n int) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) {
			other := v.bundle(t, attestation()).VerificationMaterial.TlogEntries[0]
			other.LogId.KeyId = stranger.id[:]
			for range n - 1 {
				b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, other)
			}
		}
	}
	stamps := func(n int) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) {
			data := b.VerificationMaterial.TimestampVerificationData
			data.Rfc3161Timestamps = slices.Repeat(data.Rfc3161Timestamps, n)
		}
	}
	within := []attack{
		{name: "8 log entries", bundle: entries(8)},
		{name: "8 timestamps", bundle: stamps(8)},
		{name: "64 KiB of timestamp", bundle: func(b *protobundle.Bundle) {
			data := b.VerificationMaterial.TimestampVerificationData
			data.Rfc3161Timestamps = append(data.Rfc3161Timestamps, &protocommon.RFC3161SignedTimestamp{SignedTimestamp: make([]byte, 64<<10)})
		}},
	}
	beyond := []attack{
		{name: "9 log entries", bundle: entries(9)},
		{name: "CVE-2024-45395 100,000 log entries", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.TlogEntries = slices.Repeat([]*protorekor.TransparencyLogEntry{{}}, 100_000)
		}},
		{name: "9 timestamps", bundle: stamps(9)},
		{name: "CVE-2024-45395 100,000 timestamps", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.TimestampVerificationData.Rfc3161Timestamps = slices.Repeat([]*protocommon.RFC3161SignedTimestamp{{}}, 100_000)
		}},
		{name: "64 KiB and one of certificate", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.GetCertificate().RawBytes = make([]byte, 64<<10+1)
		}},
		{name: "1 MiB and one of log entry", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.CanonicalizedBody = make([]byte, 1<<20+1) })},
		{name: "65 hashes of a proof", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes = slices.Repeat(p.Hashes, 65) })},
		{name: "8 MiB and one of payload", bundle: func(b *protobundle.Bundle) { b.GetDsseEnvelope().Payload = make([]byte, 8<<20+1) }},
		{name: "9 signatures", bundle: func(b *protobundle.Bundle) {
			b.GetDsseEnvelope().Signatures = slices.Repeat([]*protodsse.Signature{{}}, 9)
		}},
		{name: "9 certificates", signing: func(s *signing) { s.mediaType = typeV01 }, bundle: func(b *protobundle.Bundle) {
			chain := b.VerificationMaterial.GetX509CertificateChain()
			chain.Certificates = slices.Repeat(chain.Certificates, 9)
		}},
		{name: "16 MiB and one of bundle", text: func(s string) string { return s + strings.Repeat(" ", verify.MaxBundle+1-len(s)) }},
		{name: "65 deep", text: replace(`{`, `{"x":`+strings.Repeat("[", 64)+strings.Repeat("]", 64)+`,`)},
		{name: "4097 members", text: func(s string) string { return `{"x":` + string(mustJSON(t, members(4097))) + `,` + s[1:] }},
	}
	for i := range beyond {
		beyond[i].want = verify.CheckLimit
	}
	run(t, v, attestation, release, append(within, beyond...))
}
