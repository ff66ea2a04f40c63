package verify_test

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

const (
	typeV01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
	typeV02 = "application/vnd.dev.sigstore.bundle+json;version=0.2"
	typeV03 = "application/vnd.dev.sigstore.bundle.v0.3+json"

	payloadTypeInToto = "application/vnd.in-toto+json"
)

// A signing is everything that happens when a bundle is made. Tests change one
// thing of a good one, so that nothing but that is signed for by everybody.
type signing struct {
	mediaType   string
	key         string           // kind of the signing key, see virtual.key
	public      crypto.PublicKey // a key that cannot sign, in its place
	managed     bool             // a key signs, without certificate
	cert        certificate
	message     []byte         // signed as such, if there is no statement
	statement   map[string]any // signed in an envelope
	payload     []byte         // in place of the statement's JSON
	payloadType string
	entries     []logEntry
	stamps      []stamp
	// bend replaces the signature before anybody logs or stamps it.
	bend func(t testing.TB, key crypto.Signer, signed, signature []byte) []byte
}

// A stamp is a timestamp over the signature.
type stamp struct {
	at   time.Time
	by   *authority    // another than the virtual Sigstore's
	over func() []byte // something else than the signature
	bare bool          // without the authority's certificate
	hash crypto.Hash
}

// bundle performs the signing.
func (v *virtual) bundle(t testing.TB, s *signing) *protobundle.Bundle {
	t.Helper()
	key := v.key(t, s.key)
	b := &protobundle.Bundle{MediaType: s.mediaType, VerificationMaterial: &protobundle.VerificationMaterial{}}
	var signature []byte
	if s.statement != nil || s.payload != nil {
		payload := s.payload
		if payload == nil {
			payload = mustJSON(t, s.statement)
		}
		signature = s.sign(t, key, dsse.PAE(s.payloadType, payload), true)
		b.Content = &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{Payload: payload, PayloadType: s.payloadType,
			Signatures: []*protodsse.Signature{{Sig: signature}}}}
	} else {
		hash := hashOf(key.Public())
		signature = s.sign(t, key, s.message, false)
		b.Content = &protobundle.Bundle_MessageSignature{MessageSignature: &protocommon.MessageSignature{Signature: signature,
			MessageDigest: &protocommon.HashOutput{Algorithm: protoHash(hash), Digest: digestBy(hash, s.message)}}}
	}
	public := key.Public()
	if s.public != nil {
		public = s.public
	}
	verifier := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: mustPKIX(t, public)})
	m := b.VerificationMaterial
	var cert *x509.Certificate
	switch {
	case s.managed:
		m.Content = &protobundle.VerificationMaterial_PublicKey{PublicKey: &protocommon.PublicKeyIdentifier{Hint: "a hint"}}
	default:
		cert = v.issue(t, s.cert, public)
		verifier = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
		raw := &protocommon.X509Certificate{RawBytes: cert.Raw}
		m.Content = &protobundle.VerificationMaterial_Certificate{Certificate: raw}
		if s.mediaType == typeV01 || s.mediaType == typeV02 {
			m.Content = &protobundle.VerificationMaterial_X509CertificateChain{
				X509CertificateChain: &protocommon.X509CertificateChain{Certificates: []*protocommon.X509Certificate{raw}}}
		}
	}
	for _, e := range s.entries {
		m.TlogEntries = append(m.TlogEntries, v.logged(t, e, b, cert, verifier, signature))
	}
	for _, st := range s.stamps {
		if m.TimestampVerificationData == nil {
			m.TimestampVerificationData = &protobundle.TimestampVerificationData{}
		}
		m.TimestampVerificationData.Rfc3161Timestamps = append(m.TimestampVerificationData.Rfc3161Timestamps,
			&protocommon.RFC3161SignedTimestamp{SignedTimestamp: v.stamped(t, st, signature)})
	}
	return b
}

func (s *signing) sign(t testing.TB, key crypto.Signer, signed []byte, envelope bool) []byte {
	t.Helper()
	signature := signWith(t, key, signed, envelope)
	if s.bend != nil {
		signature = s.bend(t, key, signed, signature)
	}
	return signature
}

// logged makes the entry that the log of its kind holds of this bundle.
func (v *virtual) logged(t testing.TB, e logEntry, b *protobundle.Bundle, cert *x509.Certificate, verifier, signature []byte) *protorekor.TransparencyLogEntry {
	t.Helper()
	env := b.GetDsseEnvelope()
	payload := sha256.Sum256(env.GetPayload())
	var spec map[string]any
	log := &v.v1
	switch e.kind + "/" + e.version {
	case "hashedrekord/0.0.1":
		sum := b.GetMessageSignature().GetMessageDigest().GetDigest()
		if env != nil {
			sum = payload[:]
		}
		spec = map[string]any{"data": map[string]any{"hash": hashValue(sum)},
			"signature": map[string]any{"content": signature, "publicKey": map[string]any{"content": verifier}}}
	case "dsse/0.0.1":
		spec = map[string]any{"envelopeHash": hashValue(payload[:]), "payloadHash": hashValue(payload[:]),
			"signatures": []any{map[string]any{"signature": signature, "verifier": verifier}}}
	case "intoto/0.0.2":
		spec = map[string]any{"content": map[string]any{"hash": hashValue(payload[:]), "payloadHash": hashValue(payload[:]),
			"envelope": map[string]any{"payloadType": env.GetPayloadType(),
				"signatures": []any{map[string]any{"publicKey": verifier, "sig": []byte(base64.StdEncoding.EncodeToString(signature))}}}}}
	case "intoto/0.0.1":
		text := mustJSON(t, struct {
			PayloadType string           `json:"payloadType"`
			Payload     []byte           `json:"payload"`
			Signatures  []map[string]any `json:"signatures"`
		}{env.GetPayloadType(), env.GetPayload(), nil})
		signed := fmt.Sprintf(`{"keyid":"","sig":%q,"cert":%s}`, base64.StdEncoding.EncodeToString(signature), mustJSON(t, string(verifier)))
		envelope := sha256.Sum256([]byte(strings.Replace(string(text), `"signatures":null`, `"signatures":[`+signed+`]`, 1)))
		spec = map[string]any{"content": map[string]any{"hash": hashValue(envelope[:]), "payloadHash": hashValue(payload[:])}, "publicKey": verifier}
	case "hashedrekord/0.0.2":
		log = &v.v2
		digest := b.GetMessageSignature().GetMessageDigest().GetDigest()
		if env != nil {
			digest = digestBy(crypto.SHA256, dsse.PAE(env.PayloadType, env.Payload))
		}
		verifierSpec := map[string]any{"keyDetails": "PKIX_ECDSA_P256_SHA_256"}
		if cert != nil {
			verifierSpec["x509Certificate"] = map[string]any{"rawBytes": cert.Raw}
		} else {
			block, _ := pem.Decode(verifier)
			verifierSpec["publicKey"] = map[string]any{"rawBytes": block.Bytes}
		}
		spec = map[string]any{"hashedRekordV002": map[string]any{"data": map[string]any{"algorithm": "SHA2_256", "digest": digest},
			"signature": map[string]any{"content": signature, "verifier": verifierSpec}}}
	default:
		t.Fatalf("no entry of kind %s/%s", e.kind, e.version)
	}
	return log.entry(t, e, map[string]any{"apiVersion": e.version, "kind": e.kind, "spec": spec})
}

func hashValue(sum []byte) map[string]any {
	return map[string]any{"algorithm": map[int]string{32: "sha256", 48: "sha384", 64: "sha512"}[len(sum)], "value": hex.EncodeToString(sum)}
}

func protoHash(h crypto.Hash) protocommon.HashAlgorithm {
	return map[crypto.Hash]protocommon.HashAlgorithm{crypto.SHA256: protocommon.HashAlgorithm_SHA2_256,
		crypto.SHA384: protocommon.HashAlgorithm_SHA2_384, crypto.SHA512: protocommon.HashAlgorithm_SHA2_512}[h]
}

// stamped makes a timestamp token over the signature.
func (v *virtual) stamped(t testing.TB, s stamp, signature []byte) []byte {
	t.Helper()
	by, over, hash := &v.tsa, signature, crypto.SHA256
	if s.by != nil {
		by = s.by
	}
	if s.over != nil {
		over = s.over()
	}
	if s.hash != 0 {
		hash = s.hash
	}
	ts := timestamp.Timestamp{HashAlgorithm: hash, HashedMessage: digestBy(hash, over), Time: s.at,
		Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 2}, AddTSACertificate: !s.bare}
	token, err := ts.CreateResponseWithOpts(by.leaf, by.key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// encode writes a bundle as clients do.
func encode(t testing.TB, b *protobundle.Bundle) []byte {
	t.Helper()
	data, err := protojson.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// workflowOf is a workflow's URI as certificates name it.
func workflowOf(repository, file, ref string) string {
	return "https://github.com/" + repository + "/.github/workflows/" + file + "@" + ref
}

const (
	commit   = "9f2d1c7a64a5e3a3f3a1f7b9c1c0d2e4f6a8b0c2"
	tagRef   = "refs/tags/v1.4.0"
	artifact = "the bytes of widget.tar.gz"
)

// gitHubCertificate is what Fulcio issues to a job of octo/widget that builds
// its release by its own workflow.
func gitHubCertificate(signer string) certificate {
	return certificate{
		names: []asn1.RawValue{uriSAN(signer)},
		ext: map[int]string{
			1: "https://token.actions.githubusercontent.com", 2: "push", 3: commit, 4: "release", 5: "octo/widget", 6: tagRef,
			8: "https://token.actions.githubusercontent.com", 9: signer, 10: commit, 11: "github-hosted",
			12: "https://github.com/octo/widget", 13: commit, 14: tagRef, 15: "4711", 16: "https://github.com/octo", 17: "42",
			18: workflowOf("octo/widget", "release.yml", tagRef), 19: commit, 20: "push",
			21: "https://github.com/octo/widget/actions/runs/8123456789/attempts/1", 22: "public",
		},
		from: issuedAt, to: issuedAt.Add(10 * time.Minute),
		usage: x509.KeyUsageDigitalSignature, purposes: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}
}

// personCertificate is what Fulcio issues to somebody who logged in.
func personCertificate(names ...asn1.RawValue) certificate {
	c := gitHubCertificate("")
	c.names, c.ext = names, map[int]string{1: "https://accounts.example", 8: "https://accounts.example"}
	return c
}

func subjects(named ...string) []any {
	all := make([]any, 0, len(named))
	for i, name := range named {
		data := artifact
		if i > 0 {
			data = name
		}
		all = append(all, map[string]any{"name": name, "digest": map[string]any{"sha256": digests([]byte(data))["sha256"]}})
	}
	return all
}

// attestation is a release of octo/widget attested in the job that built it,
// as actions/attest does: SLSA provenance v1, logged by Rekor v1, stamped.
func attestation() *signing {
	self := workflowOf("octo/widget", "release.yml", tagRef)
	return &signing{
		mediaType: typeV03, key: "P-256", cert: gitHubCertificate(self), payloadType: payloadTypeInToto,
		statement: map[string]any{
			"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
			"subject": subjects("widget.tar.gz", "widget.zip"),
			"predicate": map[string]any{
				"buildDefinition": map[string]any{
					"buildType": "https://actions.github.io/buildtypes/workflow/v1",
					"externalParameters": map[string]any{"workflow": map[string]any{
						"ref": tagRef, "repository": "https://github.com/octo/widget", "path": ".github/workflows/release.yml"}},
					"internalParameters": map[string]any{"github": map[string]any{
						"event_name": "push", "repository_id": "4711", "repository_owner_id": "42", "runner_environment": "github-hosted"}},
					"resolvedDependencies": []any{map[string]any{
						"uri": "git+https://github.com/octo/widget@" + tagRef, "digest": map[string]any{"gitCommit": commit}}},
				},
				"runDetails": map[string]any{
					"builder":  map[string]any{"id": self},
					"metadata": map[string]any{"invocationId": "https://github.com/octo/widget/actions/runs/8123456789/attempts/1"},
				},
			},
		},
		entries: []logEntry{{kind: "dsse", version: "0.0.1", promise: true, proof: true, logged: signedAt}},
		stamps:  []stamp{{at: signedAt}},
	}
}

const genericBuilder = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"

// trustedBuild is the same release built by slsa-github-generator: provenance
// v0.2, signed by the reusable workflow.
func trustedBuild() *signing {
	s := attestation()
	s.cert = gitHubCertificate(genericBuilder)
	source := map[string]any{"uri": "git+https://github.com/octo/widget@" + tagRef, "digest": map[string]any{"sha1": commit}}
	s.statement = map[string]any{
		"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2",
		"subject": subjects("widget.tar.gz"),
		"predicate": map[string]any{
			"builder":   map[string]any{"id": genericBuilder},
			"buildType": "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
			"invocation": map[string]any{
				"configSource": map[string]any{"uri": source["uri"], "digest": source["digest"], "entryPoint": ".github/workflows/release.yml"},
				"parameters":   map[string]any{"event_inputs": map[string]any{}},
				"environment": map[string]any{"github_event_name": "push", "github_ref": tagRef, "github_sha1": commit, "github_run_id": "8123456789",
					"github_run_attempt": "1", "github_repository_id": "4711", "github_repository_owner_id": "42"},
			},
			"materials": []any{source},
		},
	}
	return s
}

// signature is a message signature over the release by the same job.
func signature() *signing {
	s := attestation()
	s.statement, s.message = nil, []byte(artifact)
	s.entries[0].kind = "hashedrekord"
	return s
}

// v2 has a signing logged by Rekor v2 instead: no promise, only the proof.
func (s *signing) v2() *signing {
	s.entries = []logEntry{{kind: "hashedrekord", version: "0.0.2", proof: true}}
	return s
}

// set changes a value in a tree of JSON by its path, and removes it for nil.
func set(tree map[string]any, path string, value any) {
	steps := strings.Split(path, ".")
	for _, step := range steps[:len(steps)-1] {
		switch next := tree[step].(type) {
		case map[string]any:
			tree = next
		case []any:
			tree = next[0].(map[string]any)
		default:
			panic("no object at " + step + " of " + path)
		}
	}
	last := steps[len(steps)-1]
	if value == nil {
		delete(tree, last)
		return
	}
	tree[last] = value
}
