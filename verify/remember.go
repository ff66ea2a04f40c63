package verify

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	tsaverify "github.com/sigstore/timestamp-authority/v2/pkg/verification"
)

// remembering is trusted material whose authorities check what many bundles
// share once: the certificates above a signer's, which sigstore-go checks anew
// for every bundle, in P-384 that costs more than all the rest.
//
// What is remembered is only ever a full check by crypto/x509 that succeeded,
// under the exact certificate and the exact second that it was made for.
type remembering struct {
	root.TrustedMaterial
	authorities []root.CertificateAuthority
	stampers    []root.TimestampingAuthority
	logged      *memo // certificates whose certificate log entry was verified
}

func remember(tm root.TrustedMaterial) *remembering {
	r := &remembering{TrustedMaterial: tm, logged: newMemo()}
	for _, ca := range tm.FulcioCertificateAuthorities() {
		if fulcio, ok := ca.(*root.FulcioCertificateAuthority); ok && !constrains(fulcio.Root) {
			ca = &authority{FulcioCertificateAuthority: fulcio, intermediates: newMemo(), leaves: newMemo()}
		}
		r.authorities = append(r.authorities, ca)
	}
	for _, tsa := range tm.TimestampingAuthorities() {
		if sigstore, ok := tsa.(*root.SigstoreTimestampingAuthority); ok && sigstore.Leaf != nil && sigstore.Root != nil {
			tsa = &stamper{SigstoreTimestampingAuthority: sigstore, chains: newMemo()}
		}
		r.stampers = append(r.stampers, tsa)
	}
	return r
}

func (r *remembering) FulcioCertificateAuthorities() []root.CertificateAuthority {
	return r.authorities
}
func (r *remembering) TimestampingAuthorities() []root.TimestampingAuthority { return r.stampers }

// constrains tells whether a root limits what stands more than one step below
// it. Then paths are always built whole.
func constrains(c *x509.Certificate) bool {
	nameConstraints := asn1.ObjectIdentifier{2, 5, 29, 30}
	policyConstraints := asn1.ObjectIdentifier{2, 5, 29, 36}
	for _, ext := range c.Extensions {
		if ext.Id.Equal(nameConstraints) || ext.Id.Equal(policyConstraints) {
			return true
		}
	}
	return c.MaxPathLenZero
}

// authority is a certificate authority whose intermediates are checked up to
// the root once for each second. A leaf is then checked up to them.
type authority struct {
	*root.FulcioCertificateAuthority
	intermediates *memo
	leaves        *memo
}

// Verify is root.FulcioCertificateAuthority's, with the same limits.
func (a *authority) Verify(leaf *x509.Certificate, at time.Time) ([][]*x509.Certificate, error) {
	if !within(a.ValidityPeriodStart, a.ValidityPeriodEnd, at) || len(a.Intermediates) == 0 {
		return a.FulcioCertificateAuthority.Verify(leaf, at)
	}
	return a.leaves.chains(leaf, at, func() ([][]*x509.Certificate, error) {
		trusted := x509.NewCertPool()
		for _, intermediate := range a.Intermediates {
			if _, err := a.intermediates.chains(intermediate, at, func() ([][]*x509.Certificate, error) {
				return pathTo(intermediate, a.Root, nil, x509.ExtKeyUsageCodeSigning, at)
			}); err == nil {
				trusted.AddCert(intermediate)
			}
		}
		chains, err := leaf.Verify(x509.VerifyOptions{Roots: trusted, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}})
		if err != nil {
			// By way of several intermediates, or not at all: the whole check says.
			return a.FulcioCertificateAuthority.Verify(leaf, at)
		}
		return chains, nil
	})
}

// stamper is a timestamp authority whose own certificate is checked up to the
// root once for each second.
type stamper struct {
	*root.SigstoreTimestampingAuthority
	chains *memo
}

// Verify is root.SigstoreTimestampingAuthority's, with the same limits; besides,
// certificates in the token never help to build the path.
func (s *stamper) Verify(token, signature []byte) (*root.Timestamp, error) {
	ts, err := tsaverify.VerifyTimestampResponse(token, bytes.NewReader(signature), tsaverify.VerifyOpts{
		Roots: []*x509.Certificate{s.Leaf}, TSACertificate: s.Leaf})
	if err != nil {
		return nil, err
	}
	if _, err := s.chains.chains(s.Leaf, ts.Time, func() ([][]*x509.Certificate, error) {
		return pathTo(s.Leaf, s.Root, s.Intermediates, x509.ExtKeyUsageTimeStamping, ts.Time)
	}); err != nil {
		return nil, err
	}
	if !s.ValidityPeriodStart.IsZero() && ts.Time.Before(s.ValidityPeriodStart) {
		return nil, errors.New("timestamp is before the authority's validity")
	}
	if !s.ValidityPeriodEnd.IsZero() && ts.Time.After(s.ValidityPeriodEnd) {
		return nil, errors.New("timestamp is after the authority's validity")
	}
	return &root.Timestamp{Time: ts.Time, URI: s.URI}, nil
}

func pathTo(c, anchor *x509.Certificate, intermediates []*x509.Certificate, usage x509.ExtKeyUsage, at time.Time) ([][]*x509.Certificate, error) {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(anchor)
	for _, i := range intermediates {
		between.AddCert(i)
	}
	return c.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage}})
}

func within(from, to, t time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}

// memo holds the chains that were built for a certificate at a time.
type memo struct {
	mu    sync.Mutex
	built map[moment][][]*x509.Certificate
}

// moment is a certificate, byte for byte, at an instant.
type moment struct {
	certificate string
	at          int64 // Unix nanoseconds
}

// maxMemo bounds what is remembered; beyond it, everything is forgotten.
const maxMemo = 4096

func newMemo() *memo { return &memo{built: make(map[moment][][]*x509.Certificate)} }

// chains returns what was built for exactly this certificate and instant, or
// builds it. Failures are not remembered.
func (m *memo) chains(c *x509.Certificate, at time.Time, build func() ([][]*x509.Certificate, error)) ([][]*x509.Certificate, error) {
	key := moment{string(c.Raw), at.UnixNano()}
	m.mu.Lock()
	known, ok := m.built[key]
	m.mu.Unlock()
	if ok {
		return slices.Clone(known), nil
	}
	chains, err := build()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.built) >= maxMemo {
		clear(m.built)
	}
	m.built[key] = chains
	return slices.Clone(chains), nil
}
