// Package reviewtest makes records of projects for tests: releases signed at
// chosen times, as jobs on GitHub would, by a Sigstore in memory.
//
//	p := reviewtest.NewProject(t, reviewtest.New(t))
//	p.History(func(last *reviewtest.Build) { last.Unsigned = []string{"widget.exe"} })
//	report := p.Judge(review.SOSProfile)
package reviewtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// Everything in this Sigstore is valid between these moments.
var (
	epoch   = time.Date(2021, time.January, 1, 0, 0, 0, 0, time.UTC)
	horizon = time.Date(2036, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// A Sigstore is an authority, a log like Rekor v1, a timestamp authority and a
// certificate log, whose clocks are set by the test.
type Sigstore struct {
	t     testing.TB
	ca    authority
	tsa   authority
	stamp *x509.Certificate // the timestamp authority's own
	log   log
	ct    log
	key   *ecdsa.PrivateKey // of every signer

}

type authority struct {
	root, intermediate *x509.Certificate
	key                *ecdsa.PrivateKey
}

// New makes a Sigstore with keys of its own.
func New(t testing.TB) *Sigstore {
	t.Helper()
	s := &Sigstore{t: t, key: mustKey(t), log: newLog(t, "https://rekor.example"), ct: newLog(t, "https://ctfe.example")}
	s.ca = s.authority("sigstore", x509.ExtKeyUsageCodeSigning)
	s.tsa = s.authority("sigstore-tsa", x509.ExtKeyUsageTimeStamping)
	key := mustKey(t)
	s.stamp = s.issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "sigstore-tsa leaf"},
		NotBefore: epoch, NotAfter: horizon, KeyUsage: x509.KeyUsageDigitalSignature,
		// One purpose, critical: RFC 3161 section 2.3.
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
			Value: s.der([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})}},
	}, s.tsa.intermediate, key.Public(), s.tsa.key)
	s.tsa.key = key
	return s
}

func (s *Sigstore) authority(name string, usage x509.ExtKeyUsage) authority {
	rootKey, key := mustKey(s.t), mustKey(s.t)
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"sigstore.example"}},
			NotBefore: epoch, NotAfter: horizon, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
		}
	}
	rootCert := s.issue(template(name), nil, rootKey.Public(), rootKey)
	below := template(name + "-intermediate")
	below.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	return authority{root: rootCert, intermediate: s.issue(below, rootCert, key.Public(), rootKey), key: key}
}

// Root is the trust in this Sigstore.
func (s *Sigstore) Root() *root.TrustedRoot {
	s.t.Helper()
	ca := &root.FulcioCertificateAuthority{URI: "https://fulcio.example", Root: s.ca.root,
		Intermediates: []*x509.Certificate{s.ca.intermediate}, ValidityPeriodStart: epoch}
	tsa := &root.SigstoreTimestampingAuthority{URI: "https://tsa.example", Root: s.tsa.root,
		Intermediates: []*x509.Certificate{s.tsa.intermediate}, Leaf: s.stamp, ValidityPeriodStart: epoch}
	r, err := root.NewTrustedRoot(root.TrustedRootMediaType01, []root.CertificateAuthority{ca},
		map[string]*root.TransparencyLog{s.ct.hexID(): s.ct.trusted()}, []root.TimestampingAuthority{tsa},
		map[string]*root.TransparencyLog{s.log.hexID(): s.log.trusted()})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *Sigstore) issue(template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	s.t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		s.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	return cert
}

// sign signs the SHA-256 of data.
func (s *Sigstore) sign(key *ecdsa.PrivateKey, data []byte) []byte {
	s.t.Helper()
	digest := sha256.Sum256(data)
	sig, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		s.t.Fatal(err)
	}
	return sig
}

func (s *Sigstore) der(v any) []byte {
	s.t.Helper()
	der, err := asn1.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return der
}

// json writes canonical JSON: the members of maps are sorted, and nothing in
// these values needs encoding/json's own escapes.
func (s *Sigstore) json(v any) []byte {
	s.t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

func mustKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
