package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"

	"github.com/hallmark-project/hallmark/verify"
)

// replace changes the first place where old stands in a bundle's JSON.
func replace(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("no " + old + " in the bundle")
		}
		return strings.Replace(s, old, new, 1)
	}
}

func label(mediaType string) func(*protobundle.Bundle) {
	return func(b *protobundle.Bundle) { b.MediaType = mediaType }
}

func unproven(b *protobundle.Bundle) {
	for _, e := range b.GetVerificationMaterial().GetTlogEntries() {
		e.InclusionProof = nil
	}
}

func promiseOnly(t *testing.T, v *verify.Verdict) {
	t.Helper()
	for _, log := range v.Logs {
		if log.Proof != verify.InclusionPromise {
			t.Errorf("got %q, want %q", log.Proof, verify.InclusionPromise)
		}
	}
}

func TestContainerAttacks(t *testing.T) {
	v := newVirtual(t)
	attacks := []attack{
		{name: "B-02 relabelled to v0.1, promise only", bundle: func(b *protobundle.Bundle) { label(typeV01)(b); unproven(b) }, verdict: promiseOnly},
		{name: "B-02 relabelled to v0.2, promise only", bundle: func(b *protobundle.Bundle) { label(typeV02)(b); unproven(b) }, verdict: promiseOnly},
		{name: "B-02 relabelled where a proof is wanted", bundle: func(b *protobundle.Bundle) { label(typeV01)(b); unproven(b) },
			policy: func(p *verify.Policy) { p.RequireInclusionProof = true }, want: verify.CheckTransparency},
		{name: "B-02 v0.3 without a proof", bundle: unproven, want: verify.CheckTransparency},
		{name: "B-04 two contents", text: replace(`{`, `{"messageSignature":{"signature":"AAAA"},`), want: verify.CheckBundle},
		{name: "B-04 no content", bundle: func(b *protobundle.Bundle) { b.Content = nil }, want: verify.CheckBundle},
		{name: "B-04 two materials", text: replace(`"verificationMaterial":{`, `"verificationMaterial":{"publicKey":{"hint":"x"},`), want: verify.CheckBundle},
		{name: "B-04 no material", bundle: func(b *protobundle.Bundle) { b.VerificationMaterial = nil }, want: verify.CheckBundle},
		{name: "B-05 unknown member", text: replace(`{`, `{"extra":1,`), want: verify.CheckBundle},
		{name: "B-05 unknown member below", text: replace(`"verificationMaterial":{`, `"verificationMaterial":{"extra":1,`), want: verify.CheckBundle},
		{name: "B-05 member twice", text: replace(`{`, `{"mediaType":"`+typeV03+`",`), want: verify.CheckBundle},
		{name: "B-05 two spellings", text: replace(`{`, `{"media_type":"`+typeV03+`",`), want: verify.CheckBundle},
		{name: "B-05 snake case at the top", text: replace(`"mediaType"`, `"media_type"`), want: verify.CheckBundle},
		{name: "B-05 snake case below", text: replace(`"tlogEntries"`, `"tlog_entries"`), want: verify.CheckBundle},
		{name: "B-05 other case below", text: replace(`"payloadType"`, `"payloadtype"`), want: verify.CheckBundle},
		{name: "B-06 byte order mark", text: replace(`{`, "\ufeff{"), want: verify.CheckBundle},
		{name: "B-06 NUL in front", text: replace(`{`, "\x00{"), want: verify.CheckBundle},
		{name: "B-06 invalid UTF-8", text: replace(`"mediaType":"`, "\"mediaType\":\"\xff"), want: verify.CheckBundle},
		{name: "B-06 bytes behind", text: func(s string) string { return s + "x" }, want: verify.CheckBundle},
		{name: "B-06 two documents", text: func(s string) string { return s + s }, want: verify.CheckBundle},
		{name: "B-06 space behind", text: func(s string) string { return s + "\r\n" }},
		{name: "B-14 a key hint where a workflow is wanted", signing: func(s *signing) { s.managed = true }, want: verify.CheckIdentity},
		{name: "INV-1 empty object", text: func(string) string { return "{}" }, want: verify.CheckBundle},
		{name: "INV-1 null", text: func(string) string { return "null" }, want: verify.CheckBundle},
		{name: "INV-1 empty list", text: func(string) string { return "[]" }, want: verify.CheckBundle},
		{name: "INV-1 nothing", text: func(string) string { return "" }, want: verify.CheckBundle},
		{name: "CVE-2026-44310 empty certificate", bundle: func(b *protobundle.Bundle) { b.VerificationMaterial.GetCertificate().RawBytes = nil }, want: verify.CheckBundle},
		{name: "CVE-2026-44310 empty log entry", bundle: func(b *protobundle.Bundle) { b.VerificationMaterial.TlogEntries[0].Reset() }, want: verify.CheckTransparency},
	}
	for _, m := range []string{"", "bundle", "application/vnd.dev.sigstore.bundle+json;version=0.4", "application/vnd.dev.sigstore.bundle.v9+json",
		"application/vnd.dev.sigstore.bundle.v0.3.9-x+json", "application/vnd.dev.sigstore.bundle+json;version=0.3;x=1",
		strings.ToUpper(typeV03), typeV03 + " "} {
		attacks = append(attacks, attack{name: "B-01 media type " + m, bundle: label(m), want: verify.CheckBundle})
	}
	run(t, v, attestation, release, attacks)
}

// One spelling of the same bytes is read, so that all readers see the same.
func TestBase64Attacks(t *testing.T) {
	v := newVirtual(t)
	var padded *signing
	for n := 0; ; n++ { // a payload whose base64 ends in padding and has a + or /
		padded = attestation()
		padded.statement["x"] = strings.Repeat("?>", n)
		if text := base64.StdEncoding.EncodeToString(mustJSON(t, padded.statement)); strings.HasSuffix(text, "=") && strings.ContainsAny(text, "+/") {
			break
		}
	}
	payload := base64.StdEncoding.EncodeToString(mustJSON(t, padded.statement))
	spelled := func(as string) func(string) string { return replace(`"`+payload+`"`, `"`+as+`"`) }
	loose := strings.TrimRight(payload, "=")
	run(t, v, func() *signing { return padded }, release, []attack{
		{name: "B-05 URL alphabet", text: spelled(base64.URLEncoding.EncodeToString(mustJSON(t, padded.statement))), want: verify.CheckBundle},
		{name: "B-05 no padding", text: spelled(loose), want: verify.CheckBundle},
		{name: "B-05 line break", text: spelled(payload[:40] + `\n` + payload[40:]), want: verify.CheckBundle},
		{name: "B-05 bits behind the end", text: spelled(loose[:len(loose)-1] + string(loose[len(loose)-1]+1) + payload[len(loose):]), want: verify.CheckBundle},
		{name: "B-05 escaped letters of the same spelling", text: spelled(strings.Replace(payload, "e", `\u0065`, 1))},
	})
}

func TestChainAttacks(t *testing.T) {
	v := newVirtual(t)
	older := func(mediaType string) func() *signing {
		return func() *signing { s := attestation(); s.mediaType = mediaType; return s }
	}
	chain := func(b *protobundle.Bundle) *protocommon.X509CertificateChain {
		return b.VerificationMaterial.GetX509CertificateChain()
	}
	also := func(der []byte) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) {
			chain(b).Certificates = append(chain(b).Certificates, &protocommon.X509Certificate{RawBytes: der})
		}
	}
	other := newAuthority(t, "sigstore", 0)
	for _, mediaType := range []string{typeV01, typeV02} {
		run(t, v, older(mediaType), release, []attack{
			{name: "B-03 the intermediate beside the leaf", bundle: also(v.ca.intermediate.Raw)},
			{name: "B-03 an unrelated intermediate", bundle: also(other.intermediate.Raw)},
			{name: "B-03 the root", bundle: also(v.ca.root.Raw), want: verify.CheckBundle},
			{name: "B-03 empty chain", bundle: func(b *protobundle.Bundle) { chain(b).Certificates = nil }, want: verify.CheckBundle},
			{name: "B-03 order swapped", bundle: func(b *protobundle.Bundle) {
				also(v.ca.intermediate.Raw)(b)
				slices.Reverse(chain(b).Certificates)
			}, want: verify.CheckSignature},
			{name: "B-03 issued by an intermediate that the bundle brings along",
				signing: func(s *signing) { s.cert.issuer = &other }, bundle: also(other.intermediate.Raw), want: verify.CheckCertificate},
			{name: "B-03 rubbish in the chain", bundle: also([]byte("rubbish")), want: verify.CheckBundle},
		})
	}
	run(t, v, attestation, release, []attack{
		{name: "B-03 a chain in v0.3", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.Content = &protobundle.VerificationMaterial_X509CertificateChain{X509CertificateChain: &protocommon.X509CertificateChain{
				Certificates: []*protocommon.X509Certificate{b.VerificationMaterial.GetCertificate()}}}
		}, want: verify.CheckBundle},
	})
}

func TestMessageAttacks(t *testing.T) {
	v := newVirtual(t)
	digest := func(change func(*protocommon.HashOutput)) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) { change(b.GetMessageSignature().MessageDigest) }
	}
	run(t, v, signature, release, []attack{
		{name: "B-08 a signature where provenance is wanted", policy: func(p *verify.Policy) { p.Require = verify.RequireProvenance }, want: verify.CheckPredicate},
		{name: "B-08 a signature where a level is wanted", policy: func(p *verify.Policy) { p.Level = 1 }, want: verify.CheckPredicate},
		{name: "B-08 a signature where a predicate is wanted", policy: func(p *verify.Policy) { p.PredicateTypes = []string{"https://slsa.dev/provenance/v1"} }, want: verify.CheckPredicate},
		{name: "B-09 wrong digest", bundle: digest(func(h *protocommon.HashOutput) { h.Digest[0] ^= 1 }), want: verify.CheckSubject},
		{name: "B-09 no digest", bundle: digest(func(h *protocommon.HashOutput) { h.Digest = nil }), want: verify.CheckSubject},
		{name: "B-09 no digest object", bundle: func(b *protobundle.Bundle) { b.GetMessageSignature().MessageDigest = nil }, want: verify.CheckBundle},
		{name: "B-09 SHA-384 of 32 bytes", bundle: digest(func(h *protocommon.HashOutput) { h.Algorithm = protocommon.HashAlgorithm_SHA2_384 }), want: verify.CheckSignature},
		{name: "B-09 algorithm unspecified", bundle: digest(func(h *protocommon.HashOutput) { h.Algorithm = 0 }), want: verify.CheckSignature},
		{name: "B-09 algorithm unknown", bundle: digest(func(h *protocommon.HashOutput) { h.Algorithm = 99 }), want: verify.CheckSignature},
		{name: "B-09 another artifact", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = digests([]byte("other bytes")) }, want: verify.CheckSubject},
		{name: "B-09 an artifact without digest", artifact: func(a *intoto.ResourceDescriptor) { a.Digest = nil }, want: verify.CheckSubject},
		{name: "empty signature", bundle: func(b *protobundle.Bundle) { b.GetMessageSignature().Signature = nil }, want: verify.CheckSignature},
		{name: "signature flipped", bundle: func(b *protobundle.Bundle) { b.GetMessageSignature().Signature[9] ^= 1 }, want: verify.CheckSignature},
	})
	run(t, v, attestation, release, []attack{
		{name: "B-08 provenance where a signature is wanted", policy: func(p *verify.Policy) { p.Require = verify.RequireSignature }, want: verify.CheckPredicate},
	})
}

// ecdsaSig is an ECDSA signature in its parts.
type ecdsaSig struct{ R, S *big.Int }

func TestSignatureEncodingAttacks(t *testing.T) {
	v := newVirtual(t)
	parts := func(sig []byte) (p ecdsaSig) {
		if _, err := asn1.Unmarshal(sig, &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	order := elliptic.P256().Params().N
	bent := func(change func(sig []byte) []byte) func(*signing) {
		return func(s *signing) {
			s.entries = nil // whose bodies hold the signature, and are read first
			s.bend = func(_ testing.TB, _ crypto.Signer, _, sig []byte) []byte { return change(sig) }
		}
	}
	attacks := []attack{
		{name: "B-11 r is 0", signing: bent(func(sig []byte) []byte { return mustDER(t, ecdsaSig{big.NewInt(0), parts(sig).S}) }), want: verify.CheckSignature},
		{name: "B-11 s is 0", signing: bent(func(sig []byte) []byte { return mustDER(t, ecdsaSig{parts(sig).R, big.NewInt(0)}) }), want: verify.CheckSignature},
		{name: "B-11 r beyond the order", signing: bent(func(sig []byte) []byte {
			return mustDER(t, ecdsaSig{new(big.Int).Add(parts(sig).R, order), parts(sig).S})
		}), want: verify.CheckSignature},
		{name: "B-11 negative r", signing: bent(func(sig []byte) []byte { return mustDER(t, ecdsaSig{new(big.Int).Neg(parts(sig).R), parts(sig).S}) }), want: verify.CheckSignature},
		{name: "B-11 BER length", signing: bent(func(sig []byte) []byte { return slices.Concat([]byte{0x30, 0x81, sig[1]}, sig[2:]) }), want: verify.CheckSignature},
		{name: "B-11 bytes behind", signing: bent(func(sig []byte) []byte { return append(sig, 0) }), want: verify.CheckSignature},
		{name: "B-11 IEEE P1363", signing: bent(func(sig []byte) []byte {
			out := make([]byte, 64)
			parts(sig).R.FillBytes(out[:32])
			parts(sig).S.FillBytes(out[32:])
			return out
		}), want: verify.CheckSignature},
		{name: "B-11 the other s, which is as good", signing: func(s *signing) {
			s.bend = func(_ testing.TB, _ crypto.Signer, _, sig []byte) []byte {
				return mustDER(t, ecdsaSig{parts(sig).R, new(big.Int).Sub(order, parts(sig).S)})
			}
		}},
	}
	run(t, v, signature, release, attacks)
	run(t, v, attestation, release, attacks)
}

func TestKeyAttacks(t *testing.T) {
	v := newVirtual(t)
	modulus := func(bits int) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits))
		return n.Sub(n, big.NewInt(105))
	}
	kind := func(key string) func(*signing) { return func(s *signing) { s.key = key } }
	public := func(key crypto.PublicKey) func(*signing) {
		return func(s *signing) { s.public, s.entries = key, nil }
	}
	another := func(key string, by func(key crypto.Signer, signed []byte) ([]byte, error)) func(*signing) {
		return func(s *signing) {
			s.key, s.entries = key, nil
			s.bend = func(t testing.TB, key crypto.Signer, signed, _ []byte) []byte {
				sig, err := by(key, signed)
				if err != nil {
					t.Fatal(err)
				}
				return sig
			}
		}
	}
	compat := func(key crypto.Signer, signed []byte) ([]byte, error) {
		sum := sha256.Sum256(signed)
		return key.Sign(rand.Reader, sum[:], crypto.SHA256)
	}
	pss := func(key crypto.Signer, signed []byte) ([]byte, error) {
		sum := sha256.Sum256(signed)
		return key.Sign(rand.Reader, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
	pure := func(key crypto.Signer, signed []byte) ([]byte, error) {
		return key.Sign(rand.Reader, signed, crypto.Hash(0))
	}
	prehashed := func(key crypto.Signer, signed []byte) ([]byte, error) {
		return key.Sign(rand.Reader, digestBy(crypto.SHA512, signed), crypto.SHA512)
	}
	both := []attack{
		{name: "B-12 P-384", signing: kind("P-384")},
		{name: "B-12 P-521", signing: kind("P-521")},
		{name: "B-12 RSA 2048", signing: kind("RSA 2048")},
		{name: "B-11 P-384 with SHA-256", signing: another("P-384", compat), want: verify.CheckSignature},
		{name: "B-11 P-521 with SHA-256", signing: another("P-521", compat), want: verify.CheckSignature},
		{name: "B-12 RSA-PSS", signing: another("RSA 2048", pss), want: verify.CheckSignature},
		{name: "B-12 RSA 1024", signing: public(&rsa.PublicKey{N: modulus(1024), E: 65537}), want: verify.CheckCertificate},
		{name: "B-12 RSA 2047", signing: public(&rsa.PublicKey{N: modulus(2047), E: 65537}), want: verify.CheckCertificate},
		{name: "B-12 RSA exponent 3", signing: public(&rsa.PublicKey{N: modulus(2048), E: 3}), want: verify.CheckCertificate},
		{name: "B-12 P-224", signing: kind("P-224"), want: verify.CheckCertificate},
	}
	noEntries := func(attacks []attack) []attack {
		for i := range attacks {
			if attacks[i].want != "" {
				change := attacks[i].signing
				attacks[i].signing = func(s *signing) { change(s); s.entries = nil }
			}
		}
		return attacks
	}
	run(t, v, signature, release, append(noEntries(slices.Clone(both)),
		attack{name: "B-12 Ed25519ph", signing: kind("Ed25519")},
		attack{name: "B-10 Ed25519 over a digest", signing: another("Ed25519", pure), want: verify.CheckSignature}))
	run(t, v, attestation, release, append(noEntries(slices.Clone(both)),
		attack{name: "B-12 Ed25519", signing: kind("Ed25519")},
		attack{name: "B-12 Ed25519ph over an envelope", signing: another("Ed25519", prehashed), want: verify.CheckSignature}))
}

func TestEnvelopeAttacks(t *testing.T) {
	v := newVirtual(t)
	env := func(change func(*protodsse.Envelope)) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) { change(b.GetDsseEnvelope()) }
	}
	bad := &protodsse.Signature{Sig: []byte("bad")}
	typed := func(payloadType string) func(*signing) {
		return func(s *signing) { s.payloadType = payloadType }
	}
	run(t, v, attestation, release, []attack{
		{name: "B-13 any keyid", bundle: env(func(e *protodsse.Envelope) { e.Signatures[0].Keyid = "https://evil.example/key" })},
		{name: "B-13 payload type changed", bundle: env(func(e *protodsse.Envelope) { e.PayloadType = "text/plain" }), want: verify.CheckSignature},
		{name: "B-13 payload changed", bundle: env(func(e *protodsse.Envelope) { e.Payload[20] ^= 1 }), want: verify.CheckSignature},
		{name: "B-13 no payload", bundle: env(func(e *protodsse.Envelope) { e.Payload = nil }), want: verify.CheckBundle},
		{name: "B-13 no signature", bundle: env(func(e *protodsse.Envelope) { e.Signatures = nil }), want: verify.CheckBundle},
		{name: "B-13 bad and good", bundle: env(func(e *protodsse.Envelope) { e.Signatures = append([]*protodsse.Signature{bad}, e.Signatures...) }), want: verify.CheckBundle},
		{name: "B-13 good and bad", bundle: env(func(e *protodsse.Envelope) { e.Signatures = append(e.Signatures, bad) }), want: verify.CheckBundle},
		{name: "B-13 a thousand signatures", bundle: env(func(e *protodsse.Envelope) { e.Signatures = slices.Repeat(e.Signatures, 1000) }), want: verify.CheckLimit},
		{name: "B-13 empty signature", bundle: env(func(e *protodsse.Envelope) { e.Signatures[0].Sig = nil }), want: verify.CheckSignature},
		{name: "B-13 signed without the envelope's encoding", signing: func(s *signing) {
			s.entries = nil
			s.bend = func(t testing.TB, key crypto.Signer, _, _ []byte) []byte {
				return signWith(t, key, mustJSON(t, s.statement), true)
			}
		}, want: verify.CheckSignature},
		{name: "B-13 another payload type, signed", signing: typed("application/json"), want: verify.CheckPredicate},
		{name: "INV-3 payload type in capitals, signed", signing: typed("application/vnd.in-toto+JSON"), want: verify.CheckPredicate},
	})
}

func TestManagedKeys(t *testing.T) {
	v := newVirtual(t)
	const kind = "another P-256"
	managed := func() *signing {
		s := signature()
		s.managed, s.key = true, kind
		return s
	}
	own := func() *verify.Policy { return &verify.Policy{Key: v.key(t, kind).Public()} }
	hint := func(hint string) func(*protobundle.Bundle) {
		return func(b *protobundle.Bundle) { b.VerificationMaterial.GetPublicKey().Hint = hint }
	}
	unlogged := func(p *verify.Policy) { p.AllowUnlogged = true }
	attacks := []attack{
		{name: "B-14 no hint", bundle: hint("")},
		{name: "B-14 a path for a hint", bundle: hint("../../etc/passwd")},
		{name: "B-14 a URL for a hint", bundle: hint("https://evil.example/key.pub")},
		{name: "B-14 another key", policy: func(p *verify.Policy) { p.Key = v.key(t, "P-256").Public() }, want: verify.CheckSignature},
		{name: "B-14 a name beside the key", policy: func(p *verify.Policy) {
			p.Identities = []verify.Identity{{Subject: "dev@octo.example", Issuer: "https://accounts.example"}}
		}, want: verify.CheckIdentity},
		{name: "B-14 a repository beside the key", policy: func(p *verify.Policy) { p.Repository = "octo/widget" }, want: verify.CheckIdentity},
		{name: "B-14 a commit beside the key", policy: func(p *verify.Policy) { p.Commit = commit }, want: verify.CheckSource},
		{name: "R1-10 not logged", signing: func(s *signing) { s.entries = nil }, want: verify.CheckTransparency},
		{name: "not logged, allowed", signing: func(s *signing) { s.entries = nil }, policy: unlogged},
		{name: "not logged, allowed, but a proof wanted", signing: func(s *signing) { s.entries = nil },
			policy: func(p *verify.Policy) { unlogged(p); p.RequireInclusionProof = true }, badPolicy: true},
		{name: "a proof wanted of a root without logs", root: func(tr *trusted) { tr.rekor = nil },
			policy: func(p *verify.Policy) { p.RequireInclusionProof = true }, want: verify.CheckTransparency},
		{name: "a bad entry where none is needed", policy: unlogged,
			bundle: func(b *protobundle.Bundle) { b.VerificationMaterial.TlogEntries[0].LogIndex++ }, want: verify.CheckTransparency},
		{name: "U-07 not logged, a root without logs", signing: func(s *signing) { s.entries = nil }, root: func(tr *trusted) { tr.rekor = nil }, want: verify.CheckTransparency},
	}
	run(t, v, managed, own, attacks)
	run(t, v, func() *signing { return managed().v2() }, own, attacks[:6])
	run(t, v, signature, release, []attack{
		{name: "B-14 a certificate for another key", policy: func(p *verify.Policy) { p.Key = v.key(t, kind).Public() }, want: verify.CheckSignature},
		{name: "B-14 a certificate for the key", policy: func(p *verify.Policy) { p.Key = v.key(t, "P-256").Public() }},
	})
}

// A library must not be crashed by a policy's key either.
func TestPolicyKeys(t *testing.T) {
	v := newVirtual(t)
	weak := v.key(t, "P-224").Public()
	for name, key := range map[string]crypto.PublicKey{
		"nil ECDSA": (*ecdsa.PublicKey)(nil), "ECDSA without curve": &ecdsa.PublicKey{}, "ECDSA without point": &ecdsa.PublicKey{Curve: elliptic.P256()}, "P-224": weak,
		"nil RSA": (*rsa.PublicKey)(nil), "RSA without modulus": &rsa.PublicKey{E: 65537},
		"short Ed25519": ed25519.PublicKey(bytes.Repeat([]byte{1}, 31)), "text": "key",
	} {
		t.Run(name, func(t *testing.T) {
			b := v.bundle(t, signature())
			a := attack{badPolicy: true}
			verdict, err := verifyBytes(encode(t, b), v.trusted(), widget(), &verify.Policy{Key: key})
			a.judge(t, "policy", verdict, err)
		})
	}
}
