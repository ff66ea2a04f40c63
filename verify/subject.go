package verify

import (
	"crypto"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
)

// checkSubjects wants one of the statement's subjects to be the artifact, by
// digest, and returns the name under which the statement knows it.
//
// in-toto attestation framework, "Validation model": any digest in common
// binds. Stricter here: all digests in common must agree, and an artifact
// that bears the name of another subject is refused as that one's stand-in.
func checkSubjects(subjects *subjectIndex, a *intoto.ResourceDescriptor) (string, error) {
	matched, found := "", false
	for _, s := range subjects.sharing(a) {
		same, err := s.is(a)
		if err != nil {
			return "", err
		}
		if same && (!found || s.Name == a.GetName()) {
			matched, found = s.Name, true
		}
	}
	if !found && len(a.GetDigest()) > 0 && !sharesAlgorithm(subjects.all, a) {
		return "", &Rejection{Check: CheckSubject, Want: "a " + algorithmsOf(a.GetDigest()) + " digest, by which the artifact is known", Got: describeSubjects(subjects.all, path.Base(a.GetName())),
			Why: "bundle and artifact have no digest in common that could be compared", Hint: "name the artifact by a digest that the bundle has, or give the file itself"}
	}
	if !found {
		return "", &Rejection{Check: CheckSubject, Want: describeDigest(a.GetDigest()), Got: describeSubjects(subjects.all, path.Base(a.GetName())),
			Why: "the bundle is about other bytes", Hint: "download both again; if it stays so, tell the project: the file or the bundle was replaced"}
	}
	if matched == a.GetName() {
		return matched, nil
	}
	for _, s := range subjects.named(a.GetName()) {
		if same, _ := s.is(a); !same && s.standsBehind(a.GetName(), matched) {
			return "", &Rejection{Check: CheckSubject, Want: fmt.Sprintf("the bytes of subject %q", s.Name), Got: fmt.Sprintf("those of subject %q", matched),
				Why: "one file of the release stands under the name of another", Hint: "tell the project: somebody swapped its files"}
		}
	}
	return matched, nil
}

// sharesAlgorithm tells whether some subject has a digest of an algorithm by which
// the artifact is known too.
func sharesAlgorithm(subjects []subject, a *intoto.ResourceDescriptor) bool {
	for _, s := range subjects {
		for algorithm := range a.GetDigest() {
			if s.Digest[algorithm] != "" {
				return true
			}
		}
	}
	return false
}

func algorithmsOf(digest map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(digest)), " or ")
}

// standsBehind tells whether a file's name promises this subject rather than
// the one that its bytes are. Statements may tell names with their folders; of
// two that end alike, neither promises itself alone.
func (s subject) standsBehind(name, matched string) bool {
	base := path.Base(name)
	return s.Name != "" && (s.Name == base || path.Base(s.Name) == base && path.Base(matched) != base)
}

// is tells whether the artifact is this subject.
func (s subject) is(a *intoto.ResourceDescriptor) (bool, error) {
	same, differs := "", ""
	for algorithm := range digestSizes {
		want, got := s.Digest[algorithm], a.GetDigest()[algorithm]
		if want == "" || got == "" {
			continue
		}
		if strings.ToLower(want) == got { // hexadecimal digits, in either case
			same = algorithm
		} else {
			differs = algorithm
		}
	}
	if id := a.GetDigest()[ImageID]; id != "" && s.Digest[ImageID] != "" {
		if s.Digest[ImageID] == id {
			same = ImageID
		} else {
			differs = ImageID
		}
	}
	if same != "" && differs != "" {
		return false, &Rejection{Check: CheckSubject, Want: fmt.Sprintf("digests of subject %q that agree", s.Name),
			Got: fmt.Sprintf("%s matches, %s does not", same, differs)}
	}
	return same != "", nil
}

// checkMessage compares the digest that a message signature names with the
// artifact's, before the signature itself is verified over the latter.
func checkMessage(e *entity, key crypto.PublicKey, a *intoto.ResourceDescriptor) ([]byte, error) {
	m := e.content.MessageSignatureContent()
	algorithm := hashName(key)
	want, ok := a.GetDigest()[algorithm]
	if !ok {
		return nil, &Rejection{Check: CheckSubject, Want: "the " + algorithm + " digest of the artifact, with which this key signs", Got: describeDigest(a.GetDigest())}
	}
	digest, err := hex.DecodeString(want)
	if err != nil {
		return nil, fmt.Errorf("artifact %q: digest %q: %w", a.GetName(), want, err)
	}
	if named := messageHash(m.DigestAlgorithm()); named != algorithm {
		return nil, &Rejection{Check: CheckSignature, Want: "a " + algorithm + " message digest, as the key signs", Got: m.DigestAlgorithm()}
	}
	if string(m.Digest()) != string(digest) {
		return nil, &Rejection{Check: CheckSubject, Want: algorithm + ":" + want, Got: algorithm + ":" + hex.EncodeToString(m.Digest()),
			Why: "the bundle is about other bytes", Hint: "download both again; if it stays so, tell the project: the file or the bundle was replaced"}
	}
	return digest, nil
}

// messageHash turns protobuf-specs' name of a hash into in-toto's.
func messageHash(name string) string {
	return map[string]string{"SHA2_256": "sha256", "SHA2_384": "sha384", "SHA2_512": "sha512"}[name]
}

// Algorithms names the digests of an artifact that verifying a bundle needs,
// so that a file can be hashed once for all of them. A key is the policy's, or
// nil. Nothing in the bundle is believed for it.
func Algorithms(b *bundle.Bundle, key crypto.PublicKey) []string {
	e, err := newEntity(b)
	if err != nil {
		return nil
	}
	if e.content.MessageSignatureContent() != nil {
		if k := e.signingKey(key); k != nil {
			return []string{hashName(k)}
		}
		return nil
	}
	env := e.content.EnvelopeContent().RawEnvelope()
	payload, err := env.DecodeB64Payload()
	if err != nil {
		return nil
	}
	s, err := readStatement(env.PayloadType, payload)
	if err != nil {
		return nil
	}
	var needed []string
	for _, algorithm := range []string{"sha256", "sha384", "sha512"} {
		for _, sub := range s.Subject {
			if sub.Digest[algorithm] != "" {
				needed = append(needed, algorithm)
				break
			}
		}
	}
	return needed
}

func describeDigest(digest map[string]string) string {
	for _, algorithm := range []string{"sha256", "sha512", "sha384", ImageID} {
		if d := digest[algorithm]; d != "" {
			return algorithm + ":" + d
		}
	}
	return "no digest"
}

// describeSubjects names the subject of the artifact's name, or else a few,
// enough to recognise a mix-up.
func describeSubjects(subjects []subject, name string) string {
	const few = 3
	var parts []string
	for _, s := range subjects {
		if path.Base(s.Name) == name {
			return fmt.Sprintf("%q %s", s.Name, describeDigest(s.Digest))
		}
		if len(parts) < few {
			parts = append(parts, fmt.Sprintf("%q %s", s.Name, describeDigest(s.Digest)))
		}
	}
	if more := len(subjects) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// ClaimedSubjects returns what a bundle says it is about: its statement's
// subjects or the digest of its message. Nothing of it is verified; it serves
// to find the bundle for an artifact, and for that alone.
func ClaimedSubjects(b *bundle.Bundle) []*intoto.ResourceDescriptor {
	if m := b.GetMessageSignature(); m != nil {
		algorithm := messageHash(m.GetMessageDigest().GetAlgorithm().String())
		return []*intoto.ResourceDescriptor{{Digest: map[string]string{algorithm: hex.EncodeToString(m.GetMessageDigest().GetDigest())}}}
	}
	s, err := readStatement(b.GetDsseEnvelope().GetPayloadType(), b.GetDsseEnvelope().GetPayload())
	if err != nil {
		return nil
	}
	return s.descriptors()
}

// StatementSubjects returns the subjects of an in-toto statement that is about
// to be signed, at least one, read as strictly as Verify will. The error is a
// *Rejection.
func StatementSubjects(payload []byte) ([]*intoto.ResourceDescriptor, error) {
	if n := len(payload); n > maxPayload {
		return nil, overLimit("bytes of payload", n, maxPayload)
	}
	s, err := readStatement(payloadTypeInToto, payload)
	if err != nil {
		return nil, err
	}
	return s.descriptors(), nil
}

func (s *statement) descriptors() []*intoto.ResourceDescriptor {
	subjects := make([]*intoto.ResourceDescriptor, len(s.Subject))
	for i, sub := range s.Subject {
		subjects[i] = &intoto.ResourceDescriptor{Name: sub.Name, Digest: lowerDigests(sub.Digest)}
	}
	return subjects
}

func lowerDigests(digests map[string]string) map[string]string {
	lower := make(map[string]string, len(digests))
	for algorithm, digest := range digests {
		lower[algorithm] = strings.ToLower(digest)
	}
	return lower
}
