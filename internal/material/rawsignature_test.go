package material

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/sigstore/sigstore-go/pkg/root"

	"github.com/hallmark-project/hallmark/verify"
)

// rawEnvelope is what an ECDSA key signs and writes as two numbers.
func rawEnvelope(t *testing.T, key *ecdsa.PrivateKey, hash crypto.Hash, payload string) string {
	t.Helper()
	h := hash.New()
	h.Write(dsse.PAE("application/vnd.in-toto+json", []byte(payload)))
	r, s, err := ecdsa.Sign(rand.Reader, key, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	size := (key.Params().BitSize + 7) / 8
	raw := append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	return fmt.Sprintf(`{"payloadType":"application/vnd.in-toto+json","payload":%q,"signatures":[{"sig":%q}]}`, encodeBase64([]byte(payload)), encodeBase64(raw))
}

func TestSignedBy(t *testing.T) {
	artifact := &intoto.ResourceDescriptor{Name: "a", Digest: map[string]string{"sha256": fmt.Sprintf("%064x", 7)}}
	payload := fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"%064x"}}],"predicateType":"urn:x","predicate":{}}`, 7)
	for _, tt := range []struct {
		name  string
		curve elliptic.Curve
		hash  crypto.Hash
	}{{"P-256", elliptic.P256(), crypto.SHA256}, {"P-384", elliptic.P384(), crypto.SHA384}, {"P-521", elliptic.P521(), crypto.SHA512}} {
		t.Run(tt.name, func(t *testing.T) {
			key, err := ecdsa.GenerateKey(tt.curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			other, err := ecdsa.GenerateKey(tt.curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			f := Read("f", []byte(rawEnvelope(t, key, tt.hash, payload)))[0]
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			before := f.Bundle.GetDsseEnvelope().GetSignatures()[0].GetSig()
			v := &verify.Verifier{Root: &root.BaseTrustedMaterial{}}
			policy := func(key *ecdsa.PrivateKey) *verify.Policy {
				return &verify.Policy{Key: key.Public(), PredicateTypes: []string{"urn:x"}, AllowUnlogged: true}
			}
			if _, err := v.Verify(f.Bundle, artifact, policy(key)); err == nil {
				t.Error("a raw signature passes unconverted")
			}
			converted := f.SignedBy(key.Public())
			if _, err := v.Verify(converted.Bundle, artifact, policy(key)); err != nil {
				t.Error(err)
			}
			if _, err := v.Verify(f.SignedBy(other.Public()).Bundle, artifact, policy(other)); err == nil {
				t.Error("another key's signature passes")
			}
			if string(before) != string(f.Bundle.GetDsseEnvelope().GetSignatures()[0].GetSig()) {
				t.Error("what was found is changed")
			}
			if again := converted.SignedBy(key.Public()); again.Bundle != converted.Bundle {
				t.Error("DER is converted again")
			}
		})
	}
}

func TestSignedByLeavesAlone(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw := Read("f", []byte(rawEnvelope(t, key, crypto.SHA256, "{}")))[0]
	longer, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der := &key.PublicKey
	for _, tt := range []struct {
		name string
		f    Found
		key  crypto.PublicKey
	}{
		{"no key", raw, nil},
		{"a key of another kind", raw, ed25519.PublicKey(make([]byte, ed25519.PublicKeySize))},
		{"a longer curve", raw, &longer.PublicKey},
		{"another form", Found{Form: SigstoreBundle, Bundle: raw.Bundle}, der},
		{"nothing", Found{Form: BareEnvelope}, der},
	} {
		if got := tt.f.SignedBy(tt.key); got.Bundle != tt.f.Bundle {
			t.Errorf("%s: converted", tt.name)
		}
	}
}
