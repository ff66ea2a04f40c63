package reviewtest_test

import (
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/verify"
)

// What is signed here must hold before the package's own verifier, or tests of
// refusals would pass for the wrong reason.
func TestSignedVerifies(t *testing.T) {
	s := reviewtest.New(t)
	data, at := []byte("widget"), time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)
	job := reviewtest.Release("v1.0.0", "9f2d1c7a64a5e3a3f3a1f7b9c1c0d2e4f6a8b0c2")
	old := job
	old.Old = true
	for name, document := range map[string][]byte{
		"attestation":        s.Attest(job, at, reviewtest.Subjects{"widget": data}),
		"message":            s.Sign(job, at, data),
		"certificate of old": s.Sign(old, time.Date(2022, time.March, 4, 12, 0, 0, 0, time.UTC), data),
	} {
		t.Run(name, func(t *testing.T) {
			b, err := verify.ParseBundle(document)
			if err != nil {
				t.Fatal(err)
			}
			v := &verify.Verifier{Root: s.Root()}
			_, err = v.Verify(b, &intoto.ResourceDescriptor{Name: "widget", Digest: map[string]string{"sha256": reviewtest.SHA256(data)}},
				&verify.Policy{Repository: "octo/widget", Ref: "refs/tags/v1.0.0"})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
