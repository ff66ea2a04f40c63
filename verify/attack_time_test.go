package verify_test

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// stamped changes the timestamp of a signing.
func stamped(change func(*stamp)) func(*signing) {
	return func(s *signing) { change(&s.stamps[0]) }
}

func TestTimestampAttacks(t *testing.T) {
	v := newVirtual(t)
	// Rekor v2 signs no time, so that the timestamp is the only one.
	good := func() *signing { return attestation().v2() }
	stranger := withStampLeaf(t, newAuthority(t, "sigstore-tsa", x509.ExtKeyUsageTimeStamping), "sigstore-tsa leaf", timeStamping(t))
	authorityOf := func(change func(*root.SigstoreTimestampingAuthority)) func(*trusted) {
		return func(tr *trusted) { change(tr.tsas[0].(*root.SigstoreTimestampingAuthority)) }
	}
	anyLeaf := authorityOf(func(a *root.SigstoreTimestampingAuthority) { a.Leaf = nil })
	purpose := func(critical bool, purposes ...asn1.ObjectIdentifier) func(*signing) {
		leaf := withStampLeaf(t, v.stampCA, "sigstore-tsa leaf 2", pkix.Extension{Id: oidExtKeyUsage, Critical: critical, Value: mustDER(t, purposes)})
		return stamped(func(s *stamp) { s.by = &leaf })
	}
	when := func(at time.Time) func(*signing) { return stamped(func(s *stamp) { s.at = at }) }
	beside := func(more stamp) func(*signing) {
		return func(s *signing) { s.stamps = append(s.stamps, more) }
	}
	before := func(more stamp) func(*signing) {
		return func(s *signing) { s.stamps = append([]stamp{more}, s.stamps...) }
	}
	// second is another authority of the same trust domain.
	second := func(tr *trusted) {
		tr.tsas = append(tr.tsas, &root.SigstoreTimestampingAuthority{URI: "https://tsa2.example", Root: stranger.root,
			Intermediates: []*x509.Certificate{stranger.intermediate}, Leaf: stranger.leaf, ValidityPeriodStart: epoch})
	}
	late := signedAt.Add(time.Hour)
	token := func(b *protobundle.Bundle) *protocommon.RFC3161SignedTimestamp {
		return b.VerificationMaterial.TimestampVerificationData.Rfc3161Timestamps[0]
	}
	var attacks []attack
	for _, over := range []struct{ name, data string }{{"another signature", "another"}, {"the payload", string(mustJSON(t, attestation().statement))}, {"nothing", ""}} {
		attacks = append(attacks, attack{name: "T-01 over " + over.name,
			signing: stamped(func(s *stamp) { s.over = func() []byte { return []byte(over.data) } }), want: verify.CheckTimestamp})
	}
	run(t, v, good, release, append(attacks, []attack{
		{name: "T-01 of a SHA-512 digest", signing: stamped(func(s *stamp) { s.hash = crypto.SHA512 })},
		{name: "T-02 at the certificate's first second", signing: when(issuedAt)},
		{name: "T-02 before the certificate", signing: when(issuedAt.Add(-time.Second)), want: verify.CheckCertificate},
		{name: "T-02 after the certificate", signing: when(issuedAt.Add(10*time.Minute + time.Second)), want: verify.CheckCertificate},
		{name: "T-02 before the authority's certificate", signing: when(epoch.Add(-time.Hour)), want: verify.CheckTimestamp},
		{name: "T-02 after the authority's certificate", signing: when(horizon.Add(time.Hour)), want: verify.CheckTimestamp},
		{name: "T-02 before the root trusts the authority", root: authorityOf(func(a *root.SigstoreTimestampingAuthority) { a.ValidityPeriodStart = signedAt.Add(time.Second) }), want: verify.CheckTimestamp},
		{name: "T-02 after the root trusted the authority", root: authorityOf(func(a *root.SigstoreTimestampingAuthority) { a.ValidityPeriodEnd = signedAt.Add(-time.Second) }), want: verify.CheckTimestamp},
		{name: "T-03 by a stranger who brings a certificate", signing: stamped(func(s *stamp) { s.by = &stranger }), want: verify.CheckTimestamp},
		{name: "T-03 by the authority without its certificate", signing: stamped(func(s *stamp) { s.bare = true })},
		{name: "T-04 by another leaf than the root names", signing: purpose(true, oidTimeStamping), want: verify.CheckTimestamp},
		{name: "T-04 by another leaf where the root names none", signing: purpose(true, oidTimeStamping), root: anyLeaf},
		{name: "T-04 purpose not critical", signing: purpose(false, oidTimeStamping), root: anyLeaf, want: verify.CheckTimestamp},
		{name: "T-04 another purpose", signing: purpose(true, oidCodeSigning), root: anyLeaf, want: verify.CheckTimestamp},
		{name: "T-04 one purpose more", signing: purpose(true, oidTimeStamping, oidCodeSigning), root: anyLeaf, want: verify.CheckTimestamp},
		{name: "T-05 bytes behind the token", bundle: func(b *protobundle.Bundle) { token(b).SignedTimestamp = append(token(b).SignedTimestamp, 0) }, want: verify.CheckTimestamp},
		{name: "T-05 rubbish", bundle: func(b *protobundle.Bundle) { token(b).SignedTimestamp = []byte("rubbish") }, want: verify.CheckTimestamp},
		{name: "CVE-2026-44310 empty token", bundle: func(b *protobundle.Bundle) { token(b).SignedTimestamp = nil }, want: verify.CheckTimestamp},
		{name: "T-06 a stranger's beside it", signing: beside(stamp{at: signedAt, by: &stranger}), verdict: oneTime},
		{name: "T-06 a stranger's before it", signing: before(stamp{at: signedAt, by: &stranger}), verdict: oneTime},
		{name: "T-06 one authority twice counts once", signing: beside(stamp{at: signedAt.Add(time.Second)}), verdict: oneTime},
		{name: "T-06 two authorities", signing: beside(stamp{at: signedAt.Add(time.Second), by: &stranger}), root: second},
		{name: "T-06 two authorities, one late", signing: beside(stamp{at: late, by: &stranger}), root: second, want: verify.CheckCertificate},
		{name: "T-06 two authorities, one late, other order", signing: before(stamp{at: late, by: &stranger}), root: second, want: verify.CheckCertificate},
		{name: "INV-7 nine timestamps", bundle: func(b *protobundle.Bundle) {
			for range maxStamps {
				data := b.VerificationMaterial.TimestampVerificationData
				data.Rfc3161Timestamps = append(data.Rfc3161Timestamps, token(b))
			}
		}, want: verify.CheckLimit},
		{name: "a token of 64 KiB and one", bundle: func(b *protobundle.Bundle) { token(b).SignedTimestamp = make([]byte, 64<<10+1) }, want: verify.CheckLimit},
	}...))
	run(t, v, attestation, release, []attack{
		{name: "T-06 the log's time right, the authority's late", signing: when(late), want: verify.CheckCertificate},
		{name: "the log's time alone", signing: func(s *signing) { s.stamps = nil }},
	})
}

// maxStamps is how many timestamps a bundle may hold.
const maxStamps = 8

func oneTime(t *testing.T, v *verify.Verdict) {
	t.Helper()
	if len(v.Times) != 1 || !v.Times[0].Time.Equal(signedAt) {
		t.Errorf("times %v, want %v alone", v.Times, signedAt)
	}
	if len(v.Uncounted) != 1 {
		t.Errorf("uncounted %v, want the other one", v.Uncounted)
	}
}
