package sign

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/sign"
)

// slowKeys take long to make.
var slowKeys = sync.OnceValue(func() map[int]*rsa.PrivateKey {
	keys := make(map[int]*rsa.PrivateKey)
	for _, bits := range []int{2048, 3072} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		keys[bits] = key
	}
	return keys
})

func newEd25519(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// allDigests is an artifact with a digest for every key.
func allDigests() *intoto.ResourceDescriptor {
	sum384, sum512 := sha512.Sum384([]byte("a")), sha512.Sum512([]byte("a"))
	return &intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{
		"sha256": digest("a")["sha256"], "sha384": hexOf(sum384[:]), "sha512": hexOf(sum512[:]),
	}}
}

// TestKeys: what each kind of key signs for a Rekor v2 log; what it may not is
// refused before anything is asked of a service.
func TestKeys(t *testing.T) {
	tests := map[string]struct {
		key                crypto.Signer
		artifact           *intoto.ResourceDescriptor
		message, statement string // what the error says; "" is a bundle
	}{
		"P-256":           {newKey(t, elliptic.P256()), allDigests(), "", ""},
		"P-384":           {newKey(t, elliptic.P384()), allDigests(), "", ""},
		"P-521":           {newKey(t, elliptic.P521()), allDigests(), "", ""},
		"P-384 sans it":   {newKey(t, elliptic.P384()), artifact("a"), "sha384", ""},
		"P-224":           {newKey(t, elliptic.P224()), allDigests(), "want ECDSA on P-256", "want ECDSA on P-256"},
		"RSA 2048":        {slowKeys()[2048], allDigests(), "at least 3072", "at least 3072"},
		"RSA 3072":        {slowKeys()[3072], allDigests(), "refuses the second entry", "refuses the second entry"},
		"Ed25519":         {newEd25519(t), allDigests(), "refuses the second entry", "no statement that Ed25519 signed"},
		"no digest":       {newKey(t, elliptic.P256()), &intoto.ResourceDescriptor{Name: "a"}, "sha256", ""},
		"digest is short": {newKey(t, elliptic.P256()), &intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": "00"}}, "no sha256 digest", ""},
		"digest no hex":   {newKey(t, elliptic.P256()), &intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": "zz"}}, "no sha256 digest", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, newClock().now)
			s := f.signer()
			s.Token, s.Key = nil, tc.key
			b, err := s.Message(t.Context(), tc.artifact)
			if wantSetupError(t, err, tc.message) {
				public := tc.key.Public().(*ecdsa.PublicKey)
				if !ecdsa.VerifyASN1(public, b.GetMessageSignature().GetMessageDigest().GetDigest(), b.GetMessageSignature().GetSignature()) {
					t.Error("the signature is not over the digest")
				}
				if b.GetVerificationMaterial().GetPublicKey().GetHint() == "" {
					t.Error("the bundle does not name its key")
				}
			}
			before := f.entries.Load()
			if _, err = s.Statement(t.Context(), []byte(statement)); !wantSetupError(t, err, tc.statement) && f.entries.Load() != before {
				t.Error("an entry was posted for what is refused")
			}
			if f.certificates.Load() != 0 {
				t.Error("a key asked for a certificate")
			}
		})
	}
}

// wantSetupError says whether there is a bundle to look at.
func wantSetupError(t *testing.T, err error, want string) bool {
	t.Helper()
	switch {
	case want == "" && err == nil:
		return true
	case want == "":
		t.Error(err)
	case !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), want):
		t.Errorf("got %v, want %q", err, want)
	}
	return false
}

// TestUnlogged: without a log every key signs, no service is asked, and the
// signature is the key's over the digest.
func TestUnlogged(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"P-256": newKey(t, elliptic.P256()), "P-384": newKey(t, elliptic.P384()), "Ed25519": newEd25519(t), "RSA": slowKeys()[3072],
	} {
		t.Run(name, func(t *testing.T) {
			s := &Signer{Key: key, NoLog: true, Now: newClock().now}
			b, err := s.Message(t.Context(), allDigests())
			if err != nil {
				t.Fatal(err)
			}
			wantSignature(t, key.Public(), b.GetMessageSignature().GetMessageDigest().GetDigest(), b.GetMessageSignature().GetSignature())
			if b, err = s.Statement(t.Context(), []byte(statement)); err != nil {
				t.Fatal(err)
			}
			material := b.GetVerificationMaterial()
			if len(material.GetTlogEntries()) != 0 || material.GetTimestampVerificationData() != nil {
				t.Errorf("somebody was asked: %v", material)
			}
			if public, ok := key.Public().(ed25519.PublicKey); ok {
				if !ed25519.Verify(public, encoded(statement), b.GetDsseEnvelope().GetSignatures()[0].GetSig()) {
					t.Error("a statement is signed whole, not prehashed")
				}
			}
		})
	}
}

func wantSignature(t *testing.T, public crypto.PublicKey, digest, signature []byte) {
	t.Helper()
	ok := false
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(key, digest, signature)
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(key, crypto.SHA256, digest, signature) == nil
	case ed25519.PublicKey:
		ok = ed25519.VerifyWithOptions(key, digest, signature, &ed25519.Options{Hash: crypto.SHA512}) == nil
	}
	if !ok {
		t.Error("the signature is not over the digest")
	}
}

// TestUnloggedIsTimestamped where a signing config names an authority.
func TestUnloggedIsTimestamped(t *testing.T) {
	f := newFake(t, newClock().now)
	s := f.signer()
	s.Token, s.Key, s.NoLog = nil, newKey(t, elliptic.P256()), true
	b, err := s.Message(t.Context(), artifact("a"))
	if err != nil {
		t.Fatal(err)
	}
	stamps := b.GetVerificationMaterial().GetTimestampVerificationData().GetRfc3161Timestamps()
	if len(stamps) != 1 || f.entries.Load() != 0 {
		t.Errorf("%d timestamps, %d log entries, want 1 and none", len(stamps), f.entries.Load())
	}
}

func TestLoggable(t *testing.T) {
	tests := map[string]struct {
		key       crypto.Signer
		version   uint32
		statement bool
		want      string
	}{
		"P-384 statement, v1": {newKey(t, elliptic.P384()), 1, true, "P-256"},
		"P-384 message, v1":   {newKey(t, elliptic.P384()), 1, false, ""},
		"P-384 statement, v2": {newKey(t, elliptic.P384()), 2, true, ""},
		"RSA, v1":             {slowKeys()[3072], 1, true, ""},
		"Ed25519, v1":         {newEd25519(t), 1, true, ""},
		"Ed25519, no log":     {newEd25519(t), 0, true, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			keys, err := newKeypair(tc.key)
			if err != nil {
				t.Fatal(err)
			}
			if err = keys.loggable(tc.version, tc.statement); (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestAlgorithm(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"sha256": newKey(t, elliptic.P256()), "sha384": newKey(t, elliptic.P384()), "sha512": newEd25519(t),
	} {
		if got, err := Algorithm(key.Public()); err != nil || got != name {
			t.Errorf("%T: %s, %v, want %s", key, got, err, name)
		}
	}
	if _, err := Algorithm(slowKeys()[2048].Public()); !errors.Is(err, ErrSetup) {
		t.Errorf("RSA 2048: %v", err)
	}
}

// TestKeypairIsUpstreams: where upstream has a keypair of its own, ours says the
// same of itself.
func TestKeypairIsUpstreams(t *testing.T) {
	var ours, theirs sign.Keypair
	pair, err := newKeypair(newKey(t, elliptic.P256()))
	if err != nil {
		t.Fatal(err)
	}
	ours = pair
	if theirs, err = sign.NewEphemeralKeypair(nil); err != nil {
		t.Fatal(err)
	}
	if ours.GetHashAlgorithm() != theirs.GetHashAlgorithm() || ours.GetSigningAlgorithm() != theirs.GetSigningAlgorithm() ||
		ours.GetKeyAlgorithm() != theirs.GetKeyAlgorithm() || len(ours.GetHint()) != len(theirs.GetHint()) {
		t.Error("ours differs from upstream's")
	}
}

// encoded is what DSSE signs in place of a statement.
func encoded(payload string) []byte {
	return []byte(fmt.Sprintf("DSSEv1 28 application/vnd.in-toto+json %d %s", len(payload), payload))
}

// slowKey waits until it is told to stop.
type slowKey struct{ *ecdsa.PrivateKey }

func (slowKey) SignContext(ctx context.Context, _ []byte, _ crypto.SignerOpts) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestKeyThatWaits: a key in a device is given up when the run is.
func TestKeyThatWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	keys, err := newKeypair(slowKey{newKey(t, elliptic.P256())})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := keys.SignData(ctx, []byte("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
