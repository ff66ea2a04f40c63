package verify_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"google.golang.org/protobuf/proto"

	"github.com/hallmark-project/hallmark/verify"
)

// An attack changes one thing of a good signing, bundle, root, artifact or
// policy, and names the check that must refuse it; "" for what must still be
// accepted, or for a policy that cannot be meant.
type attack struct {
	name      string // begins with the id of the threat
	signing   func(*signing)
	bundle    func(*protobundle.Bundle)
	text      func(string) string // the bundle's JSON
	root      func(*trusted)
	artifact  func(*intoto.ResourceDescriptor)
	policy    func(*verify.Policy)
	want      verify.Check
	badPolicy bool // the policy itself is refused
	verdict   func(*testing.T, *verify.Verdict)
}

// release is the policy of somebody who knows where a release comes from.
func release() *verify.Policy { return &verify.Policy{Repository: "octo/widget", Ref: tagRef} }

func widget() *intoto.ResourceDescriptor {
	return &intoto.ResourceDescriptor{Name: "widget.tar.gz", Digest: digests([]byte(artifact))}
}

// twin checks that the good case, which every attack of a table differs from
// in one thing, is accepted: else an attack might fail for another reason.
func twin(t *testing.T, v *virtual, good func() *signing, policy func() *verify.Policy) {
	t.Helper()
	if _, err := verifyBytes(encode(t, v.bundle(t, good())), v.trusted(), widget(), policy()); err != nil {
		t.Fatalf("the good case is refused: %v", err)
	}
}

// run makes each attack on the good case, through the parser and past it.
func run(t *testing.T, v *virtual, good func() *signing, policy func() *verify.Policy, attacks []attack) {
	t.Helper()
	twin(t, v, good, policy)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			s, tr, art, p := good(), v.trusted(), widget(), policy()
			if a.signing != nil {
				a.signing(s)
			}
			if a.root != nil {
				a.root(tr)
			}
			if a.artifact != nil {
				a.artifact(art)
			}
			if a.policy != nil {
				a.policy(p)
			}
			b := v.bundle(t, s)
			if a.bundle != nil {
				a.bundle(b)
			}
			before := proto.Clone(b)
			if a.text == nil {
				verdict, err := (&verify.Verifier{Root: tr}).Verify(&bundle.Bundle{Bundle: b}, art, p)
				a.judge(t, "a bundle in memory", verdict, err)
			}
			if diff := cmp.Diff(before, b, protoEqual); diff != "" {
				t.Errorf("verifying changed the bundle: %s", diff)
			}
			data := string(encode(t, b))
			if a.text != nil {
				data = a.text(data)
			}
			verdict, err := verifyBytes([]byte(data), tr, art, p)
			a.judge(t, "a bundle in JSON", verdict, err)
			if err == nil && a.verdict != nil {
				a.verdict(t, verdict)
			}
		})
	}
}

var protoEqual = cmp.Comparer(func(a, b proto.Message) bool { return proto.Equal(a, b) })

// judge compares an outcome with the one that the attack must have: a verdict
// or an error and never both, of the right class.
func (a *attack) judge(t *testing.T, what string, v *verify.Verdict, err error) {
	t.Helper()
	if (v == nil) == (err == nil) {
		t.Fatalf("%s: verdict %v with error %v", what, v, err)
	}
	var r *verify.Rejection
	rejected := errors.As(err, &r)
	switch {
	case a.badPolicy:
		if rejected || !errors.Is(err, verify.ErrPolicy) {
			t.Errorf("%s: got %v, want an error of the policy", what, err)
		}
	case a.want == "":
		if err != nil {
			t.Errorf("%s: got %v, want a verdict", what, err)
		}
	case !rejected || errors.Is(err, verify.ErrPolicy):
		t.Errorf("%s: got %v, want a rejection by %s", what, err, a.want)
	case r.Check != a.want:
		t.Errorf("%s: got %v, want a rejection by %s", what, err, a.want)
	}
}

// verifyBytes is the way from a file to the verdict.
func verifyBytes(data []byte, tr root.TrustedMaterial, a *intoto.ResourceDescriptor, p *verify.Policy) (*verify.Verdict, error) {
	b, err := verify.ParseBundle(data)
	if err != nil {
		return nil, err
	}
	return (&verify.Verifier{Root: tr}).Verify(b, a, p)
}
