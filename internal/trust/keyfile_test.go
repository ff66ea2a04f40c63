package trust

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigstore/cosign/v2/pkg/cosign"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/youmark/pkcs8"
)

// noPassword fails where a password is asked for.
func noPassword() ([]byte, error) { return nil, errors.New("nobody knows it") }

func saying(password string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(password), nil }
}

func mustGenerate(t testing.TB, algorithm string) crypto.Signer {
	t.Helper()
	key, err := GenerateKey(algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func mustHave[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func writeKey(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.key")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadKey(t *testing.T) {
	ec := mustGenerate(t, "ecdsa-p256").(*ecdsa.PrivateKey)
	rsaKey := mustHave[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	ed := mustGenerate(t, "ed25519")
	sec1 := inPEM("EC PRIVATE KEY", mustHave[[]byte](t)(x509.MarshalECPrivateKey(ec)))
	p8 := func(key any) []byte {
		return inPEM("PRIVATE KEY", mustHave[[]byte](t)(x509.MarshalPKCS8PrivateKey(key)))
	}
	locked := inPEM("ENCRYPTED PRIVATE KEY", mustHave[[]byte](t)(pkcs8.MarshalPrivateKey(ec, []byte("secret"), nil)))
	tests := map[string]struct {
		file     []byte
		password func() ([]byte, error)
		key      crypto.Signer
	}{
		"PKCS #8, ECDSA":         {p8(ec), noPassword, ec},
		"PKCS #8, RSA":           {p8(rsaKey), noPassword, rsaKey},
		"PKCS #8, Ed25519":       {p8(ed), noPassword, ed},
		"PKCS #8, encrypted":     {locked, saying("secret"), ec},
		"SEC 1":                  {sec1, noPassword, ec},
		"SEC 1 of openssl":       {append(inPEM("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}), sec1...), noPassword, ec},
		"PKCS #1":                {inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), noPassword, rsaKey},
		"words before, CRLF":     {append([]byte("my key\r\n"), bytes.ReplaceAll(sec1, []byte("\n"), []byte("\r\n"))...), noPassword, ec},
		"no newline at the end":  {bytes.TrimSpace(sec1), noPassword, ec},
		"empty lines at the end": {append(sec1, "\n\n"...), noPassword, ec},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			key, err := ReadKey(writeKey(t, tc.file), tc.password)
			if err != nil {
				t.Fatal(err)
			}
			if !key.(interface{ Equal(crypto.PrivateKey) bool }).Equal(tc.key) {
				t.Error("another key")
			}
		})
	}
}

func TestReadKeyRefuses(t *testing.T) {
	key := mustGenerate(t, "ecdsa-p256")
	private, public, err := EncodeKey(key, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	plain := inPEM("PRIVATE KEY", mustHave[[]byte](t)(x509.MarshalPKCS8PrivateKey(key)))
	//lint:ignore SA1019 this is what must be refused
	old := mustHave[*pem.Block](t)(x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", mustHave[[]byte](t)(x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))), []byte("secret"), x509.PEMCipherAES256))
	tests := map[string]struct {
		file     []byte
		password func() ([]byte, error)
		want     string
	}{
		"empty":          {nil, noPassword, "no PEM"},
		"no PEM":         {[]byte("secret"), noPassword, "no PEM"},
		"too large":      {bytes.Repeat([]byte("x"), maxKeyFile+1), noPassword, "larger than 65536"},
		"two keys":       {append(plain, plain...), noPassword, "more than one"},
		"words behind":   {append(plain, "so there"...), noPassword, "something else behind"},
		"public key":     {public, noPassword, "signing takes the private one"},
		"other PEM":      {inPEM("OPENSSH PRIVATE KEY", []byte{1}), noPassword, "OPENSSH"},
		"damaged":        {inPEM("PRIVATE KEY", []byte{1}), noPassword, "cannot be read"},
		"wrong password": {private, saying("Secret"), "password is wrong"},
		"empty password": {private, saying(""), "password is wrong"},
		"damaged box":    {inPEM(lockedType, []byte(`{"kdf":{"name":"scrypt"}}`)), saying("secret"), "damaged"},
		"endless scrypt": {inPEM(lockedType, []byte(`{"kdf":{"name":"scrypt","params":{"N":1073741824,"r":8,"p":1},"salt":""},"cipher":{"name":"nacl/secretbox"}}`)), saying("secret"), "damaged"},
		"old encryption": {pem.EncodeToMemory(old), saying("secret"), "openssl pkcs8"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ReadKey(writeKey(t, tc.file), tc.password)
			if !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
	if _, err := ReadKey(writeKey(t, private), noPassword); err == nil || errors.Is(err, ErrKey) {
		t.Errorf("no password: %v", err)
	}
	if _, err := ReadKey(filepath.Join(t.TempDir(), "none"), noPassword); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// TestPasswordIsCleared once it has been used, whether it was right or not.
func TestPasswordIsCleared(t *testing.T) {
	private, _, err := EncodeKey(mustGenerate(t, "ecdsa-p256"), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"secret", "wrong"} {
		said := []byte(password)
		_, _ = ReadKey(writeKey(t, private), func() ([]byte, error) { return said, nil })
		if !bytes.Equal(said, make([]byte, len(said))) {
			t.Errorf("%s is still there", password)
		}
	}
}

// TestCosignReadsOurs, and we read cosign's.
func TestCosignReadsOurs(t *testing.T) {
	for _, algorithm := range KeyAlgorithms {
		t.Run(algorithm, func(t *testing.T) {
			key := mustGenerate(t, algorithm)
			private, public, err := EncodeKey(key, []byte("secret"))
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := cosign.LoadPrivateKey(private, []byte("secret"), nil)
			if err != nil {
				t.Fatal(err)
			}
			read := mustHave[crypto.PublicKey](t)(theirs.PublicKey())
			ours := mustHave[crypto.PublicKey](t)(cryptoutils.UnmarshalPEMToPublicKey(public))
			if err := cryptoutils.EqualKeys(read, key.Public()); err != nil {
				t.Error(err)
			}
			if err := cryptoutils.EqualKeys(read, ours); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := GenerateKey("dsa"); !errors.Is(err, ErrKey) {
		t.Errorf("dsa: %v", err)
	}
}

func TestWeReadCosigns(t *testing.T) {
	pair, err := cosign.GenerateKeyPair(func(bool) ([]byte, error) { return []byte("secret"), nil })
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(pair.PrivateBytes)
	for name, file := range map[string][]byte{
		"today":    pair.PrivateBytes,
		"formerly": inPEM("ENCRYPTED COSIGN PRIVATE KEY", block.Bytes),
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ReadKey(writeKey(t, file), saying("secret"))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte("widget"))
			signature := mustHave[[]byte](t)(key.Sign(rand.Reader, sum[:], crypto.SHA256))
			public := mustHave[crypto.PublicKey](t)(cryptoutils.UnmarshalPEMToPublicKey(pair.PublicBytes))
			if !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), sum[:], signature) {
				t.Error("another key")
			}
		})
	}
}

func FuzzReadKey(f *testing.F) {
	key := mustHave[*ecdsa.PrivateKey](f)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	f.Add(inPEM("PRIVATE KEY", mustHave[[]byte](f)(x509.MarshalPKCS8PrivateKey(key))))
	f.Add(inPEM("EC PRIVATE KEY", mustHave[[]byte](f)(x509.MarshalECPrivateKey(key))))
	f.Add(inPEM(pkcs8Locked, []byte{0x30, 0}))
	path := filepath.Join(f.TempDir(), "fuzz.key")
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if key, err := ReadKey(path, saying("")); (key == nil) == (err == nil) {
			t.Errorf("%v and %v", key, err)
		}
	})
}
