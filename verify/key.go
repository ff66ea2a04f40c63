package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/options"
)

// minRSA is the least size of an RSA key that is believed, in bits.
const minRSA = 2048

// checkKey refuses keys of kinds and sizes that Sigstore's algorithm registry
// does not list for verification. The error wraps ErrPolicy.
func checkKey(key crypto.PublicKey) error {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
		return policyError("ECDSA key on curve %s: want P-256, P-384 or P-521", k.Curve.Params().Name)
	case ed25519.PublicKey:
		return nil
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSA {
			return policyError("RSA key of %d bits: want at least %d", k.N.BitLen(), minRSA)
		}
		if k.E < 65537 {
			return policyError("RSA key with exponent %d: want at least 65537", k.E)
		}
		return nil
	}
	return policyError("key of type %T: want ECDSA, Ed25519 or RSA", key)
}

// hashName is the in-toto name of the hash with which a key signs messages.
func hashName(key crypto.PublicKey) string {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P384():
			return "sha384"
		case elliptic.P521():
			return "sha512"
		}
	case ed25519.PublicKey:
		return "sha512" // as Ed25519ph, RFC 8032 section 5.1
	}
	return "sha256"
}

// Fingerprint names a public key by the SHA-256 of its PKIX encoding.
func Fingerprint(key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "unknown key"
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func sameKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// keyed is trusted material in which every key hint means the caller's key:
// a hint is an unsigned label and decides nothing.
type keyed struct {
	root.TrustedMaterial
	verifier root.TimeConstrainedVerifier
}

func (k keyed) PublicKeyVerifier(string) (root.TimeConstrainedVerifier, error) {
	return k.verifier, nil
}

func withKey(tm root.TrustedMaterial, key crypto.PublicKey, message bool) (root.TrustedMaterial, error) {
	var opts []signature.LoadOption
	if message {
		opts = append(opts, options.WithED25519ph())
	}
	v, err := signature.LoadDefaultVerifier(key, opts...)
	if err != nil {
		return nil, policyError("key: %w", err)
	}
	return keyed{tm, root.NewExpiringKey(v, time.Time{}, time.Time{})}, nil
}
