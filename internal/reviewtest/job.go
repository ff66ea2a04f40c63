package reviewtest

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/verify"
)

// A Job is a run of a workflow on GitHub, as its certificate names it.
type Job struct {
	Repository   string // OWNER/NAME, that was built
	RepositoryID string
	OwnerID      string
	Path         string // of the workflow that was started
	Signer       string // URI of the workflow that signs; empty means that one
	Ref          string
	Commit       string
	Event        string
	Runner       string
	Run          int
	Old          bool // certificates of 2022, which name less
}

// Release is the run of octo/widget's release workflow on a tag.
func Release(tag, commit string) Job {
	return Job{Repository: "octo/widget", RepositoryID: "4711", OwnerID: "42", Path: ".github/workflows/release.yml",
		Ref: "refs/tags/" + tag, Commit: commit, Event: "push", Runner: "github-hosted", Run: 81}
}

func (j Job) workflow() string {
	return "https://github.com/" + j.Repository + "/" + j.Path + "@" + j.Ref
}

func (j Job) signer() string {
	if j.Signer != "" {
		return j.Signer
	}
	return j.workflow()
}

func (j Job) run() string {
	return fmt.Sprintf("https://github.com/%s/actions/runs/%d/attempts/1", j.Repository, j.Run)
}

// extensions are Fulcio's by their last number: fulcio, docs/oid-info.md.
func (j Job) extensions() map[int]string {
	all := map[int]string{1: verify.GitHubIssuer, 2: j.Event, 3: j.Commit, 4: "release", 5: j.Repository, 6: j.Ref}
	if j.Old {
		return all
	}
	owner, _, _ := strings.Cut(j.Repository, "/")
	maps.Copy(all, map[int]string{
		8: verify.GitHubIssuer, 9: j.signer(), 10: j.Commit, 11: j.Runner, 12: "https://github.com/" + j.Repository, 13: j.Commit,
		14: j.Ref, 15: j.RepositoryID, 16: "https://github.com/" + owner, 17: j.OwnerID, 18: j.workflow(), 19: j.Commit,
		20: j.Event, 21: j.run(), 22: "public",
	})
	return all
}

// certificate issues what Fulcio does: name and extensions, then the
// certificate log's timestamp over what will be signed, embedded.
func (s *Sigstore) certificate(j Job, at time.Time) *x509.Certificate {
	s.t.Helper()
	name := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(j.signer())} // RFC 5280: a URI
	template := &x509.Certificate{SerialNumber: big.NewInt(4711), NotBefore: at.Add(-time.Minute), NotAfter: at.Add(9 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Critical: true, Value: s.der([]asn1.RawValue{name})}}}
	ext := j.extensions()
	for _, number := range slices.Sorted(maps.Keys(ext)) {
		value := []byte(ext[number])
		if number > 7 {
			value = s.der(asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: value})
		}
		template.ExtraExtensions = append(template.ExtraExtensions,
			pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, number}, Value: value})
	}
	before := s.issue(template, s.ca.intermediate, s.key.Public(), s.ca.key)
	template.ExtraExtensions = append(template.ExtraExtensions,
		pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: s.seen(before, at)})
	return s.issue(template, s.ca.intermediate, s.key.Public(), s.ca.key)
}

// seen is the extension with one signed certificate timestamp over a
// precertificate. RFC 6962 sections 3.2 and 3.3.
func (s *Sigstore) seen(before *x509.Certificate, at time.Time) []byte {
	issuer := sha256.Sum256(s.ca.intermediate.RawSubjectPublicKeyInfo)
	millis := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	size := len(before.RawTBSCertificate)
	sig := s.sign(s.ct.key, slices.Concat([]byte{0, 0}, millis, []byte{0, 1}, issuer[:],
		[]byte{byte(size >> 16), byte(size >> 8), byte(size)}, before.RawTBSCertificate, []byte{0, 0}))
	sct := slices.Concat([]byte{0}, s.ct.id[:], millis, []byte{0, 0}, []byte{4, 3}, binary.BigEndian.AppendUint16(nil, uint16(len(sig))), sig)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(sct)+2))
	return s.der(append(binary.BigEndian.AppendUint16(list, uint16(len(sct))), sct...))
}
