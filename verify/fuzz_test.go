package verify_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/hallmark-project/hallmark/verify"
)

// A bundle that is read is read as the reference parser reads it, and again
// from what that writes.
func FuzzParseBundle(f *testing.F) {
	all := goodEvidence(f)
	for _, e := range []evidence{all[0], all[2], all[3]} {
		f.Add(e.bundle)
	}
	f.Add([]byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"tlogEntries":[null]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := verify.ParseBundle(data)
		if err != nil {
			var r *verify.Rejection
			if b != nil || !errors.As(err, &r) {
				t.Fatalf("%v with %v", err, b)
			}
			return
		}
		again, err := verify.ParseBundle(encode(t, b.Bundle))
		if err != nil {
			t.Fatalf("written and read again: %v", err)
		}
		if diff := cmp.Diff(b.Bundle, again.Bundle, protoEqual); diff != "" {
			t.Fatal(diff)
		}
		verify.ClaimedSubjects(b)
		verify.Algorithms(b, nil)
	})
}

// Whatever is made of a good bundle, a yes says what it said of the good one.
func FuzzVerify(f *testing.F) {
	all := virtualEvidence(f, newVirtual(f))
	judges := make([]*mutationJudge, len(all))
	for i, e := range all {
		judges[i] = newJudge(f, &all[i])
		for _, at := range []int{1, 40, 90, 99} {
			f.Add(uint8(i), uint16(len(e.bundle)*at/100), []byte{'A'}, uint8(1))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint16, insert []byte, cut uint8) {
		j := judges[int(which)%len(all)]
		e := j.evidence
		from := int(at) % len(e.bundle)
		to := min(from+int(cut), len(e.bundle))
		mutant := append(append(append([]byte{}, e.bundle[:from]...), insert...), e.bundle[to:]...)
		v, err := e.verify(mutant)
		if (v == nil) == (err == nil) {
			t.Fatalf("verdict %v with error %v", v, err)
		}
		if err != nil {
			return
		}
		same := new(protobundle.Bundle)
		if err := protojson.Unmarshal(mutant, same); err != nil {
			t.Fatalf("accepted, but the reference parser says %v", err)
		}
		if proto.Equal(same, j.original) {
			return
		}
		if !proto.Equal(vouchedFor(same), vouchedFor(j.original)) {
			t.Fatalf("accepted: %s", cmp.Diff(j.original, same, protoEqual))
		}
	})
}

// vouchedFor is a bundle without the places that may change, see mayChange.
func vouchedFor(b *protobundle.Bundle) *protobundle.Bundle {
	b = proto.Clone(b).(*protobundle.Bundle)
	b.MediaType = ""
	for _, s := range b.GetDsseEnvelope().GetSignatures() {
		s.Keyid = ""
	}
	m := b.GetVerificationMaterial()
	if k := m.GetPublicKey(); k != nil {
		k.Hint = ""
	}
	m.TimestampVerificationData = nil
	for _, e := range m.GetTlogEntries() {
		e.InclusionPromise, e.IntegratedTime, e.LogIndex = nil, 0, 0
		if e.InclusionProof.GetCheckpoint() != nil {
			e.InclusionProof.Checkpoint.Envelope = ""
		}
	}
	return b
}
