package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// Everything in the virtual Sigstore happens around these moments.
var (
	epoch    = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	issuedAt = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)
	signedAt = issuedAt.Add(time.Minute)
	horizon  = time.Date(2036, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// A virtual is a Sigstore in memory whose parts a test holds in its hands: an
// authority, two logs (of Rekor v1 and v2), a timestamp authority and a
// certificate log. sigstore-go's own one can neither sign what a test wants
// nor be placed at a time.
type virtual struct {
	ca      authority
	stampCA authority // issues
	tsa     authority // the timestamp authority itself
	v1      virtualLog
	v2      virtualLog
	ct      virtualLog
	keys    map[string]crypto.Signer
}

// An authority issues certificates below a root and an intermediate.
type authority struct {
	root, intermediate *x509.Certificate
	leaf               *x509.Certificate // a timestamp authority's own
	key                crypto.Signer     // the intermediate's, or that of the leaf
}

func newVirtual(t testing.TB) *virtual {
	t.Helper()
	v := &virtual{
		ca:      newAuthority(t, "sigstore", x509.ExtKeyUsageCodeSigning),
		stampCA: newAuthority(t, "sigstore-tsa", x509.ExtKeyUsageTimeStamping),
		v1:      newVirtualLog(t, "https://rekor.example"),
		v2:      newVirtualLog(t, "https://log2026-1.rekor.example"),
		ct:      newVirtualLog(t, "https://ctfe.example"),
		keys:    make(map[string]crypto.Signer),
	}
	v.tsa = withStampLeaf(t, v.stampCA, "sigstore-tsa leaf", timeStamping(t))
	return v
}

func newAuthority(t testing.TB, name string, usage x509.ExtKeyUsage) authority {
	t.Helper()
	rootKey, key := mustKey(t, elliptic.P256()), mustKey(t, elliptic.P256())
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"sigstore.example"}},
			NotBefore: epoch, NotAfter: horizon, KeyUsage: x509.KeyUsageCertSign,
			BasicConstraintsValid: true, IsCA: true,
		}
	}
	rootCert := mustIssue(t, template(name), nil, rootKey.Public(), rootKey)
	below := template(name + "-intermediate")
	below.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	return authority{root: rootCert, intermediate: mustIssue(t, below, rootCert, key.Public(), rootKey), key: key}
}

// withStampLeaf makes an authority of timestamps below another.
func withStampLeaf(t testing.TB, a authority, name string, purpose pkix.Extension) authority {
	t.Helper()
	key := mustKey(t, elliptic.P256())
	a.leaf = mustIssue(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: epoch, NotAfter: horizon, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{purpose},
	}, a.intermediate, key.Public(), a.key)
	a.key = key
	return a
}

// timeStamping is the one purpose of a leaf, critical, as RFC 3161 section 2.3
// wants it.
func timeStamping(t testing.TB) pkix.Extension {
	t.Helper()
	return pkix.Extension{Id: oidExtKeyUsage, Critical: true, Value: mustDER(t, []asn1.ObjectIdentifier{oidTimeStamping})}
}

// trusted is the trust in a virtual Sigstore. Tests cut and bend it.
type trusted struct {
	root.BaseTrustedMaterial
	cas   []root.CertificateAuthority
	tsas  []root.TimestampingAuthority
	rekor map[string]*root.TransparencyLog
	ct    map[string]*root.TransparencyLog
}

func (tr *trusted) FulcioCertificateAuthorities() []root.CertificateAuthority { return tr.cas }
func (tr *trusted) TimestampingAuthorities() []root.TimestampingAuthority     { return tr.tsas }
func (tr *trusted) RekorLogs() map[string]*root.TransparencyLog               { return tr.rekor }
func (tr *trusted) CTLogs() map[string]*root.TransparencyLog                  { return tr.ct }

func (v *virtual) trusted() *trusted {
	return &trusted{
		cas: []root.CertificateAuthority{&root.FulcioCertificateAuthority{URI: "https://fulcio.example",
			Root: v.ca.root, Intermediates: []*x509.Certificate{v.ca.intermediate}, ValidityPeriodStart: epoch}},
		tsas: []root.TimestampingAuthority{&root.SigstoreTimestampingAuthority{URI: "https://tsa.example",
			Root: v.tsa.root, Intermediates: []*x509.Certificate{v.tsa.intermediate}, Leaf: v.tsa.leaf, ValidityPeriodStart: epoch}},
		rekor: map[string]*root.TransparencyLog{v.v1.hexID(): v.v1.trusted(), v.v2.hexID(): v.v2.trusted()},
		ct:    map[string]*root.TransparencyLog{v.ct.hexID(): v.ct.trusted()},
	}
}

// file returns the same trust as a trusted root that can be written.
func (tr *trusted) file(t testing.TB) *root.TrustedRoot {
	t.Helper()
	r, err := root.NewTrustedRoot(root.TrustedRootMediaType01, tr.cas, tr.ct, tr.tsas, tr.rekor)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// key returns a signing key of the kind, made once.
func (v *virtual) key(t testing.TB, kind string) crypto.Signer {
	t.Helper()
	if k := v.keys[kind]; k != nil {
		return k
	}
	var k crypto.Signer
	var err error
	switch kind {
	case "P-224":
		k = mustKey(t, elliptic.P224())
	case "P-256", "another P-256":
		k = mustKey(t, elliptic.P256())
	case "P-384":
		k = mustKey(t, elliptic.P384())
	case "P-521":
		k = mustKey(t, elliptic.P521())
	case "Ed25519":
		_, k, err = ed25519.GenerateKey(rand.Reader)
	case "RSA 2048":
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		t.Fatalf("no key of kind %q", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	v.keys[kind] = k
	return k
}

// signWith signs as Sigstore's clients do with each kind of key: by its own
// hash, Ed25519 over an envelope pure and over a message prehashed.
func signWith(t testing.TB, key crypto.Signer, message []byte, envelope bool) []byte {
	t.Helper()
	hash := hashOf(key.Public())
	data, opts := digestBy(hash, message), crypto.SignerOpts(hash)
	if _, ok := key.(ed25519.PrivateKey); ok && envelope {
		data, opts = message, crypto.Hash(0)
	}
	return mustSign(t, key, data, opts)
}

func mustSign(t testing.TB, key crypto.Signer, data []byte, opts crypto.SignerOpts) []byte {
	t.Helper()
	sig, err := key.Sign(rand.Reader, data, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func hashOf(key crypto.PublicKey) crypto.Hash {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P384():
			return crypto.SHA384
		case elliptic.P521():
			return crypto.SHA512
		}
	case ed25519.PublicKey:
		return crypto.SHA512
	}
	return crypto.SHA256
}

func digestBy(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}

func mustKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func mustIssue(t testing.TB, template, parent *x509.Certificate, key crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, by)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func mustPKIX(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// digests describes bytes as a caller of Verify does.
func digests(data []byte) map[string]string {
	s256, s384, s512 := sha256.Sum256(data), sha512.Sum384(data), sha512.Sum512(data)
	return map[string]string{"sha256": hex.EncodeToString(s256[:]), "sha384": hex.EncodeToString(s384[:]), "sha512": hex.EncodeToString(s512[:])}
}
