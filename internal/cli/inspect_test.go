package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/verify"
)

// mustModuleFile reads a file of a module that this one requires.
func mustModuleFile(t testing.TB, module, path string) []byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustCertificate(t testing.TB, change func(*x509.Certificate)) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<31, 0), Subject: pkix.Name{CommonName: "widget"},
		BasicConstraintsValid: true, URIs: []*url.URL{{Scheme: "https", Host: "widget.example"}}}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

const (
	slsaVerifier = "github.com/slsa-framework/slsa-verifier/v2"
	sigstoreGo   = "github.com/sigstore/sigstore-go"
)

// Real material of each kind, and what is none.
func TestInspectFile(t *testing.T) {
	releases := "cli/slsa-verifier/testdata/"
	statement := `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"` + strings.Repeat("a1", 32) +
		`"}}],"predicateType":"https://spdx.dev/Document","predicate":{}}`
	envelope := func(payload, signatures string) []byte {
		return []byte(`{"payloadType":"application/vnd.in-toto+json","payload":"` + payload + `","signatures":` + signatures + `}`)
	}
	payload := base64.StdEncoding.EncodeToString([]byte(statement))
	leaf := mustCertificate(t, func(*x509.Certificate) {})
	authority := mustCertificate(t, func(c *x509.Certificate) { c.IsCA, c.URIs = true, nil })
	quoted, err := json.Marshal(leaf)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		data     []byte
		kind     report.Kind
		identity string
		problem  verify.Check // of the last document
		number   int          // of documents; 0 means one
	}{
		"bundle": {data: mustModuleFile(t, slsaVerifier, releases+"gha_generic/v2.1.0/binary-linux-amd64-push-v14.2.intoto.jsonl"), kind: report.Bundle,
			identity: "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"},
		"bundle v0.1": {data: mustModuleFile(t, sigstoreGo, "pkg/testing/data/bundles/sigstore.js@2.0.0-provenance.sigstore.json"), kind: report.Bundle,
			identity: "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"},
		"bundle of a user name": {data: mustModuleFile(t, sigstoreGo, "pkg/testing/data/bundles/othername.sigstore.json"), kind: report.Bundle,
			identity: "foo!oidc.local"},
		"bundle with a root": {data: mustModuleFile(t, sigstoreGo, "pkg/testing/data/bundles/dsse.sigstore.json"), kind: report.Bundle,
			problem: verify.CheckBundle},
		"envelope with its certificate": {data: mustModuleFile(t, slsaVerifier, releases+"binary-linux-amd64-e2e-builder-repo.intoto.jsonl"), kind: report.Envelope,
			identity: "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/builder_go_slsa3.yml@refs/heads/main"},
		"envelope":               {data: envelope(payload, `[{"keyid":"k","sig":"eA=="}]`), kind: report.Envelope},
		"envelope, PEM":          {data: envelope(payload, `[{"sig":"eA==","cert":`+string(quoted)+`}]`), kind: report.Envelope, identity: "https://widget.example"},
		"envelope, bad PEM":      {data: envelope(payload, `[{"sig":"eA==","cert":"x"}]`), kind: report.Envelope, problem: verify.CheckCertificate},
		"envelope, two signers":  {data: envelope(payload, `[{"sig":"eA=="},{"sig":"eA=="}]`), kind: report.Envelope, problem: verify.CheckBundle},
		"envelope, no signer":    {data: envelope(payload, `[]`), kind: report.Envelope, problem: verify.CheckBundle},
		"envelope, bad payload":  {data: envelope("e", `[{"sig":"eA=="}]`), kind: report.Envelope, problem: verify.CheckBundle},
		"envelope, URL alphabet": {data: envelope(strings.NewReplacer("+", "-", "/", "_").Replace(payload), `[{"sig":"eA=="}]`), kind: report.Envelope},
		"statement":              {data: []byte(statement), kind: report.Statement},
		"statement, no subject":  {data: []byte(`{"_type":"https://in-toto.io/Statement/v1"}`), kind: report.Statement, problem: verify.CheckSubject},
		"trusted root":           {data: mustModuleFile(t, sigstoreGo, "pkg/testing/data/trusted-roots/public-good.json"), kind: report.TrustedRoot},
		"trusted root, damaged": {data: []byte(`{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":3}`), kind: report.TrustedRoot,
			problem: verify.CheckBundle},
		"signing config, damaged": {data: []byte(`{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":3}`), kind: report.SigningConfig,
			problem: verify.CheckBundle},
		"certificate":         {data: []byte(leaf), kind: report.Certificate, identity: "https://widget.example"},
		"certificate chain":   {data: []byte("\n" + leaf + "\n" + authority), kind: report.Certificate, identity: "https://widget.example", number: 2},
		"certificate and key": {data: []byte(leaf + "-----BEGIN PRIVATE KEY-----\n"), kind: report.Certificate, problem: verify.CheckBundle, identity: "https://widget.example", number: 2},
		"too many certificates": {data: []byte(strings.Repeat(leaf, 9)), kind: report.Certificate, problem: verify.CheckLimit,
			identity: "https://widget.example", number: 9},
		"two names": {data: []byte(mustCertificate(t, func(c *x509.Certificate) { c.EmailAddresses = []string{"a@b"} })), kind: report.Certificate,
			problem: verify.CheckCertificate},
		"no certificate": {data: []byte("-----BEGIN CERTIFICATE-----\neA==\n-----END CERTIFICATE-----\n"), kind: report.Certificate, problem: verify.CheckCertificate},
		"huge certificate": {data: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: make([]byte, maxCertificate+1)}), kind: report.Certificate,
			problem: verify.CheckLimit},
		"member of another type": {data: []byte(`{"mediaType":3}`), kind: report.Unknown, problem: verify.CheckBundle},
		"other JSON":             {data: []byte(`{"a":1}`), kind: report.Unknown, problem: verify.CheckBundle},
		"list":                   {data: []byte(`[]`), kind: report.Unknown, problem: verify.CheckBundle},
		"program":                {data: []byte("\x7fELF\x02\x01"), kind: report.Unknown, problem: verify.CheckBundle},
		"too large":              {data: make([]byte, material.MaxFile+1), kind: report.Unknown, problem: verify.CheckLimit},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			documents := inspectFile("FILE", test.data)
			if want := max(test.number, 1); len(documents) != want {
				t.Fatalf("%d documents, want %d", len(documents), want)
			}
			if d := documents[0]; d.Kind != test.kind || d.Says != nil && d.Says.Identity != test.identity || d.Says == nil && test.identity != "" {
				t.Errorf("got %q, %+v; want %q, %q", d.Kind, d.Says, test.kind, test.identity)
			}
			inspection := report.Inspection{Documents: documents[len(documents)-1:]}
			var r *verify.Rejection
			errors.As(inspection.Failed(), &r)
			if got := checkOf(r); got != test.problem {
				t.Errorf("problem %q, want %q: %v", got, test.problem, r)
			}
			var doc bytes.Buffer
			if err := (&report.Inspection{Documents: documents}).JSON(&doc); err != nil {
				t.Fatal(err)
			}
			schematest.Want(t, "inspection.v1", doc.Bytes())
		})
	}
}

func checkOf(r *verify.Rejection) verify.Check {
	if r == nil {
		return ""
	}
	return r.Check
}

// Whatever a file holds is shown or refused; nothing of it reaches the terminal
// as it is.
func FuzzInspect(f *testing.F) {
	f.Add(mustModuleFile(f, slsaVerifier, "cli/slsa-verifier/testdata/gha_generic/v2.1.0/binary-linux-amd64-push-v14.2.intoto.jsonl"))
	f.Add(mustModuleFile(f, slsaVerifier, "cli/slsa-verifier/testdata/binary-linux-amd64-e2e-builder-repo.intoto.jsonl"))
	f.Add(mustModuleFile(f, sigstoreGo, "pkg/testing/data/bundles/public-key-validity.sigstore.json"))
	f.Add(mustModuleFile(f, sigstoreGo, "pkg/testing/data/trusted-roots/public-good.json"))
	f.Add([]byte(mustCertificate(f, func(*x509.Certificate) {})))
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"\u001b","digest":{}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		inspection := report.Inspection{Documents: inspectFile("FILE", data)}
		var text, doc bytes.Buffer
		if err := errors.Join(inspection.Text(&text, report.TextOptions{}), inspection.JSON(&doc)); err != nil {
			t.Fatal(err)
		}
		schematest.Want(t, "inspection.v1", doc.Bytes())
		for line := range strings.SplitSeq(text.String(), "\n") {
			if report.Escape(line) != line {
				t.Errorf("not escaped: %.200q", line)
			}
		}
	})
}
