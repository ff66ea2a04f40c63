package trust

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/youmark/pkcs8"
)

// ErrKey marks a key that the operator named and that cannot be used.
var ErrKey = errors.New("unusable key")

// lockedType is the PEM type of a key that cosign encrypts today.
const lockedType = string(cryptoutils.EncryptedSigstorePrivateKeyPEMType)

// lockedTypes are the PEM types of encrypted keys: cosign's, now and before, and
// PKCS #8's own.
var lockedTypes = map[string]bool{lockedType: true, "ENCRYPTED COSIGN PRIVATE KEY": true, pkcs8Locked: true}

const pkcs8Locked = "ENCRYPTED PRIVATE KEY"

// maxKeyFile bounds a key file, in bytes; one of RSA with 4096 bits takes 3 kB.
const maxKeyFile = 64 << 10

// ReadKey reads a private key from a PEM file: PKCS #8, SEC 1 for ECDSA, PKCS #1
// for RSA, or an encrypted key of PKCS #8, cosign or [EncodeKey]. The password is asked
// for only if the key is encrypted, and what it returns is cleared. Whether the
// key is of a kind to sign with is the signer's to say. Every error but one of
// password wraps [ErrKey], and none holds any of the key.
func ReadKey(path string, password func() ([]byte, error)) (crypto.Signer, error) {
	block, err := readBlock(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if lockedTypes[block.Type] {
		secret, err := password()
		if err != nil {
			return nil, err
		}
		err = unlock(block, secret)
		clear(secret)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: the password is wrong, or the file is damaged", ErrKey, path)
		}
	}
	defer clear(block.Bytes)
	key, err := parseKey(block)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, path, err)
	}
	return key, nil
}

// readBlock reads the one PEM block of a file.
func readBlock(path string) (*pem.Block, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	defer clear(data)
	if err != nil {
		return nil, err
	}
	if len(data) > maxKeyFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxKeyFile)
	}
	block, rest := pem.Decode(data)
	if block != nil && block.Type == "EC PARAMETERS" { // openssl puts the curve before the key that names it again
		block, rest = pem.Decode(rest)
	}
	switch {
	case block == nil:
		return nil, fmt.Errorf("%s: no PEM", path)
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, fmt.Errorf("%s: more than one key, or something else behind it", path)
	}
	return block, nil
}

// unlock decrypts a block in place, to PKCS #8.
func unlock(block *pem.Block, password []byte) error {
	plain, err := block.Bytes, error(nil)
	if block.Type == pkcs8Locked {
		var key any
		if key, err = pkcs8.ParsePKCS8PrivateKey(block.Bytes, password); err == nil {
			plain, err = x509.MarshalPKCS8PrivateKey(key)
		}
	} else {
		plain, err = encrypted.Decrypt(block.Bytes, password)
	}
	block.Type, block.Bytes = string(cryptoutils.PrivateKeyPEMType), plain
	return err
}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	var key any
	var err error
	switch block.Type {
	case string(cryptoutils.PrivateKeyPEMType):
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case string(cryptoutils.ECPrivateKeyPEMType):
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case string(cryptoutils.PKCS1PrivateKeyPEMType):
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, errors.New("a public key: signing takes the private one")
	default:
		return nil, fmt.Errorf("PEM type %q: want a private key of PKCS #8, SEC 1 or PKCS #1, or an encrypted one of PKCS #8 or cosign", block.Type)
	}
	switch {
	case err != nil && block.Headers["DEK-Info"] != "":
		return nil, errors.New("encrypted in openssl's old way: write it anew with openssl pkcs8 -topk8")
	case err != nil:
		return nil, errors.New("the key in it cannot be read")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("a key that does not sign")
	}
	return signer, nil
}
