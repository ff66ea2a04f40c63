package reviewtest

import (
	"crypto"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"slices"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protodsse "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

// Subjects are what a statement is about: names and their bytes.
type Subjects map[string][]byte

// Attest signs SLSA provenance v1 of the job over the subjects, as
// actions/attest does, and returns the bundle's JSON. Bend may change the
// statement before it is signed.
func (s *Sigstore) Attest(j Job, at time.Time, subjects Subjects, bend ...func(statement map[string]any)) []byte {
	s.t.Helper()
	var list []any
	for _, name := range slices.Sorted(maps.Keys(subjects)) {
		list = append(list, map[string]any{"name": name, "digest": map[string]any{"sha256": SHA256(subjects[name])}})
	}
	statement := map[string]any{
		"_type": "https://in-toto.io/Statement/v1", "subject": list,
		"predicateType": "https://slsa.dev/provenance/v1", "predicate": j.provenance(),
	}
	for _, change := range bend {
		change(statement)
	}
	payload := s.json(statement)
	const payloadType = "application/vnd.in-toto+json"
	b, verifier, sign := s.begin(j, at)
	signature := sign(dsse.PAE(payloadType, payload))
	b.Content = &protobundle.Bundle_DsseEnvelope{DsseEnvelope: &protodsse.Envelope{Payload: payload, PayloadType: payloadType,
		Signatures: []*protodsse.Signature{{Sig: signature}}}}
	hash := map[string]any{"algorithm": "sha256", "value": SHA256(payload)}
	return s.finish(b, "dsse", map[string]any{"envelopeHash": hash, "payloadHash": hash,
		"signatures": []any{map[string]any{"signature": signature, "verifier": verifier}}}, signature, at)
}

// Sign makes a message signature of the job over bytes.
func (s *Sigstore) Sign(j Job, at time.Time, data []byte) []byte {
	s.t.Helper()
	b, verifier, sign := s.begin(j, at)
	digest := sha256.Sum256(data)
	signature := sign(data)
	b.Content = &protobundle.Bundle_MessageSignature{MessageSignature: &protocommon.MessageSignature{Signature: signature,
		MessageDigest: &protocommon.HashOutput{Algorithm: protocommon.HashAlgorithm_SHA2_256, Digest: digest[:]}}}
	return s.finish(b, "hashedrekord", map[string]any{
		"data":      map[string]any{"hash": map[string]any{"algorithm": "sha256", "value": SHA256(data)}},
		"signature": map[string]any{"content": signature, "publicKey": map[string]any{"content": verifier}}}, signature, at)
}

// SHA256 is the digest in hexadecimal.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (j Job) provenance() map[string]any {
	return map[string]any{
		"buildDefinition": map[string]any{
			"buildType": "https://actions.github.io/buildtypes/workflow/v1",
			"externalParameters": map[string]any{"workflow": map[string]any{
				"ref": j.Ref, "repository": "https://github.com/" + j.Repository, "path": j.Path}},
			"internalParameters": map[string]any{"github": map[string]any{
				"event_name": j.Event, "repository_id": j.RepositoryID, "repository_owner_id": j.OwnerID, "runner_environment": j.Runner}},
			"resolvedDependencies": []any{map[string]any{
				"uri": "git+https://github.com/" + j.Repository + "@" + j.Ref, "digest": map[string]any{"gitCommit": j.Commit}}},
		},
		"runDetails": map[string]any{
			"builder":  map[string]any{"id": j.signer()},
			"metadata": map[string]any{"invocationId": j.run()},
		},
	}
}

// begin makes a bundle with a certificate of the job.
func (s *Sigstore) begin(j Job, at time.Time) (b *protobundle.Bundle, verifier []byte, sign func([]byte) []byte) {
	cert := s.certificate(j, at)
	b = &protobundle.Bundle{MediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", VerificationMaterial: &protobundle.VerificationMaterial{
		Content: &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: cert.Raw}}}}
	return b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}), func(data []byte) []byte { return s.sign(s.key, data) }
}

// finish has the signature logged and stamped.
func (s *Sigstore) finish(b *protobundle.Bundle, kind string, spec map[string]any, signature []byte, at time.Time) []byte {
	s.t.Helper()
	m := b.VerificationMaterial
	m.TlogEntries = append(m.TlogEntries, s.logged(kind, spec, at))
	digest := sha256.Sum256(signature)
	ts := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: digest[:], Time: at,
		Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 2}, AddTSACertificate: true}
	token, err := ts.CreateResponseWithOpts(s.stamp, s.tsa.key, crypto.SHA256)
	if err != nil {
		s.t.Fatal(err)
	}
	m.TimestampVerificationData = &protobundle.TimestampVerificationData{
		Rfc3161Timestamps: []*protocommon.RFC3161SignedTimestamp{{SignedTimestamp: token}}}
	data, err := protojson.Marshal(b)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}
