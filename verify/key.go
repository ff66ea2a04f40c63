package verify

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/options"
)

// minRSA is the least size of an RSA key that is believed, in bits.
const minRSA = 2048

// checkKey refuses keys of kinds and sizes that Sigstore's algorithm registry
// does not list for verification.
func checkKey(key crypto.PublicKey) error {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		//lint:ignore SA1019 every other way to ask for a missing point panics
		if k == nil || k.Curve == nil || k.X == nil || k.Y == nil {
			return errNoKey
		}
		switch k.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			_, err := k.Bytes() // none of a point that is not on the curve
			return err
		}
		return fmt.Errorf("ECDSA key on curve %s: want P-256, P-384 or P-521", k.Curve.Params().Name)
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return errNoKey
		}
		return nil
	case *rsa.PublicKey:
		if k == nil || k.N == nil {
			return errNoKey
		}
		if k.N.BitLen() < minRSA {
			return fmt.Errorf("RSA key of %d bits: want at least %d", k.N.BitLen(), minRSA)
		}
		if k.E < 65537 {
			return fmt.Errorf("RSA key with exponent %d: want at least 65537", k.E)
		}
		return nil
	}
	return fmt.Errorf("key of type %T: want ECDSA, Ed25519 or RSA", key)
}

var errNoKey = errors.New("an incomplete key")

// checkEncoding wants an ECDSA signature in DER. The library would take other
// encodings of the same numbers too, and so many bytes for one signature.
//
// RFC 3279 section 2.2.3.
func checkEncoding(key crypto.PublicKey, signature []byte) error {
	if _, ok := key.(*ecdsa.PublicKey); !ok {
		return nil
	}
	var parts struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &parts); err != nil || len(rest) > 0 {
		return errors.New("not one DER sequence of two integers")
	}
	return nil
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
		return nil, fmt.Errorf("key: %w", err)
	}
	return keyed{tm, root.NewExpiringKey(v, time.Time{}, time.Time{})}, nil
}
