package verify_test

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/verify"
)

// TestVerifyConcurrently wants nothing of the race detector: a bundle about many
// artifacts is verified for several of them at once.
func TestVerifyConcurrently(t *testing.T) {
	virtual := newVirtual(t)
	b, err := verify.ParseBundle(encode(t, virtual.bundle(t, attestation())))
	if err != nil {
		t.Fatal(err)
	}
	v := verify.Verifier{Root: virtual.trusted()}
	var g errgroup.Group
	for range 8 {
		g.Go(func() error {
			verify.Algorithms(b, nil)
			verify.ClaimedSubjects(b)
			verify.Describe(b)
			_, err := v.Verify(b, widget(), release())
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
