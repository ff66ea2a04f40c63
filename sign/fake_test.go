package sign

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	"github.com/sigstore/sigstore-go/pkg/root"
	"google.golang.org/protobuf/encoding/protojson"
)

// fake answers as Fulcio, a timestamp authority and a Rekor v2 log would, in
// form: its log proves nothing. What real services take and make is tested with
// the sandbox.
type fake struct {
	t        testing.TB
	url      string
	key      *ecdsa.PrivateKey
	root     *x509.Certificate
	lifetime time.Duration
	now      func() time.Time

	certificates, entries, timestamps atomic.Int32
	// before answers instead where it returns true.
	before func(w http.ResponseWriter, r *http.Request) bool
	// subject replaces the key that is certified.
	subject crypto.PublicKey
	mux     *http.ServeMux
}

// newFake is a fake that listens.
func newFake(t testing.TB, now func() time.Time) *fake {
	t.Helper()
	f := newLocalFake(t, now)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// newLocalFake is reached through its RoundTrip alone: no network, so that the
// time of a test with synctest can pass.
func newLocalFake(t testing.TB, now func() time.Time) *fake {
	t.Helper()
	f := &fake{t: t, lifetime: 10 * time.Minute, now: now, url: "http://fake.test", mux: http.NewServeMux()}
	f.key = newKey(t, elliptic.P256())
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now().Add(-time.Hour), NotAfter: now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning, x509.ExtKeyUsageTimeStamping},
	}
	f.root = f.issue(template, f.key.Public(), template)
	f.mux.HandleFunc("POST /api/v2/signingCert", f.signingCert)
	f.mux.HandleFunc("POST /tsa", f.timestamp)
	f.mux.HandleFunc("POST /api/v2/log/entries", f.entry)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.before == nil || !f.before(w, r) {
		f.mux.ServeHTTP(w, r)
	}
}

func (f *fake) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Result(), nil
}

func newKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (f *fake) issue(template *x509.Certificate, public crypto.PublicKey, parent *x509.Certificate) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, f.key)
	if err != nil {
		f.t.Error(err)
		return nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		f.t.Error(err)
	}
	return cert
}

func (f *fake) signingCert(w http.ResponseWriter, r *http.Request) {
	serial := f.certificates.Add(1)
	var request struct {
		PublicKeyRequest struct {
			PublicKey struct{ Content string } `json:"publicKey"`
		} `json:"publicKeyRequest"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		f.t.Error(err)
	}
	block, _ := pem.Decode([]byte(request.PublicKeyRequest.PublicKey.Content))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		f.t.Error(err)
	}
	if f.subject != nil {
		public = f.subject
	}
	leaf := f.issue(&x509.Certificate{
		SerialNumber: big.NewInt(int64(serial) + 1), NotBefore: f.now(), NotAfter: f.now().Add(f.lifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
	}, public, f.root)
	_ = json.NewEncoder(w).Encode(map[string]any{"signedCertificateEmbeddedSct": map[string]any{"chain": map[string]any{
		"certificates": []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}))},
	}}})
}

func (f *fake) timestamp(w http.ResponseWriter, r *http.Request) {
	f.timestamps.Add(1)
	body, _ := io.ReadAll(r.Body)
	request, err := timestamp.ParseRequest(body)
	if err != nil {
		f.t.Error(err)
	}
	stamp := timestamp.Timestamp{
		HashAlgorithm: request.HashAlgorithm, HashedMessage: request.HashedMessage, Time: f.now(),
		Policy: []int{1, 2, 3}, AddTSACertificate: true,
	}
	response, err := stamp.CreateResponseWithOpts(f.root, f.key, crypto.SHA256)
	if err != nil {
		f.t.Error(err)
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(response)
}

func (f *fake) entry(w http.ResponseWriter, r *http.Request) {
	index := f.entries.Add(1)
	body, _ := io.ReadAll(r.Body)
	request := new(tiles.CreateEntryRequest)
	if err := protojson.Unmarshal(body, request); err != nil {
		f.t.Error(err)
	}
	hashed := request.GetHashedRekordRequestV002()
	canonical, err := protojson.Marshal(&tiles.Entry{
		Kind: "hashedrekord", ApiVersion: "0.0.2",
		Spec: &tiles.Spec{Spec: &tiles.Spec_HashedRekordV002{HashedRekordV002: &tiles.HashedRekordLogEntryV002{
			Signature: hashed.GetSignature(),
			Data:      &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: hashed.GetDigest()},
		}}},
	})
	if err != nil {
		f.t.Error(err)
	}
	logged, err := protojson.Marshal(&rekor.TransparencyLogEntry{
		LogIndex: int64(index), LogId: &common.LogId{KeyId: []byte("log")},
		KindVersion:       &rekor.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		CanonicalizedBody: canonical,
		InclusionProof:    &rekor.InclusionProof{LogIndex: int64(index), TreeSize: int64(index) + 1, RootHash: []byte("root"), Checkpoint: &rekor.Checkpoint{Envelope: "checkpoint"}},
	})
	if err != nil {
		f.t.Error(err)
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(logged)
}

// config names the fake for everything.
func (f *fake) config() *root.SigningConfig {
	f.t.Helper()
	service := func(path string, version uint32) []root.Service {
		return []root.Service{{URL: f.url + path, MajorAPIVersion: version, ValidityPeriodStart: f.now().Add(-time.Hour), Operator: "fake"}}
	}
	any := root.ServiceConfiguration{Selector: trustroot.ServiceSelector_ANY}
	config, err := root.NewSigningConfig(root.SigningConfigMediaType02, service("", 1), nil, service("", 2), any, service("/tsa", 1), any)
	if err != nil {
		f.t.Fatal(err)
	}
	return config
}

func (f *fake) material() root.TrustedMaterial {
	return root.TrustedMaterialCollection{authority{ca: &root.FulcioCertificateAuthority{Root: f.root, ValidityPeriodStart: f.now().Add(-time.Hour)}}}
}

// authority is a trusted root with one certificate authority.
type authority struct {
	root.BaseTrustedMaterial
	ca root.CertificateAuthority
}

func (a authority) FulcioCertificateAuthorities() []root.CertificateAuthority {
	return []root.CertificateAuthority{a.ca}
}
func (a authority) TimestampingAuthorities() []root.TimestampingAuthority { return nil }
func (a authority) RekorLogs() map[string]*root.TransparencyLog           { return nil }
func (a authority) CTLogs() map[string]*root.TransparencyLog              { return nil }
func (a authority) PublicKeyVerifier(string) (root.TimeConstrainedVerifier, error) {
	return nil, io.EOF
}

func (f *fake) signer() *Signer {
	return &Signer{Config: f.config(), Root: f.material(), Now: f.now, Token: func(context.Context) (string, error) { return token, nil }}
}

// token has a subject, which is all that Fulcio's client looks for.
var token = strings.Join([]string{"e30", base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"octo"}`)), "AAAA"}, ".")

func digest(s string) map[string]string {
	sum := sha256.Sum256([]byte(s))
	return map[string]string{"sha256": hexOf(sum[:])}
}
