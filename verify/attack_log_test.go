package verify_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// entry changes the first log entry of a bundle that is made.
func entry(change func(*protorekor.TransparencyLogEntry)) func(*protobundle.Bundle) {
	return func(b *protobundle.Bundle) { change(b.VerificationMaterial.TlogEntries[0]) }
}

func proof(change func(*protorekor.InclusionProof)) func(*protobundle.Bundle) {
	return entry(func(e *protorekor.TransparencyLogEntry) { change(e.InclusionProof) })
}

// checkpoint changes the signed note of a bundle that is made.
func checkpoint(change func(string) string) func(*protobundle.Bundle) {
	return proof(func(p *protorekor.InclusionProof) { p.Checkpoint.Envelope = change(p.Checkpoint.Envelope) })
}

// logged changes how the first entry is logged.
func logged(change func(*logEntry)) func(*signing) {
	return func(s *signing) { change(&s.entries[0]) }
}

// body changes the canonical body before the log takes it in.
func body(path string, value any) func(*signing) {
	return logged(func(e *logEntry) { e.body = func(b map[string]any) { set(b, path, value) } })
}

// lines edits a checkpoint's text by its lines before the log signs it.
func lines(change func([]string) []string) func(*signing) {
	return logged(func(e *logEntry) {
		e.checkpoint = func(text string) string {
			return strings.Join(change(strings.Split(strings.TrimSuffix(text, "\n"), "\n")), "\n") + "\n"
		}
	})
}

func at(when time.Time) func(*signing) { return logged(func(e *logEntry) { e.logged = when }) }

func TestSwappedEntries(t *testing.T) {
	v := newVirtual(t)
	kinds := []struct {
		name string
		make func() *signing
	}{
		{"dsse 0.0.1", attestation},
		{"intoto 0.0.2", func() *signing {
			s := attestation()
			s.entries[0].kind, s.entries[0].version = "intoto", "0.0.2"
			return s
		}},
		{"intoto 0.0.1", func() *signing {
			s := attestation()
			s.entries[0].kind, s.entries[0].version = "intoto", "0.0.1"
			return s
		}},
		{"hashedrekord 0.0.1", signature},
		{"hashedrekord 0.0.2", func() *signing { return signature().v2() }},
		{"hashedrekord 0.0.2 of an envelope", func() *signing { return attestation().v2() }},
	}
	others := []struct {
		name   string
		change func(*signing)
	}{
		{"the same signer signing again", func(*signing) {}},
		{"another artifact", func(s *signing) {
			s.message = []byte("other bytes")
			if s.statement != nil {
				set(s.statement, "subject", subjects("other.tar.gz"))
			}
		}},
		{"another signer", func(s *signing) {
			s.key, s.cert = "another P-256", gitHubCertificate(workflowOf("evil/widget", "release.yml", tagRef))
		}},
	}
	for _, k := range kinds {
		if k.make().statement == nil {
			others[1].change = func(s *signing) { s.message = []byte("other bytes") }
		}
		var attacks []attack
		for _, o := range others {
			other := k.make()
			if other.statement == nil {
				other.message = slices.Clone(other.message)
			}
			o.change(other)
			entries := v.bundle(t, other).VerificationMaterial.TlogEntries
			attacks = append(attacks, attack{name: "R1-01 " + k.name + ", entry of " + o.name,
				bundle: func(b *protobundle.Bundle) { b.VerificationMaterial.TlogEntries = entries }, want: verify.CheckTransparency})
		}
		run(t, v, k.make, release, attacks)
	}
}

func TestRekorV1Attacks(t *testing.T) {
	v := newVirtual(t)
	stranger := newVirtualLog(t, "https://rekor.example")
	promise := func(change func(*protorekor.InclusionPromise)) func(*protobundle.Bundle) {
		return entry(func(e *protorekor.TransparencyLogEntry) { change(e.InclusionPromise) })
	}
	integrated := func(seconds int64) func(*protobundle.Bundle) {
		return entry(func(e *protorekor.TransparencyLogEntry) { e.IntegratedTime = seconds })
	}
	unpromised := func(e *protorekor.TransparencyLogEntry) { e.InclusionPromise = nil }
	run(t, v, attestation, release, []attack{
		{name: "R1-02 promise flipped", bundle: promise(func(p *protorekor.InclusionPromise) { p.SignedEntryTimestamp[12] ^= 1 }), want: verify.CheckTransparency},
		{name: "R1-02 promise by a stranger", signing: logged(func(e *logEntry) { e.from, e.proof = &stranger, false }), bundle: label(typeV01), want: verify.CheckTransparency},
		{name: "R1-02 promise and proof by a stranger", signing: logged(func(e *logEntry) { e.from = &stranger }), want: verify.CheckTransparency},
		{name: "R1-02 log id of a stranger", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.LogId.KeyId = stranger.id[:] }), want: verify.CheckTransparency},
		{name: "R1-02 log id of the other log", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.LogId.KeyId = v.v2.id[:] }), want: verify.CheckTransparency},
		{name: "R1-02 good promise, bad proof", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes[0][3] ^= 1 }), want: verify.CheckTransparency},
		{name: "R1-02 no promise, good proof, a timestamp", bundle: entry(unpromised)},
		{name: "R1-03 integrated time one second later", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.IntegratedTime++ }), want: verify.CheckTransparency},
		{name: "R1-03 integrated time 0", bundle: integrated(0), want: verify.CheckCertificate},
		{name: "R1-03 integrated time negative", bundle: integrated(-1), want: verify.CheckCertificate},
		{name: "R1-03 integrated time far ahead", bundle: integrated(1 << 50), want: verify.CheckCertificate},
		{name: "R1-03 logged at the certificate's first second", signing: at(issuedAt)},
		{name: "R1-03 logged before it", signing: at(issuedAt.Add(-time.Second)), want: verify.CheckCertificate},
		{name: "R1-03 logged at its last second", signing: at(issuedAt.Add(10 * time.Minute))},
		{name: "R1-03 logged after it", signing: at(issuedAt.Add(10*time.Minute + time.Second)), want: verify.CheckCertificate},
		{name: "R1-04 hash removed", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes = nil }), want: verify.CheckTransparency},
		{name: "R1-04 hash added", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes = append(p.Hashes, p.Hashes[0]) }), want: verify.CheckTransparency},
		{name: "R1-04 short hash", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes[0] = p.Hashes[0][:31] }), want: verify.CheckTransparency},
		{name: "R1-04 hashes without end", bundle: proof(func(p *protorekor.InclusionProof) { p.Hashes = slices.Repeat(p.Hashes, 65) }), want: verify.CheckLimit},
		{name: "R1-04 index at the tree's size", bundle: proof(func(p *protorekor.InclusionProof) { p.LogIndex = 2 }), want: verify.CheckTransparency},
		{name: "R1-04 index and size that lead to the same root", bundle: proof(func(p *protorekor.InclusionProof) { p.LogIndex, p.TreeSize = 2, 3 }), want: verify.CheckTransparency},
		{name: "R1-04 index negative", bundle: proof(func(p *protorekor.InclusionProof) { p.LogIndex = -1 }), want: verify.CheckTransparency},
		{name: "R1-04 size 0", bundle: proof(func(p *protorekor.InclusionProof) { p.TreeSize = 0 }), want: verify.CheckTransparency},
		{name: "R1-04 size negative", bundle: proof(func(p *protorekor.InclusionProof) { p.TreeSize = -2 }), want: verify.CheckTransparency},
		{name: "R1-04 root hash flipped", bundle: proof(func(p *protorekor.InclusionProof) { p.RootHash[0] ^= 1 }), want: verify.CheckTransparency},
		{name: "R1-04 root hash missing", bundle: proof(func(p *protorekor.InclusionProof) { p.RootHash = nil }), want: verify.CheckTransparency},
		{name: "R1-04 proof of another leaf", signing: logged(func(e *logEntry) { e.leaf = func([]byte) []byte { return []byte("another leaf") } }), want: verify.CheckTransparency},
		{name: "R1-06 outer index", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.LogIndex++ }), want: verify.CheckTransparency},
		{name: "R1-06 outer index negative", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.LogIndex = -1 }), want: verify.CheckTransparency},
		{name: "R1-06 kind label", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.KindVersion.Kind = "intoto" }), want: verify.CheckTransparency},
		{name: "R1-06 version label", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.KindVersion.Version = "0.0.2" }), want: verify.CheckTransparency},
		{name: "R1-06 no label", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.KindVersion = nil }), want: verify.CheckTransparency},
		{name: "R1-08 a proof alone is no time", signing: func(s *signing) { s.stamps = nil }, bundle: entry(unpromised), want: verify.CheckTimestamp},
		{name: "R1-09 signed before the log's key", signing: func(*signing) {}, root: func(tr *trusted) { tr.rekor[v.v1.hexID()].ValidityPeriodStart = signedAt.Add(time.Second) }, want: verify.CheckTransparency},
		{name: "R1-09 signed at the key's last second", root: func(tr *trusted) { tr.rekor[v.v1.hexID()].ValidityPeriodEnd = signedAt }},
		{name: "R1-09 signed after the log's key", root: func(tr *trusted) { tr.rekor[v.v1.hexID()].ValidityPeriodEnd = signedAt.Add(-time.Second) }, want: verify.CheckTransparency},
		{name: "R1-09 proof of a log whose key has no start", bundle: entry(unpromised), root: func(tr *trusted) { tr.rekor[v.v1.hexID()].ValidityPeriodStart = time.Time{} }, want: verify.CheckTransparency},
		{name: "R1-09 proof of a log whose key had ended", bundle: entry(unpromised), root: func(tr *trusted) { tr.rekor[v.v1.hexID()].ValidityPeriodEnd = signedAt.Add(-time.Second) }, want: verify.CheckTransparency},
		{name: "R1-10 the entry twice", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.TlogEntries = slices.Repeat(b.VerificationMaterial.TlogEntries, 2)
		}, want: verify.CheckTransparency},
		{name: "R1-10 33 entries", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.TlogEntries = slices.Repeat(b.VerificationMaterial.TlogEntries, 33)
		}, want: verify.CheckLimit},
		{name: "R1-10 none", signing: func(s *signing) { s.entries = nil }, want: verify.CheckTransparency},
		{name: "R1-10 an entry of an unknown log beside it", bundle: func(b *protobundle.Bundle) {
			more := v.bundle(t, attestation()).VerificationMaterial.TlogEntries[0]
			more.LogId.KeyId = stranger.id[:]
			b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, more)
		}},
		{name: "R1-10 a bad entry of a known log beside it", bundle: func(b *protobundle.Bundle) {
			b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, v.bundle(t, attestation()).VerificationMaterial.TlogEntries[0])
			b.VerificationMaterial.TlogEntries[1].LogIndex++
		}, want: verify.CheckTransparency},
	})
}

// R1-05; C2SP tlog-checkpoint and signed-note.
func TestCheckpointAttacks(t *testing.T) {
	v := newVirtual(t)
	stranger := newVirtualLog(t, "https://rekor.example")
	line := func(n int, to string) func(*signing) {
		return lines(func(l []string) []string { l[n] = to; return l })
	}
	attacks := []attack{
		{name: "R1-05 missing", bundle: proof(func(p *protorekor.InclusionProof) { p.Checkpoint = nil }), want: verify.CheckTransparency},
		{name: "R1-05 empty", bundle: checkpoint(func(string) string { return "" }), want: verify.CheckTransparency},
		{name: "R1-05 signature flipped", bundle: checkpoint(func(s string) string {
			i := strings.LastIndex(s, " ") + 40
			return s[:i] + string(s[i]^1) + s[i+1:]
		}), want: verify.CheckTransparency},
		{name: "R1-05 no signature", bundle: checkpoint(func(s string) string { return s[:strings.Index(s, "\n\n")+2] }), want: verify.CheckTransparency},
		{name: "R1-05 signed by a stranger", signing: logged(func(e *logEntry) { e.from, e.promise = &stranger, false }), want: verify.CheckTransparency},
		{name: "R1-05 wrong key hint", signing: logged(func(e *logEntry) {
			e.signed = func(note, own string) string {
				name, sig, _ := strings.Cut(strings.TrimPrefix(own, "\u2014 "), " ")
				raw, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(sig))
				raw[0] ^= 1
				return strings.Replace(note, own, "\u2014 "+name+" "+base64.StdEncoding.EncodeToString(raw)+"\n", 1)
			}
		}), want: verify.CheckTransparency},
		{name: "R1-05 another origin", signing: logged(func(e *logEntry) { e.origin = "evil.example - 1193050959916656506" }), want: verify.CheckTransparency},
		{name: "R1-05 no size", signing: lines(func(l []string) []string { return slices.Delete(l, 1, 2) }), want: verify.CheckTransparency},
		{name: "R1-05 no root", signing: lines(func(l []string) []string { return l[:2] }), want: verify.CheckTransparency},
		{name: "R1-05 a line before the size", signing: lines(func(l []string) []string { return slices.Insert(l, 1, "extra") }), want: verify.CheckTransparency},
		{name: "R1-05 a line before the root", signing: lines(func(l []string) []string { return slices.Insert(l, 2, "extra") }), want: verify.CheckTransparency},
		{name: "R1-05 a line behind the root, which is lawful", signing: lines(func(l []string) []string { return append(l, "Timestamp: 1689748607742585419") })},
		{name: "R1-05 carriage returns", signing: lines(func(l []string) []string { l[1] += "\r"; return l }), want: verify.CheckTransparency},
		{name: "R1-05 origin beyond ASCII", signing: logged(func(e *logEntry) { e.origin = "rekor.example\u0301 - 1193050959916656506" }), want: verify.CheckTransparency},
		{name: "R1-05 size with a zero in front", signing: line(1, "02"), want: verify.CheckTransparency},
		{name: "R1-05 size with a plus", signing: line(1, "+2"), want: verify.CheckTransparency},
		{name: "R1-05 another size", signing: line(1, "3"), want: verify.CheckTransparency},
		{name: "R1-05 huge size", signing: line(1, strings.Repeat("9", 40)), want: verify.CheckTransparency},
		{name: "R1-05 another root", signing: line(2, base64.StdEncoding.EncodeToString(make([]byte, 32))), want: verify.CheckTransparency},
	}
	run(t, v, attestation, release, attacks)
	attacks[6].signing = logged(func(e *logEntry) { e.origin = "evil.example" })
	attacks[13].signing = logged(func(e *logEntry) { e.origin = "log2026-1.rekor.example\u0301" })
	run(t, v, func() *signing { return attestation().v2() }, release, attacks)
}

// R1-07: what the log itself took in is read to the last member.
func TestLogBodyAttacks(t *testing.T) {
	v := newVirtual(t)
	other := v.bundle(t, func() *signing { s := attestation(); s.key = "another P-256"; return s }())
	otherCert := mustPEM(other.VerificationMaterial.GetCertificate().RawBytes)
	run(t, v, signature, release, []attack{
		{name: "R1-07 another kind", signing: body("kind", "rekord"), want: verify.CheckTransparency},
		{name: "R1-07 another version", signing: body("apiVersion", "0.0.2"), want: verify.CheckTransparency},
		{name: "R1-07 unknown member", signing: body("extra", "x"), want: verify.CheckTransparency},
		{name: "R1-07 unknown member below", signing: body("spec.signature.extra", "x"), want: verify.CheckTransparency},
		{name: "R1-07 hash SHA-1", signing: body("spec.data.hash.algorithm", "sha1"), want: verify.CheckTransparency},
		{name: "R1-07 hash SHA-512", signing: body("spec.data.hash.algorithm", "sha512"), want: verify.CheckTransparency},
		{name: "R1-07 another hash", signing: body("spec.data.hash.value", digests([]byte("x"))["sha256"]), want: verify.CheckTransparency},
		{name: "R1-07 no hash", signing: body("spec.data", nil), want: verify.CheckTransparency},
		{name: "R1-07 no key", signing: body("spec.signature.publicKey", nil), want: verify.CheckTransparency},
		{name: "R1-07 another certificate", signing: body("spec.signature.publicKey.content", otherCert), want: verify.CheckTransparency},
		{name: "R1-07 another signature", signing: body("spec.signature.content", []byte("other")), want: verify.CheckTransparency},
	})
	run(t, v, attestation, release, []attack{
		{name: "R1-07 envelope hash, which nobody can know", signing: body("spec.envelopeHash.value", digests([]byte("x"))["sha256"])},
		{name: "R1-07 another payload hash", signing: body("spec.payloadHash.value", digests([]byte("x"))["sha256"]), want: verify.CheckTransparency},
		{name: "R1-07 payload hash SHA-512", signing: body("spec.payloadHash.algorithm", "sha512"), want: verify.CheckTransparency},
		{name: "R1-07 no signature", signing: body("spec.signatures", []any{}), want: verify.CheckTransparency},
		{name: "R1-07 two signatures", signing: logged(func(e *logEntry) {
			e.body = func(b map[string]any) {
				spec := b["spec"].(map[string]any)
				spec["signatures"] = slices.Repeat(spec["signatures"].([]any), 2)
			}
		}), want: verify.CheckTransparency},
		{name: "R1-07 another certificate", signing: body("spec.signatures.verifier", otherCert), want: verify.CheckTransparency},
		{name: "R1-07 two certificates", signing: logged(func(e *logEntry) {
			e.body = func(b map[string]any) {
				own := b["spec"].(map[string]any)["signatures"].([]any)[0].(map[string]any)["verifier"].([]byte)
				set(b, "spec.signatures.verifier", append(slices.Clone(own), otherCert...))
			}
		}), want: verify.CheckTransparency},
		{name: "R1-07 unknown member", signing: body("spec.extra", "x"), want: verify.CheckTransparency},
		{name: "R1-07 a hashedrekord for an envelope", signing: logged(func(e *logEntry) { e.kind = "hashedrekord" }), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 empty body", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.CanonicalizedBody = nil }), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 body null", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.CanonicalizedBody = []byte("null") }), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 a kind alone", bundle: entry(func(e *protorekor.TransparencyLogEntry) {
			e.CanonicalizedBody = []byte(`{"kind":"dsse","apiVersion":"0.0.1"}`)
		}), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 nothing in the spec", bundle: entry(func(e *protorekor.TransparencyLogEntry) {
			e.CanonicalizedBody = []byte(`{"kind":"dsse","apiVersion":"0.0.1","spec":{}}`)
		}), want: verify.CheckTransparency},
	})
	intoto := func() *signing {
		s := attestation()
		s.entries[0].kind, s.entries[0].version = "intoto", "0.0.2"
		return s
	}
	run(t, v, intoto, release, []attack{
		{name: "R1-07 another payload type", signing: body("spec.content.envelope.payloadType", "text/plain"), want: verify.CheckTransparency},
		{name: "R1-07 another payload", signing: body("spec.content.envelope.payload", []byte("x")), want: verify.CheckTransparency},
		{name: "R1-07 another payload hash", signing: body("spec.content.payloadHash.value", digests([]byte("x"))["sha256"]), want: verify.CheckTransparency},
		{name: "R1-07 another certificate", signing: body("spec.content.envelope.signatures.publicKey", otherCert), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 no envelope", signing: body("spec.content.envelope", nil), want: verify.CheckTransparency},
		{name: "CVE-2023-33199 no content", signing: body("spec.content", nil), want: verify.CheckTransparency},
	})
}

func TestRekorV2Attacks(t *testing.T) {
	v := newVirtual(t)
	stranger := newVirtualLog(t, "https://witness.example")
	for _, good := range []func() *signing{func() *signing { return attestation().v2() }, func() *signing { return signature().v2() }} {
		run(t, v, good, release, []attack{
			{name: "R2-01 no proof", bundle: unproven, want: verify.CheckTransparency},
			{name: "R2-01 a promise alone", signing: logged(func(e *logEntry) { e.promise, e.proof, e.logged = true, false, signedAt }), want: verify.CheckTransparency},
			{name: "R2-01 a promise beside the proof", signing: logged(func(e *logEntry) { e.promise, e.logged = true, signedAt }), want: verify.CheckTransparency},
			{name: "R2-01 no timestamp", signing: func(s *signing) { s.stamps = nil }, want: verify.CheckTimestamp},
			{name: "R2-02 a witness beside the log", signing: logged(func(e *logEntry) {
				e.signed = func(note, own string) string {
					return note + noteLine(t, "witness.example", stranger.key, strings.SplitAfter(note, "\n\n")[0])
				}
			})},
			{name: "R2-02 a witness in place of the log", signing: logged(func(e *logEntry) {
				e.signed = func(note, own string) string {
					return strings.Replace(note, own, noteLine(t, "witness.example", stranger.key, strings.SplitAfter(note, "\n\n")[0]), 1)
				}
			}), want: verify.CheckTransparency},
			{name: "R2-02 a stranger in the log's name", signing: logged(func(e *logEntry) { e.from = &stranger }), want: verify.CheckTransparency},
			{name: "R2-03 an integrated time, which is nobody's word", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.IntegratedTime = signedAt.Unix() }),
				verdict: func(t *testing.T, v *verify.Verdict) {
					for _, tm := range v.Times {
						if tm.Source == verify.LogTime {
							t.Errorf("time %v by the log", tm.Time)
						}
					}
				}},
			{name: "R2-03 an integrated time and no other", signing: func(s *signing) { s.stamps = nil },
				bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.IntegratedTime = signedAt.Unix() }), want: verify.CheckTimestamp},
			{name: "R2-04 a v1 checkpoint around a v2 body", signing: logged(func(e *logEntry) { e.origin = "log2026-1.rekor.example - 123" }), want: verify.CheckTransparency},
			{name: "R2-05 body respelled", bundle: entry(func(e *protorekor.TransparencyLogEntry) {
				e.CanonicalizedBody = append([]byte(" "), e.CanonicalizedBody...)
			}), want: verify.CheckTransparency},
			{name: "R2-05 other digest in the body", bundle: bodyOf(t, "spec.hashedRekordV002.data.digest", make([]byte, 32)), want: verify.CheckTransparency},
			{name: "R2-05 other algorithm in the body", bundle: bodyOf(t, "spec.hashedRekordV002.data.algorithm", "SHA2_512"), want: verify.CheckTransparency},
			{name: "R2-05 other key details in the body", bundle: bodyOf(t, "spec.hashedRekordV002.signature.verifier.keyDetails", "PKIX_ECDSA_P384_SHA_384"), want: verify.CheckTransparency},
			{name: "R2-05 other signature in the body", bundle: bodyOf(t, "spec.hashedRekordV002.signature.content", []byte("x")), want: verify.CheckTransparency},
			{name: "R2-05 other certificate in the body", bundle: bodyOf(t, "spec.hashedRekordV002.signature.verifier.x509Certificate.rawBytes", []byte("x")), want: verify.CheckTransparency},
			{name: "R2-05 another body in the tree", signing: logged(func(e *logEntry) { e.leaf = func([]byte) []byte { return []byte("x") } }), want: verify.CheckTransparency},
			{name: "R2-05 another digest logged", signing: body("spec.hashedRekordV002.data.digest", make([]byte, 32)), want: verify.CheckTransparency},
			{name: "R2-06 a log without address", root: func(tr *trusted) { tr.rekor[v.v2.hexID()].BaseURL = "" }, want: verify.CheckTransparency},
			{name: "R2-06 a log at another address", root: func(tr *trusted) { tr.rekor[v.v2.hexID()].BaseURL = "https://other.example" }, want: verify.CheckTransparency},
			{name: "R1-06 outer index", bundle: entry(func(e *protorekor.TransparencyLogEntry) { e.LogIndex++ }), want: verify.CheckTransparency},
			{name: "R1-04 both indices and the size", bundle: entry(func(e *protorekor.TransparencyLogEntry) {
				e.LogIndex, e.InclusionProof.LogIndex, e.InclusionProof.TreeSize = 2, 2, 3
			}), want: verify.CheckTransparency},
			{name: "R1-04 size", bundle: proof(func(p *protorekor.InclusionProof) { p.TreeSize = 7 }), want: verify.CheckTransparency},
			{name: "R1-04 root hash", bundle: proof(func(p *protorekor.InclusionProof) { p.RootHash[0] ^= 1 }), want: verify.CheckTransparency},
			{name: "R1-09 stamped after the log's key", root: func(tr *trusted) { tr.rekor[v.v2.hexID()].ValidityPeriodEnd = signedAt.Add(-time.Second) }, want: verify.CheckTransparency},
		})
	}
	// A log that signs a pair of one version's body and the other's checkpoint.
	run(t, v, attestation, release, []attack{
		{name: "R2-04 a v2 checkpoint around a v1 body", signing: logged(func(e *logEntry) { e.origin = "rekor.example" }), want: verify.CheckTransparency},
		{name: "R2-07 an envelope logged over its encoding", signing: func(s *signing) { s.v2() }},
	})
}

// bodyOf changes the readable body of an entry that is logged.
func bodyOf(t *testing.T, path string, value any) func(*protobundle.Bundle) {
	return entry(func(e *protorekor.TransparencyLogEntry) {
		var b map[string]any
		if err := json.Unmarshal(e.CanonicalizedBody, &b); err != nil {
			t.Fatal(err)
		}
		set(b, path, value)
		e.CanonicalizedBody = mustJSON(t, b)
	})
}

// The proofs of two trust domains are never added up to one.
func TestTrustDomains(t *testing.T) {
	v, other := newVirtual(t), newVirtual(t)
	collect := func(parts ...root.TrustedMaterial) root.TrustedMaterial { return root.TrustedMaterialCollection(parts) }
	halves := func() (*trusted, *trusted) {
		log, clock := v.trusted(), v.trusted()
		log.tsas, log.cas = other.trusted().tsas, other.trusted().cas
		clock.rekor = other.trusted().rekor
		return log, clock
	}
	log, clock := halves()
	good := encode(t, v.bundle(t, attestation()))
	for _, tt := range []struct {
		name string
		root root.TrustedMaterial
		want verify.Check
	}{
		{"the right domain first", collect(v.trusted(), other.trusted()), ""},
		{"the right domain last", collect(other.trusted(), v.trusted()), ""},
		{"only another domain", collect(other.trusted()), verify.CheckTransparency},
		{"a log in one, the clock in another", collect(log, clock), verify.CheckCertificate},
		{"the same in the other order", collect(clock, log), verify.CheckCertificate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			verdict, err := verifyBytes(good, tt.root, widget(), release())
			a := attack{want: tt.want}
			a.judge(t, "domains", verdict, err)
		})
	}
	for _, none := range []root.TrustedMaterial{nil, collect()} {
		if verdict, err := verifyBytes(good, none, widget(), release()); verdict != nil || err == nil {
			t.Errorf("no root: got %v, %v, want an error", verdict, err)
		}
	}
}
