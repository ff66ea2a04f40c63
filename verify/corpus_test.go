package verify_test

import (
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// corpusDir finds the conformance cases, which are no part of the project.
func corpusDir(t *testing.T) string {
	dir := os.Getenv("HALLMARK_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(dir, "bundle-verify")); err != nil {
		t.Skipf("no corpus of conformance cases at %s (set HALLMARK_CORPUS)", dir)
	}
	return dir
}

func describe(t *testing.T, path string) *intoto.ResourceDescriptor {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s256, s384, s512 := sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	return &intoto.ResourceDescriptor{Name: filepath.Base(path), Digest: map[string]string{
		"sha256": hex.EncodeToString(s256[:]), "sha384": hex.EncodeToString(s384[:]), "sha512": hex.EncodeToString(s512[:])}}
}

func readKey(t *testing.T, path string) crypto.PublicKey {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func readOr(path, otherwise string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	return strings.TrimSpace(string(data))
}

func TestConformanceCorpus(t *testing.T) {
	corpus := corpusDir(t)
	cases, err := filepath.Glob(filepath.Join(corpus, "bundle-verify", "*", "bundle.sigstore.json"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			rootFile := filepath.Join(dir, "trusted_root.json")
			if _, err := os.Stat(rootFile); err != nil {
				rootFile = filepath.Join(corpus, "public-good.trusted_root.json")
			}
			tr, err := root.NewTrustedRootFromPath(rootFile)
			if err != nil {
				t.Log("root", err)
				if !strings.HasSuffix(name, "_fail") {
					t.Fatal(err)
				}
				return
			}
			artifact := filepath.Join(dir, "artifact")
			if _, err := os.Stat(artifact); err != nil {
				artifact = filepath.Join(corpus, "bundle-verify", "a.txt")
			}
			p := &verify.Policy{}
			if _, err := os.Stat(filepath.Join(dir, "key.pub")); err == nil {
				p.Key = readKey(t, filepath.Join(dir, "key.pub"))
			} else {
				p.Identities = []verify.Identity{{
					Subject: readOr(filepath.Join(dir, "identity"), "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"),
					Issuer:  readOr(filepath.Join(dir, "issuer"), verify.GitHubIssuer)}}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := verify.ParseBundle(data)
			if err == nil {
				v := verify.Verifier{Root: tr}
				var verdict *verify.Verdict
				verdict, err = v.Verify(b, describe(t, artifact), p)
				if err == nil {
					t.Logf("%+v", verdict)
				}
			}
			t.Log(err)
			var r *verify.Rejection
			if fail := strings.HasSuffix(name, "_fail"); fail != (err != nil) {
				t.Errorf("got %v", err)
			} else if err != nil && !errors.As(err, &r) {
				t.Logf("not a rejection: %v", err)
			}
		})
	}
}
