package material

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	bareEnvelope = "gha_generic/v1.2.0/binary-linux-amd64-push-v14.intoto.jsonl"
	npmPackage   = "npm/gha/provenance-npm-test-cli-v02-prega.tgz"
)

// signer is a key with a certificate that nobody trusts.
type signer struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newSigner(t testing.TB) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "signer"},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1700000600, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signer{key, cert}
}

func (s signer) sign(t testing.TB, message []byte) []byte {
	t.Helper()
	digest := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func encoded(data []byte) string { return encodeBase64(data) }

// cosignDocument is a cosign bundle as a test may bend it.
func cosignDocument(t testing.TB) map[string]any {
	s := newSigner(t)
	digest := sha256.Sum256([]byte("artifact"))
	body := `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"` + hex.EncodeToString(digest[:]) + `"}}}}`
	return map[string]any{
		"base64Signature": encoded(s.sign(t, []byte("artifact"))),
		"cert":            encoded(encodeCertificate(s.cert)),
		"rekorBundle": map[string]any{
			"SignedEntryTimestamp": encoded([]byte("promise")),
			"Payload": map[string]any{"body": encoded([]byte(body)), "integratedTime": 1700000001, "logIndex": 7,
				"logID": "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d"},
		},
	}
}

func cosignJSON(t testing.TB) string { return mustJSON(t, cosignDocument(t)) }

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mustFiles writes files into a new folder and returns it.
func mustFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
