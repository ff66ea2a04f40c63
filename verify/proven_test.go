package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"google.golang.org/protobuf/testing/protocmp"
)

// What was proven for one artifact must not be lent to a policy that wants
// more, nor to a bundle that was changed since.
func TestProvenOnce(t *testing.T) {
	trusted, err := root.NewTrustedRootFromPath("testdata/example/trusted_root.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/example/bundle.sigstore.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("the bytes of widget.tar.gz"))
	artifact := &intoto.ResourceDescriptor{Name: "widget.tar.gz", Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])}}
	p := &Policy{Repository: "octo/widget"}
	v := &Verifier{Root: trusted}
	made, err := v.proveAnew(b, artifact, p)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := exactly(b, p)
	if !ok {
		t.Fatal("no key")
	}
	v.proven.put(key, made)

	got, err := v.Verify(b, artifact, p)
	if err != nil {
		t.Fatal(err)
	}
	want, err := (&Verifier{Root: trusted}).Verify(b, artifact, p)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	for name, change := range map[string]func(p *Policy){
		"another repository": func(p *Policy) { p.Repository = "octo/other" },
		"a signature":        func(p *Policy) { p.Require = RequireSignature },
		"another ref":        func(p *Policy) { p.Ref = "refs/tags/v1" },
		"another signer":     func(p *Policy) { p.Identities = []Identity{{Subject: "a@b.example", Issuer: "https://issuer.example"}} },
	} {
		changed := *p
		change(&changed)
		var r *Rejection
		if _, err := v.Verify(b, artifact, &changed); !errors.As(err, &r) {
			t.Errorf("%s: got %v, want a rejection", name, err)
		}
	}
	b.GetDsseEnvelope().GetSignatures()[0].Sig[8] ^= 1
	if _, err := v.Verify(b, artifact, p); err == nil {
		t.Error("a bundle with another signature was taken for the one that was proven")
	}
}
