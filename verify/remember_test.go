package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// issued is a certificate with its key.
type issued struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// mustIssue makes a certificate from a template, valid from start for some time.
func mustIssue(t *testing.T, by *issued, start time.Time, valid time.Duration, change func(*x509.Certificate)) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: t.Name()},
		NotBefore: start, NotAfter: start.Add(valid), IsCA: true, BasicConstraintsValid: true, MaxPathLen: -1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.Certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{c, key}
}

// A remembering authority must say what the one it stands for says, whatever it
// was asked before.
func TestRememberingAuthority(t *testing.T) {
	begin := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	leaf := func(c *x509.Certificate) { c.IsCA = false }
	anchor := mustIssue(t, nil, begin, 100*time.Hour, nil)
	middle := mustIssue(t, anchor, begin.Add(10*time.Hour), 10*time.Hour, nil)
	good := mustIssue(t, middle, begin, 100*time.Hour, leaf)
	stranger := mustIssue(t, mustIssue(t, anchor, begin, 100*time.Hour, nil), begin, 100*time.Hour, leaf)
	server := mustIssue(t, middle, begin, 100*time.Hour, func(c *x509.Certificate) {
		c.IsCA = false
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	})
	short := mustIssue(t, nil, begin, 100*time.Hour, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	below := mustIssue(t, short, begin, 100*time.Hour, nil)

	full := &root.FulcioCertificateAuthority{Root: anchor.Certificate, Intermediates: []*x509.Certificate{middle.Certificate},
		ValidityPeriodStart: begin.Add(11 * time.Hour)}
	shortFull := &root.FulcioCertificateAuthority{Root: short.Certificate, Intermediates: []*x509.Certificate{below.Certificate}}
	remembered := remember(&material{authorities: []root.CertificateAuthority{full, shortFull}}).FulcioCertificateAuthorities()
	for _, tt := range []struct {
		name string
		ca   int
		leaf *x509.Certificate
		at   time.Duration
		ok   bool
	}{
		{"while all is valid", 0, good.Certificate, 15 * time.Hour, true},
		{"again", 0, good.Certificate, 15 * time.Hour, true},
		{"another second", 0, good.Certificate, 16 * time.Hour, true},
		{"before the authority's own time", 0, good.Certificate, 10*time.Hour + time.Minute, false},
		{"after the intermediate has expired", 0, good.Certificate, 21 * time.Hour, false},
		{"below another intermediate", 0, stranger.Certificate, 15 * time.Hour, false},
		{"for another use", 0, server.Certificate, 15 * time.Hour, false},
		{"below a root that allows no intermediate", 1, mustIssue(t, below, begin, 100*time.Hour, leaf).Certificate, 15 * time.Hour, false},
	} {
		_, err := remembered[tt.ca].Verify(tt.leaf, begin.Add(tt.at))
		_, fullErr := []*root.FulcioCertificateAuthority{full, shortFull}[tt.ca].Verify(tt.leaf, begin.Add(tt.at))
		if (err == nil) != tt.ok || (fullErr == nil) != tt.ok {
			t.Errorf("%s: remembered %v, in full %v, want ok %t", tt.name, err, fullErr, tt.ok)
		}
	}
}

type material struct {
	root.BaseTrustedMaterial
	authorities []root.CertificateAuthority
}

func (m *material) FulcioCertificateAuthorities() []root.CertificateAuthority { return m.authorities }
