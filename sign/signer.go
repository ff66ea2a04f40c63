// Package sign turns digests and statements into Sigstore bundles.
//
// A [Signer] serves one run: it asks for the signer's identity once, gets one
// short-lived certificate for all artifacts, and posts their log entries
// concurrently, with the services that a signing config names:
//
//	signer := &sign.Signer{Config: config, Root: root, Token: token, Now: time.Now}
//	bundle, err := signer.Message(ctx, artifact)    // a digest, never the bytes
//	bundle, err := signer.Statement(ctx, statement) // an in-toto statement
//
// Bundles are of version 0.3, with a log entry and, where the signing config
// names an authority, a timestamp. A key of the signer's own, from a file or a
// device, takes the place of identity and certificate; only with one can the log
// be left out.
//
// The package trusts no service: a certificate is held against the trusted root
// before anything goes to a log, where it would stand for ever. It does not
// judge the finished bundle, though. Whoever writes it down verifies it first.
package sign

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"golang.org/x/sync/singleflight"
)

// PayloadType is the DSSE payload type of every statement.
const PayloadType = "application/vnd.in-toto+json"

// ErrSetup marks what no second try can mend: a signing config, a key or a
// statement that cannot be used. All other errors are of the services.
var ErrSetup = errors.New("cannot sign")

// Signer signs for one identity. Its exported fields are set before the first
// call and not changed after it; its methods are safe for concurrent use.
type Signer struct {
	// Config names the services. Required, except with NoLog: then it only
	// names timestamp authorities, and none is asked without it.
	Config *root.SigningConfig
	// Root is what a new certificate must chain to before it is used; nil
	// leaves that to the verification of the bundle.
	Root root.TrustedMaterial
	// Token gets a fresh identity token for one certificate. Required without
	// a Key.
	Token func(context.Context) (string, error)
	// Key signs instead of an identity; nil is keyless. One with a method
	// SignContext(context.Context, []byte, crypto.SignerOpts) ([]byte, error) is
	// asked through that.
	Key crypto.Signer
	// NoLog publishes nothing. Only with a Key: nobody could tell whether an
	// unpublished certificate was still valid.
	NoLog bool
	// Transport makes all requests and retries them; nil is
	// http.DefaultTransport.
	Transport http.RoundTripper
	// Jobs is how many signatures are under way at once; zero is what the log
	// bears, 256 for Rekor v2 and 64 for v1.
	Jobs int
	// Now is the clock. Required.
	Now func() time.Time

	prepare    sync.Once
	services   services
	unprepared error
	slots      chan struct{}

	requests singleflight.Group
	mu       sync.Mutex
	current  *credential
}

// Message signs an artifact by its digest, which must be of the algorithm that
// the key signs with, see [Algorithm].
func (s *Signer) Message(ctx context.Context, artifact *intoto.ResourceDescriptor) (*bundle.Bundle, error) {
	return s.sign(ctx, func(keys *keypair) (sign.Content, sign.Keypair, error) {
		keys, err := keys.forMessages()
		if err != nil {
			return nil, nil, err
		}
		if err := keys.loggable(s.services.logVersion, false); err != nil {
			return nil, nil, fmt.Errorf("key: %w", err)
		}
		digest, err := keys.digestOf(artifact)
		if err != nil {
			return nil, nil, err
		}
		// The content's "data" is the digest, which a digestKeypair signs as it
		// is: upstream's own pair would want the artifact in memory.
		return &sign.PlainData{Data: digest}, digestKeypair{keys}, nil
	})
}

// Statement signs an in-toto statement, byte for byte as it is given, in a DSSE
// envelope.
func (s *Signer) Statement(ctx context.Context, payload []byte) (*bundle.Bundle, error) {
	if err := checkStatement(payload); err != nil {
		return nil, fmt.Errorf("%w: statement: %w", ErrSetup, err)
	}
	return s.sign(ctx, func(keys *keypair) (sign.Content, sign.Keypair, error) {
		if err := keys.loggable(s.services.logVersion, true); err != nil {
			return nil, nil, fmt.Errorf("key: %w", err)
		}
		return &sign.DSSEData{Data: payload, PayloadType: PayloadType}, keys, nil
	})
}

// maxConflicts is how often a signature may meet its like in a log.
const maxConflicts = 3

// sign makes one bundle. A log that already holds the entry, because the answer
// to the first try was lost, is given another: ECDSA never signs twice alike. One
// that outlasts its certificate begins again with a new one.
func (s *Signer) sign(ctx context.Context, content func(*keypair) (sign.Content, sign.Keypair, error)) (*bundle.Bundle, error) {
	if s.prepare.Do(s.setup); s.unprepared != nil {
		return nil, s.unprepared
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	for conflicts := 0; ; conflicts++ {
		credential, err := s.credential(ctx)
		if err != nil {
			return nil, err
		}
		data, keys, err := content(credential.keys)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSetup, err)
		}
		valid, done := credential.lifetime(ctx, s.Now())
		options := s.services.options(valid, s.Transport)
		if credential.certificate != nil {
			options.CertificateProvider = credential
		}
		made, err := sign.Bundle(data, keys, options)
		expired := context.Cause(valid) == errExpired
		done()
		switch {
		case err == nil:
			b, err := bundle.NewBundle(made)
			if err != nil {
				return nil, fmt.Errorf("bundle: %w", err)
			}
			return b, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case expired:
			conflicts = 0
		case errors.Is(err, errConflict) && conflicts < maxConflicts:
		default:
			return nil, plain(err)
		}
	}
}

// setup settles once what all signatures share.
func (s *Signer) setup() {
	if s.Config == nil && !s.NoLog || s.Now == nil || s.Token == nil && s.Key == nil {
		s.unprepared = fmt.Errorf("%w: a signer needs a signing config, a clock, and a token or a key", ErrSetup)
		return
	}
	if s.NoLog && s.Key == nil {
		s.unprepared = fmt.Errorf("%w: only what a key signs may go unlogged", ErrSetup)
		return
	}
	services, err := selectServices(s.Config, !s.NoLog, s.Key == nil, s.Now().Round(0)) // upstream prints the time
	if err != nil {
		s.unprepared = fmt.Errorf("%w: signing config: %w", ErrSetup, err)
		return
	}
	if s.Key != nil {
		keys, err := newKeypair(s.Key)
		if err != nil {
			s.unprepared = fmt.Errorf("%w: key: %w", ErrSetup, err)
			return
		}
		s.current = &credential{keys: keys}
	}
	s.services = services
	s.slots = make(chan struct{}, s.jobs())
}

func (s *Signer) jobs() int {
	switch {
	case s.Jobs > 0:
		return s.Jobs
	case s.services.logVersion == 2:
		return 256
	default:
		return 64
	}
}
