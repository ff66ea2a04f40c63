package verify_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"google.golang.org/protobuf/proto"

	"github.com/hallmark-project/hallmark/verify"
)

// published is a bundle that slsa-github-generator made for a release, as it
// stands among slsa-verifier's own test data.
func published(t testing.TB) *bundle.Bundle {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/slsa-framework/slsa-verifier/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)),
		"cli/slsa-verifier/testdata/gha_generic/v2.1.0/binary-linux-amd64-push-v14.2.intoto.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := verify.ParseBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDescribe(t *testing.T) {
	const builder = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0"
	d := verify.Describe(published(t))
	if len(d.Problems) > 0 {
		t.Fatal(d.Problems)
	}
	got := map[string]string{
		"version": d.Version, "identity": d.Identity, "issuer": d.Issuer, "payload": d.PayloadType,
		"type": d.Statement.Type, "predicate": d.Statement.PredicateType, "subject": d.Subjects[0].GetName(),
		"log": d.Entries[0].Origin, "kind": d.Entries[0].Kind, "time": d.Entries[0].Time.Format(time.DateOnly),
	}
	for _, f := range append(d.Facts, d.Statement.Claims...) {
		switch f.Name {
		case verify.FactRef, verify.FactBuilder, verify.FactBuildType, verify.FactWorkflowName:
			got[string(f.Name)+" by "+string(f.By)] = f.Value
		}
	}
	want := map[string]string{
		"version": "v0.3", "identity": builder, "issuer": verify.GitHubIssuer, "payload": "application/vnd.in-toto+json",
		"type": "https://in-toto.io/Statement/v0.1", "predicate": "https://slsa.dev/provenance/v0.2",
		"subject": "gha_generic-binary-linux-amd64-v14.2",
		"log":     "rekor.sigstore.dev - 1193050959916656506", "kind": "dsse/0.0.1", "time": "2025-02-25",
		"ref by certificate": "refs/tags/v14.2", "ref by self-asserted": "refs/tags/v14.2",
		"builder by self-asserted": builder, "build-type by self-asserted": "https://github.com/slsa-framework/slsa-github-generator/generic@v1",
		"workflow-name by certificate": ".github/workflows/verifier-e2e.all.workflow_dispatch.main.all.slsa3.yml",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !d.Entries[0].Proof || !d.Entries[0].Promise || len(d.Statement.Contradicts) > 0 {
		t.Errorf("got %+v, contradicts %v", d.Entries[0], d.Statement.Contradicts)
	}
}

// What cannot be read is a problem with the right name, and hides nothing else.
func TestDescribeDamaged(t *testing.T) {
	tests := map[string]struct {
		damage func(*protobundle.Bundle)
		want   []verify.Check
	}{
		"nothing wrong": {func(*protobundle.Bundle) {}, nil},
		"certificate": {func(b *protobundle.Bundle) { b.GetVerificationMaterial().GetCertificate().RawBytes = []byte("x") },
			[]verify.Check{verify.CheckBundle}},
		"statement": {func(b *protobundle.Bundle) { b.GetDsseEnvelope().Payload = []byte(`{"_type":"x","_type":"y"}`) },
			[]verify.Check{verify.CheckPredicate}},
		"payload type": {func(b *protobundle.Bundle) { b.GetDsseEnvelope().PayloadType = "text/plain" }, nil},
		"log entry without a body": {func(b *protobundle.Bundle) { b.GetVerificationMaterial().GetTlogEntries()[0].CanonicalizedBody = nil },
			nil},
		"time beyond all times": {func(b *protobundle.Bundle) { b.GetVerificationMaterial().GetTlogEntries()[0].IntegratedTime = 1 << 62 },
			nil},
		"no material": {func(b *protobundle.Bundle) { b.VerificationMaterial = nil }, []verify.Check{verify.CheckBundle}},
		"nothing":     {func(b *protobundle.Bundle) { proto.Reset(b) }, []verify.Check{verify.CheckBundle}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := published(t)
			test.damage(b.Bundle)
			var got []verify.Check
			for _, problem := range verify.Describe(b).Problems {
				var r *verify.Rejection
				if !errors.As(problem, &r) {
					t.Fatalf("%v is no rejection", problem)
				}
				got = append(got, r.Check)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if d := verify.Describe(nil); len(d.Problems) != 1 {
		t.Errorf("no bundle: got %v", d.Problems)
	}
}

// A statement that was written for another build is shown against the
// certificate that it comes with.
func TestDescribeContradiction(t *testing.T) {
	b := published(t)
	payload := strings.ReplaceAll(string(b.GetDsseEnvelope().GetPayload()), "refs/tags/v14.2", "refs/tags/v15.0")
	b.GetDsseEnvelope().Payload = []byte(payload)
	d := verify.Describe(b)
	if d.Statement == nil || len(d.Statement.Contradicts) == 0 {
		t.Fatalf("no contradiction in %+v", d.Statement)
	}
	got := d.Statement.Contradicts[0]
	if want := (verify.Disagreement{Name: verify.FactRef, Certificate: "refs/tags/v14.2", Statement: "refs/tags/v15.0"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
