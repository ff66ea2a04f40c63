package sign

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"

	intoto "github.com/in-toto/attestation/go/v1"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore/pkg/signature"
)

// keypair is any private key in the shape that sigstore-go signs with.
type keypair struct {
	private   crypto.Signer
	algorithm signature.AlgorithmDetails
	spki      []byte
}

// newKeypair wants a key of a kind and size that Sigstore's algorithm registry
// lists for signing.
func newKeypair(private crypto.Signer) (*keypair, error) {
	algorithm, err := algorithmOf(private.Public())
	if err != nil {
		return nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	return &keypair{private: private, algorithm: algorithm, spki: spki}, nil
}

// digestOf is the artifact's digest in the algorithm that the key signs with.
func (k *keypair) digestOf(artifact *intoto.ResourceDescriptor) ([]byte, error) {
	hash := k.algorithm.GetHashType()
	name := hashName(hash)
	value, ok := artifact.GetDigest()[name]
	if !ok {
		return nil, fmt.Errorf("artifact %q: the key signs a %s digest, and none is given", artifact.GetName(), name)
	}
	digest, err := hex.DecodeString(value)
	if err != nil || len(digest) != hash.Size() {
		return nil, fmt.Errorf("artifact %q: %q is no %s digest", artifact.GetName(), value, name)
	}
	return digest, nil
}

// GetHashAlgorithm and the methods below are those of sign.Keypair.
func (k *keypair) GetHashAlgorithm() common.HashAlgorithm { return k.algorithm.GetProtoHashType() }

// GetSigningAlgorithm names key and hash together.
func (k *keypair) GetSigningAlgorithm() common.PublicKeyDetails {
	return k.algorithm.GetSignatureAlgorithm()
}

// GetHint is how a bundle without a certificate says which key it wants.
func (k *keypair) GetHint() []byte {
	sum := sha256.Sum256(k.spki)
	return []byte(base64.StdEncoding.EncodeToString(sum[:]))
}

// GetKeyAlgorithm is Fulcio's name for the kind of key.
func (k *keypair) GetKeyAlgorithm() string {
	switch k.algorithm.GetKeyType() {
	case signature.ECDSA:
		return "ECDSA"
	case signature.RSA:
		return "RSA"
	default:
		return "ED25519"
	}
}

// GetPublicKey is the key to verify with.
func (k *keypair) GetPublicKey() crypto.PublicKey { return k.private.Public() }

// GetPublicKeyPem is the same in PEM.
func (k *keypair) GetPublicKeyPem() (string, error) {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.spki})), nil
}

// SignData hashes the data, unless the key does that itself, and signs.
func (k *keypair) SignData(ctx context.Context, data []byte) (sig, signed []byte, err error) {
	hash := k.algorithm.GetHashType()
	if hash != 0 {
		h := hash.New()
		h.Write(data)
		data = h.Sum(nil)
	}
	return k.signed(ctx, data)
}

// waiting is a key that is asked of a device or a service, which takes time.
type waiting interface {
	SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (k *keypair) signed(ctx context.Context, data []byte) (sig, signed []byte, err error) {
	if key, ok := k.private.(waiting); ok {
		sig, err = key.SignContext(ctx, data, k.algorithm.GetHashType())
	} else {
		sig, err = k.private.Sign(rand.Reader, data, k.algorithm.GetHashType())
	}
	if err != nil {
		return nil, nil, fmt.Errorf("key: %w", err)
	}
	return sig, data, nil
}

// digestKeypair signs what is a digest already.
type digestKeypair struct{ *keypair }

// SignData signs the digest as it is.
func (k digestKeypair) SignData(ctx context.Context, digest []byte) (sig, signed []byte, err error) {
	return k.signed(ctx, digest)
}
