package verify_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// issued changes what Fulcio is asked for.
func issued(change func(*certificate)) func(*signing) {
	return func(s *signing) { change(&s.cert) }
}

// ext changes one of Fulcio's extensions, or leaves it out.
func ext(number int, value string) func(*signing) {
	return issued(func(c *certificate) { c.ext[number] = value })
}

func without(numbers ...int) func(*signing) {
	return issued(func(c *certificate) {
		for _, n := range numbers {
			delete(c.ext, n)
		}
	})
}

func named(names ...asn1.RawValue) func(*signing) {
	return issued(func(c *certificate) { c.names = names })
}

func also(changes ...func(*signing)) func(*signing) {
	return func(s *signing) {
		for _, change := range changes {
			change(s)
		}
	}
}

// raw puts an extension in as it is.
func raw(number int, value []byte, critical bool) func(*signing) {
	return issued(func(c *certificate) {
		delete(c.ext, number)
		c.more = append(c.more, pkix.Extension{Id: oidFulcio(number), Critical: critical, Value: value})
	})
}

func TestCertificateAttacks(t *testing.T) {
	v := newVirtual(t)
	namesake := newAuthority(t, "sigstore", x509.ExtKeyUsageCodeSigning)
	stranger := newVirtualLog(t, "https://ctfe.example")
	self := workflowOf("octo/widget", "release.yml", tagRef)
	ctLog := func(change func(*root.TransparencyLog)) func(*trusted) {
		return func(tr *trusted) { change(tr.ct[v.ct.hexID()]) }
	}
	stamping := newVirtual(t) // whose authority may not sign code
	stamping.ca = newAuthority(t, "sigstore", x509.ExtKeyUsageTimeStamping)
	run(t, v, attestation, release, []attack{
		{name: "C-01 an authority of the same name", signing: issued(func(c *certificate) { c.issuer = &namesake }), want: verify.CheckCertificate},
		{name: "C-01 an authority not yet trusted", root: func(tr *trusted) {
			tr.cas[0].(*root.FulcioCertificateAuthority).ValidityPeriodStart = signedAt.Add(time.Second)
		}, want: verify.CheckCertificate},
		{name: "CVE-2026-24122 an authority no longer trusted", root: func(tr *trusted) {
			tr.cas[0].(*root.FulcioCertificateAuthority).ValidityPeriodEnd = signedAt.Add(-time.Second)
		}, want: verify.CheckCertificate},
		{name: "C-02 no use", signing: issued(func(c *certificate) { c.purposes = nil }), want: verify.CheckCertificate},
		{name: "C-02 for timestamps", signing: issued(func(c *certificate) { c.purposes = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping} }), want: verify.CheckCertificate},
		{name: "C-02 for anything", signing: issued(func(c *certificate) { c.purposes = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), want: verify.CheckCertificate},
		{name: "C-02 an authority itself", signing: issued(func(c *certificate) { c.authority = true }), want: verify.CheckCertificate},
		{name: "C-02 not for signatures", signing: issued(func(c *certificate) { c.usage = x509.KeyUsageKeyEncipherment }), want: verify.CheckCertificate},
		{name: "C-02 for nothing", signing: issued(func(c *certificate) { c.usage = 0 }), want: verify.CheckCertificate},
		{name: "C-02 by an authority for timestamps", signing: issued(func(c *certificate) { c.issuer = &stamping.ca }),
			root: func(tr *trusted) { tr.cas = stamping.trusted().cas }, want: verify.CheckCertificate},
		{name: "C-02 issued by itself", signing: issued(func(c *certificate) {
			key := v.key(t, "P-256")
			own := mustIssue(t, &x509.Certificate{SerialNumber: one, NotBefore: epoch, NotAfter: horizon}, nil, key.Public(), key)
			c.issuer = &authority{intermediate: own, key: key}
		}), want: verify.CheckCertificate},
		{name: "C-03 no certificate log", signing: issued(func(c *certificate) { c.noSCT = true }), want: verify.CheckCertificate},
		{name: "C-03 a stranger's certificate log", signing: issued(func(c *certificate) { c.ctLog = &stranger }), want: verify.CheckCertificate},
		{name: "C-03 seen before the log's key", root: ctLog(func(l *root.TransparencyLog) { l.ValidityPeriodStart = signedAt }), want: verify.CheckCertificate},
		{name: "C-03 seen after the log's key", root: ctLog(func(l *root.TransparencyLog) { l.ValidityPeriodEnd = issuedAt.Add(-time.Second) }), want: verify.CheckCertificate},
		{name: "C-03 a root without certificate logs", signing: issued(func(c *certificate) { c.noSCT = true }), root: func(tr *trusted) { tr.ct = nil }},
		{name: "C-03 a root without logs of either kind", signing: func(s *signing) { s.cert.noSCT, s.entries = true, nil }, root: func(tr *trusted) { tr.ct, tr.rekor = nil, nil }},
		{name: "C-03 the proof flipped", bundle: func(b *protobundle.Bundle) { flip(b.VerificationMaterial.GetCertificate().RawBytes, oidSCTs, 20) }, want: verify.CheckTransparency},

		{name: "C-04 no name", signing: named(), want: verify.CheckCertificate},
		{name: "C-04 two URIs", signing: named(uriSAN(self), uriSAN("https://evil.example")), want: verify.CheckCertificate},
		{name: "C-04 a URI twice", signing: named(uriSAN(self), uriSAN(self)), want: verify.CheckCertificate},
		{name: "C-04 a URI and an address", signing: named(uriSAN(self), emailSAN("dev@octo.example")), want: verify.CheckCertificate},
		{name: "C-04 a URI and a host", signing: named(uriSAN(self), dnsSAN("octo.example")), want: verify.CheckCertificate},
		{name: "C-04 a URI and an IP address", signing: named(uriSAN(self), generalName(7, []byte{127, 0, 0, 1})), want: verify.CheckCertificate},
		{name: "C-04 a URI and a directory name", signing: named(uriSAN(self), asn1.RawValue{Class: 2, Tag: 4, IsCompound: true, Bytes: []byte{0x30, 0}}), want: verify.CheckCertificate},
		{name: "C-04 a URI and a registered id", signing: named(uriSAN(self), generalName(8, []byte{42})), want: verify.CheckCertificate},
		{name: "C-04 a URI and a user name", signing: named(uriSAN(self), userSAN(t, "octo")), want: verify.CheckCertificate},
		{name: "C-04 a URI and an unknown name", signing: named(uriSAN(self), asn1.RawValue{Class: 2, Tag: 0, IsCompound: true,
			Bytes: append(mustDER(t, oidSAN), 0xa0, 2, 0x0c, 0)}), want: verify.CheckCertificate},
		{name: "C-04 a host alone", signing: named(dnsSAN("octo.example")), want: verify.CheckCertificate},
		{name: "C-04 an empty URI", signing: named(uriSAN("")), want: verify.CheckCertificate},
		{name: "C-04 an empty user name", signing: named(userSAN(t, "")), want: verify.CheckCertificate},

		{name: "C-05 the old issuer alone", signing: without(8)},
		{name: "C-05 the new issuer alone", signing: without(1)},
		{name: "C-05 no issuer", signing: without(1, 8), want: verify.CheckIssuer},
		{name: "C-05 two issuers", signing: ext(1, "https://accounts.example"), want: verify.CheckCertificate},
		{name: "C-05 two events", signing: ext(2, "pull_request"), want: verify.CheckCertificate},
		{name: "C-05 two commits", signing: ext(3, "0000000000000000000000000000000000000000"), want: verify.CheckCertificate},
		{name: "C-05 two repositories", signing: ext(5, "evil/widget"), want: verify.CheckCertificate},
		{name: "C-05 two refs", signing: ext(6, "refs/heads/main"), want: verify.CheckCertificate},
		{name: "C-05 two signers", signing: ext(9, workflowOf("octo/widget", "other.yml", tagRef)), want: verify.CheckCertificate},
		{name: "C-05 two owners", signing: ext(16, "https://github.com/evil"), want: verify.CheckCertificate},
		{name: "C-05 two signers under an enterprise's issuer", policy: func(p *verify.Policy) { p.Issuer = verify.GitHubIssuer + "/acme" },
			signing: also(ext(1, verify.GitHubIssuer+"/acme"), ext(8, verify.GitHubIssuer+"/acme"), ext(9, workflowOf("octo/widget", "other.yml", tagRef))), want: verify.CheckCertificate},

		{name: "C-06 an extension twice", bundle: func(b *protobundle.Bundle) {
			cert := b.VerificationMaterial.GetCertificate()
			cert.RawBytes = bytes.Replace(cert.RawBytes, mustDER(t, oidFulcio(22)), mustDER(t, oidFulcio(12)), 1)
		}, want: verify.CheckBundle},
		{name: "C-06 bytes behind the text", signing: raw(12, append(utf8String(t, "https://github.com/octo/widget"), 0), false), want: verify.CheckCertificate},
		{name: "C-06 plain text where DER stands", signing: raw(12, []byte("https://github.com/octo/widget"), false), want: verify.CheckCertificate},
		{name: "C-06 another kind of text", signing: raw(12, mustDER(t, "https://github.com/octo/widget"), false), want: verify.CheckCertificate},
		{name: "C-06 an unknown extension", signing: raw(99, utf8String(t, "x"), false)},
		{name: "C-06 an unknown critical extension", signing: raw(99, utf8String(t, "x"), true), want: verify.CheckCertificate},

		{name: "C-07 no runner", signing: without(11), want: verify.CheckRunner},
		{name: "C-07 no event", signing: without(2, 20), want: verify.CheckEvent},
		{name: "C-07 no ref", signing: without(6, 14), want: verify.CheckRef},
		{name: "C-07 no repository", signing: without(5, 12), want: verify.CheckSource},
		{name: "C-07 no signer", signing: without(9), want: verify.CheckSigner},
		{name: "C-07 no commit", signing: without(3, 13), policy: func(p *verify.Policy) { p.Commit = commit }, want: verify.CheckCommit},
		{name: "C-07 no commit of the signer", signing: without(10), policy: func(p *verify.Policy) { p.SignerDigest = commit }, want: verify.CheckSigner},
		{name: "C-07 no repository number", signing: without(15), policy: func(p *verify.Policy) { p.RepositoryID = "4711" }, want: verify.CheckSource},
		{name: "C-07 no owner", signing: without(16), policy: func(p *verify.Policy) { p.Owner = "octo" }, want: verify.CheckSource},
		{name: "C-07 no owner number", signing: without(17), policy: func(p *verify.Policy) { p.OwnerID = "42" }, want: verify.CheckSource},
	})
}

// What the certificate spells is compared and reported, not what a URL parser
// makes of it. INV-9.
func TestNamesAsTheyStand(t *testing.T) {
	v := newVirtual(t)
	policy := func() *verify.Policy {
		return &verify.Policy{Identities: []verify.Identity{{Subject: "https://ci.example/octo@refs/heads/main", Issuer: "https://ci.example"}}}
	}
	good := func(name string) func() *signing {
		return func() *signing {
			s := signature()
			s.cert = personCertificate(uriSAN(name))
			s.cert.ext = map[int]string{8: "https://ci.example"}
			return s
		}
	}
	run(t, v, good("https://ci.example/octo@refs/heads/main"), policy, []attack{
		{name: "empty fragment", signing: named(uriSAN("https://ci.example/octo@refs/heads/main#")), want: verify.CheckIdentity},
		{name: "empty query", signing: named(uriSAN("https://ci.example/octo@refs/heads/main?")), want: verify.CheckIdentity},
		{name: "scheme in capitals", signing: named(uriSAN("HTTPS://ci.example/octo@refs/heads/main")), want: verify.CheckIdentity},
		{name: "percent encoding", signing: named(uriSAN("https://ci.example/octo@refs/heads/m%61in")), want: verify.CheckIdentity},
	})
}
