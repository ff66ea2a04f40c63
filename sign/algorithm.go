package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/options"
)

// minRSA is the size of the smallest RSA key to sign with, in bits. Verifiers
// still believe smaller ones, of old releases.
const minRSA = 3072

// algorithmOf is how a key signs statements.
func algorithmOf(public crypto.PublicKey) (signature.AlgorithmDetails, error) {
	if key, ok := public.(*rsa.PublicKey); ok {
		if key.N.BitLen() < minRSA {
			return signature.AlgorithmDetails{}, fmt.Errorf("RSA of %d bits: want at least %d", key.N.BitLen(), minRSA)
		}
		if key.E < 65537 {
			return signature.AlgorithmDetails{}, fmt.Errorf("RSA with exponent %d: want at least 65537", key.E)
		}
	}
	algorithm, err := signature.GetDefaultAlgorithmDetails(public)
	if err != nil {
		return algorithm, errors.New("want ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 3072 or 4096 bits")
	}
	return algorithm, nil
}

// forMessages is the same key as it signs digests. Ed25519 signs either whole
// messages or, as Ed25519ph, their SHA-512: RFC 8032, section 5.1. Artifacts are
// never held whole, so for them it is the latter.
func (k *keypair) forMessages() (*keypair, error) {
	if _, ok := k.private.Public().(ed25519.PublicKey); !ok {
		return k, nil
	}
	algorithm, err := signature.GetDefaultAlgorithmDetails(k.private.Public(), options.WithED25519ph())
	if err != nil {
		return nil, err
	}
	prehashed := *k
	prehashed.algorithm = algorithm
	return &prehashed, nil
}

// randomized tells whether signing the same thing twice gives two signatures.
func (k *keypair) randomized() bool {
	_, ok := k.private.Public().(*ecdsa.PublicKey)
	return ok
}

// loggable tells, before anything is signed, what a log of a version would
// refuse, or would not let a second run finish.
func (k *keypair) loggable(version uint32, statement bool) error {
	switch hash := k.algorithm.GetHashType(); {
	case version == 2 && hash == 0:
		return errors.New("a Rekor v2 log takes no statement that Ed25519 signed: use an ECDSA key")
	case version == 2 && !k.randomized():
		return errors.New("RSA and Ed25519 keys sign the same thing alike, and a Rekor v2 log refuses the second entry, " +
			"so a run that broke off could not be finished: use an ECDSA key")
	case version == 1 && statement && hash > crypto.SHA256:
		return fmt.Errorf("a Rekor v1 log takes no statement that was signed over %s: use an ECDSA key on P-256", hash)
	}
	return nil
}

// Algorithm is the in-toto name of the digest that a key signs for an artifact:
// sha256, sha384 or sha512. The error wraps [ErrSetup].
func Algorithm(public crypto.PublicKey) (string, error) {
	algorithm, err := algorithmOf(public)
	if err != nil {
		return "", fmt.Errorf("%w: key: %w", ErrSetup, err)
	}
	return hashName(algorithm.GetHashType()), nil
}

func hashName(hash crypto.Hash) string {
	switch hash {
	case crypto.SHA256:
		return "sha256"
	case crypto.SHA384:
		return "sha384"
	default: // Ed25519, as it signs artifacts
		return "sha512"
	}
}
