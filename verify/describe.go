package verify

import (
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/digitorus/timestamp"
	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// A Description is what a bundle says: whoever made it could write anything,
// and nothing of it was checked. It is for a person to look at, and to find out
// what a policy could ask for. Whoever acts on it acts on an unproven claim.
type Description struct {
	// Version is that of the bundle format, such as v0.3; empty for parts.
	Version string
	// Signer is whom the certificate names, or nobody.
	Signer
	// Certificate is the signer's; nil where a key signed.
	Certificate *x509.Certificate
	// Facts are what the certificate says of the build.
	Facts []Fact
	// KeyHint is the label of the key that signed without a certificate.
	KeyHint string
	// PayloadType is the envelope's, for an attestation.
	PayloadType string
	// Subjects are the artifacts that the statement or message is about.
	Subjects []*intoto.ResourceDescriptor
	// Statement is what else an in-toto statement says; nil without one.
	Statement *StatementDescription
	// Entries and Stamps are the log entries and timestamps that come with it.
	Entries []EntryDescription
	Stamps  []StampDescription
	// Problems are the parts that could not be read, each as a *Rejection.
	Problems []error
}

// Facts that a description may hold beside those of a verdict.
const (
	FactWorkflowDigest FactName = "workflow-digest" // commit of the workflow that was started
	FactWorkflowName   FactName = "workflow-name"   // what that workflow calls itself
)

// StatementDescription is what an in-toto statement says beside its subjects.
type StatementDescription struct {
	Type          string
	PredicateType string
	Claims        []Fact         // what provenance says of the build
	Parameters    []string       // names of its external parameters
	Inputs        []string       // names of its workflow inputs
	Dependencies  int            // resolved dependencies or materials that it lists
	Contradicts   []Disagreement // what it says against the certificate
}

// EntryDescription is a transparency log entry. Origin is the name that the log
// gives itself in a checkpoint, LogID the SHA-256 of its key in hexadecimal.
type EntryDescription struct {
	Origin  string
	LogID   string
	Index   int64
	Kind    string
	Time    time.Time // when the log took it in; zero where the entry does not say
	Promise bool
	Proof   bool
}

// StampDescription is an RFC 3161 timestamp. Authority is the subject of the
// certificate inside, if there is one.
type StampDescription struct {
	Time      time.Time
	Authority string
}

// Describe tells what a bundle says, as far as it can be read.
func Describe(b *bundle.Bundle) *Description {
	if b == nil || b.Bundle == nil {
		return &Description{Problems: []error{&Rejection{Check: CheckBundle, Why: "there is no bundle"}}}
	}
	version := mediaTypes[b.MediaType]
	if err := checkShape(b.Bundle, version); err != nil {
		return &Description{Version: version, Problems: []error{err}}
	}
	var leaf *x509.Certificate
	content, err := b.VerificationContent()
	if err == nil {
		leaf = content.Certificate()
	}
	d := DescribeAttestation(leaf, b.GetDsseEnvelope().GetPayloadType(), b.GetDsseEnvelope().GetPayload())
	d.Version = version
	d.KeyHint = b.GetVerificationMaterial().GetPublicKey().GetHint()
	if err != nil {
		d.problem(CheckBundle, "unreadable certificate or key hint", err)
	}
	if b.GetMessageSignature() != nil {
		d.Subjects = ClaimedSubjects(b)
	}
	d.addMaterial(b.GetVerificationMaterial())
	return d
}

// DescribeAttestation tells what a certificate and the payload of an envelope
// say. Either may be absent: a certificate alone, a statement that nobody signed.
func DescribeAttestation(leaf *x509.Certificate, payloadType string, payload []byte) *Description {
	d := &Description{Certificate: leaf, PayloadType: payloadType}
	if leaf != nil {
		d.addCertificate(leaf)
	}
	if payloadType == payloadTypeInToto {
		d.addStatement(payload)
	}
	return d
}

func (d *Description) problem(check Check, why string, err error) {
	d.Problems = append(d.Problems, &Rejection{Check: check, Why: why, Err: err})
}

func (d *Description) addCertificate(leaf *x509.Certificate) {
	h, err := readCertificate(leaf)
	if err != nil {
		d.Problems = append(d.Problems, err)
		return
	}
	d.Signer = Signer{Identity: h.name, Issuer: h.Issuer}
	d.Facts = h.facts()
	for _, f := range []Fact{{FactWorkflowDigest, h.BuildConfigDigest, ByCertificate}, {FactWorkflowName, h.GithubWorkflowName, ByCertificate}} {
		if f.Value != "" {
			d.Facts = append(d.Facts, f)
		}
	}
}

func (d *Description) addStatement(payload []byte) {
	if n := len(payload); n > maxPayload {
		d.Problems = append(d.Problems, overLimit("bytes of payload", n, maxPayload))
		return
	}
	s, err := readStatement(payloadTypeInToto, payload)
	if err != nil {
		d.Problems = append(d.Problems, err)
		return
	}
	for _, sub := range s.Subject {
		d.Subjects = append(d.Subjects, &intoto.ResourceDescriptor{Name: sub.Name, Uri: sub.URI, Digest: lowerDigests(sub.Digest)})
	}
	d.Statement = &StatementDescription{Type: s.Type, PredicateType: s.PredicateType}
	c, err := readClaims(s)
	if err != nil {
		d.Problems = append(d.Problems, err)
	}
	if c == nil {
		return
	}
	d.Statement.Claims, d.Statement.Parameters, d.Statement.Inputs = distinct(c.facts), c.external, inputNames(c.inputs)
	d.Statement.Dependencies = c.dependencies
	d.Statement.Contradicts = slices.DeleteFunc(disagreements(c, d.Facts), func(d Disagreement) bool {
		return d.Name == FactBuilder // which builder's word for itself goes with a signer is for a policy to say
	})
}

// distinct leaves out what a predicate says twice in the same words.
func distinct(facts []Fact) []Fact {
	seen := make(map[Fact]bool)
	var once []Fact
	for _, f := range facts {
		if !seen[f] {
			seen[f] = true
			once = append(once, f)
		}
	}
	return once
}

func (d *Description) addMaterial(m *protobundle.VerificationMaterial) {
	for _, entry := range m.GetTlogEntries() {
		d.Entries = append(d.Entries, describeLogEntry(entry))
	}
	for _, stamp := range m.GetTimestampVerificationData().GetRfc3161Timestamps() {
		t, err := timestamp.ParseResponse(stamp.GetSignedTimestamp())
		if err != nil {
			d.problem(CheckTimestamp, "unreadable timestamp", err)
			continue
		}
		described := StampDescription{Time: t.Time.UTC()}
		if len(t.Certificates) > 0 {
			described.Authority = t.Certificates[0].Subject.String()
		}
		d.Stamps = append(d.Stamps, described)
	}
}

// endOfTime is the first year that RFC 3339 cannot write.
var endOfTime = time.Date(10000, time.January, 1, 0, 0, 0, 0, time.UTC)

func describeLogEntry(entry *rekor.TransparencyLogEntry) EntryDescription {
	described := EntryDescription{
		LogID:   hex.EncodeToString(entry.GetLogId().GetKeyId()),
		Index:   entry.GetLogIndex(),
		Kind:    entry.GetKindVersion().GetKind() + "/" + entry.GetKindVersion().GetVersion(),
		Promise: len(entry.GetInclusionPromise().GetSignedEntryTimestamp()) > 0,
		Proof:   entry.GetInclusionProof() != nil,
	}
	if t := entry.GetIntegratedTime(); t > 0 && t < endOfTime.Unix() {
		described.Time = time.Unix(t, 0).UTC()
	}
	// A checkpoint's first line is the log's name: C2SP, "tlog-checkpoint".
	described.Origin, _, _ = strings.Cut(entry.GetInclusionProof().GetCheckpoint().GetEnvelope(), "\n")
	return described
}
