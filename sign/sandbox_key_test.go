package sign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/sign"
	"github.com/hallmark-project/hallmark/verify"
)

func mustKey[K crypto.Signer](t *testing.T) func(K, error) crypto.Signer {
	return func(key K, err error) crypto.Signer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
}

func keysOfAllKinds(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	return map[string]crypto.Signer{
		"P-256":   mustKey[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		"P-384":   mustKey[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)),
		"P-521":   mustKey[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)),
		"RSA":     mustKey[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 3072)),
		"Ed25519": mustKey[ed25519.PrivateKey](t)(ed, err),
	}
}

// TestSandboxKeys signs with every kind of key for both kinds of log, has the
// logs take it, and has the verifier that users have judge it. What a log would
// not take is refused before it is asked.
func TestSandboxKeys(t *testing.T) {
	sum256, sum384, sum512 := sha256.Sum256([]byte("widget")), sha512.Sum384([]byte("widget")), sha512.Sum512([]byte("widget"))
	artifact := &intoto.ResourceDescriptor{Name: "widget", Digest: map[string]string{
		"sha256": hex.EncodeToString(sum256[:]), "sha384": hex.EncodeToString(sum384[:]), "sha512": hex.EncodeToString(sum512[:]),
	}}
	inStatement := &intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": hex.EncodeToString(make([]byte, 32))}}
	type refused struct{ message, statement bool }
	logs := map[string]struct {
		flags   []string
		refused map[string]refused
	}{
		"Rekor v2": {nil, map[string]refused{"RSA": {true, true}, "Ed25519": {true, true}}},
		"Rekor v1": {[]string{"--rekor", "v1"}, map[string]refused{"P-384": {false, true}, "P-521": {false, true}}},
	}
	keys := keysOfAllKinds(t)
	for version, log := range logs {
		t.Run(version, func(t *testing.T) {
			r := newRig(t, nil, log.flags...)
			verifier := &verify.Verifier{Root: r.keys}
			for kind, key := range keys {
				t.Run(kind, func(t *testing.T) {
					s := &sign.Signer{Config: r.Config, Root: r.Root, Now: r.Now, Key: key}
					b, err := s.Message(t.Context(), artifact)
					wantKeyed(t, verifier, b, err, log.refused[kind].message, artifact, &verify.Policy{Key: key.Public()})
					b, err = s.Statement(t.Context(), []byte(payload))
					wantKeyed(t, verifier, b, err, log.refused[kind].statement, inStatement,
						&verify.Policy{Key: key.Public(), PredicateTypes: []string{"https://example.com/p"}})
				})
			}
		})
	}
}

// TestSandboxUnlogged: a timestamp and no log entry, which only a verifier that
// was told so accepts.
func TestSandboxUnlogged(t *testing.T) {
	r := newRig(t, nil)
	verifier := &verify.Verifier{Root: r.keys}
	artifact, _ := digestOf("widget")
	key := mustKey[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	s := &sign.Signer{Config: r.Config, Root: r.Root, Now: r.Now, Key: key, NoLog: true}
	b, err := s.Message(t.Context(), artifact)
	if err != nil {
		t.Fatal(err)
	}
	var rejection *verify.Rejection
	if _, err := verifier.Verify(b, artifact, &verify.Policy{Key: key.Public()}); !errors.As(err, &rejection) || rejection.Check != verify.CheckTransparency {
		t.Errorf("without being told: %v, want %s", err, verify.CheckTransparency)
	}
	verdict, err := verifier.Verify(b, artifact, &verify.Policy{Key: key.Public(), AllowUnlogged: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(verdict.Logs) != 0 || len(verdict.Times) != 1 {
		t.Errorf("logs %v, times %v", verdict.Logs, verdict.Times)
	}
	if n := r.requests(t, "/api/v2/log/entries"); n != 0 {
		t.Errorf("%d entries were published", n)
	}
}

func wantKeyed(t *testing.T, v *verify.Verifier, b *bundle.Bundle, err error, refused bool, a *intoto.ResourceDescriptor, p *verify.Policy) {
	t.Helper()
	if refused {
		if !errors.Is(err, sign.ErrSetup) {
			t.Errorf("got %v, want a refusal", err)
		}
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	verdict, err := v.Verify(b, a, p)
	if err != nil {
		t.Error(err)
		return
	}
	if len(verdict.Logs) != 1 || verdict.Signer.Key != verify.Fingerprint(p.Key) {
		t.Errorf("logs %v, signer %v", verdict.Logs, verdict.Signer)
	}
}
