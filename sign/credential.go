package sign

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

// margin is how much validity a certificate must have left to be used: a
// signature has to be timestamped before it ends.
const margin = time.Minute

// errExpired ends what was begun with a certificate that is valid no more.
var errExpired = errors.New("the certificate has expired")

// credential is a key and, keyless, the certificate that says whose it is.
type credential struct {
	keys        *keypair
	certificate []byte // DER; nil for a key of the signer's own
	renew       time.Time
}

// lifetime is ctx for as long as the certificate is valid. What a service that
// was down for long dates after that would stand in a log and verify nowhere.
func (c *credential) lifetime(ctx context.Context, now time.Time) (context.Context, context.CancelFunc) {
	if c.certificate == nil {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, c.renew.Add(margin).Sub(now), errExpired)
}

// GetCertificate gives [sign.Bundle] the certificate that is already there.
func (c *credential) GetCertificate(context.Context, sign.Keypair, *sign.CertificateProviderOptions) ([]byte, error) {
	return c.certificate, nil
}

// credential returns the certificate in use, or gets a new one: a single request
// at a time, whatever the number of signatures that wait for it, and its failure
// is the failure of all of them.
func (s *Signer) credential(ctx context.Context) (*credential, error) {
	if c := s.usable(); c != nil {
		return c, nil
	}
	c, err, _ := s.requests.Do("certificate", func() (any, error) {
		if c := s.usable(); c != nil {
			return c, nil
		}
		c, err := s.request(ctx)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.current = c
		return c, nil
	})
	if err != nil {
		return nil, err
	}
	return c.(*credential), nil
}

func (s *Signer) usable() *credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.current; c != nil && (c.certificate == nil || s.Now().Before(c.renew)) {
		return c
	}
	return nil
}

// request gets a certificate for a new key.
func (s *Signer) request(ctx context.Context) (*credential, error) {
	token, err := s.Token(ctx)
	if err != nil {
		return nil, err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	keys, err := newKeypair(private)
	if err != nil {
		return nil, err
	}
	asked := s.Now()
	authority := sign.NewFulcio(&sign.FulcioOptions{
		BaseURL:   s.services.authority,
		Timeout:   unlimited,
		Transport: service{ctx, authorityRole, s.Transport},
	})
	der, err := authority.GetCertificate(ctx, keys, &sign.CertificateProviderOptions{IDToken: token})
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if e := (*serviceError)(nil); errors.As(err, &e) {
			return nil, e
		}
		return nil, fmt.Errorf("%s %s: %w", authorityRole, s.services.authority, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", authorityRole, s.services.authority, err)
	}
	if err := s.checkCertificate(leaf, keys); err != nil {
		return nil, fmt.Errorf("%s %s: %w", authorityRole, s.services.authority, err)
	}
	return &credential{keys: keys, certificate: der, renew: renewal(leaf, asked)}, nil
}

// checkCertificate wants our own key certified by an authority of the trusted
// root, before the certificate is published with a first signature.
func (s *Signer) checkCertificate(leaf *x509.Certificate, keys *keypair) error {
	if public, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(keys.GetPublicKey()) {
		return errors.New("the certificate is for another key")
	}
	if s.Root == nil {
		return nil
	}
	if _, err := verify.VerifyLeafCertificate(leaf.NotBefore, leaf, s.Root); err != nil {
		return errors.New("the certificate does not chain to the trusted root: signing config and trusted root are of different instances")
	}
	return nil
}

// renewal is the end of the certificate's use, by our clock. Its length is
// counted from when it was asked for, so that a clock that is off does not make
// every certificate look expired.
func renewal(leaf *x509.Certificate, asked time.Time) time.Time {
	renew := asked.Add(leaf.NotAfter.Sub(leaf.NotBefore) - margin)
	if end := leaf.NotAfter.Add(-margin); end.After(asked) && end.Before(renew) {
		return end
	}
	return renew
}
