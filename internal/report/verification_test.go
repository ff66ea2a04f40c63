package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

var (
	defaultRoot = RootInfo{Source: "embedded, public good", SHA256: strings.Repeat("64", 32), Default: true}
	ownRoot     = RootInfo{Source: "file root.json", SHA256: strings.Repeat("a1", 32)}
	digest      = map[string]string{"sha256": "3f1c" + strings.Repeat("0", 56) + "9ab2"}
	signedAt    = time.Date(2026, time.November, 20, 14, 2, 11, 0, time.UTC)
)

func certificateFact(name verify.FactName, value string) verify.Fact {
	return verify.Fact{Name: name, Value: value, By: verify.ByCertificate}
}

// built is what a workflow of a project's own establishes.
func built(file string) *verify.Verdict {
	const repository = "https://github.com/octo/widget"
	const workflow = repository + "/.github/workflows/release.yml@refs/tags/v1.4.0"
	return &verify.Verdict{
		Artifact: &intoto.ResourceDescriptor{Name: file, Digest: digest},
		Question: verify.ProvenanceQuestion,
		Signer:   verify.Signer{Identity: workflow, Issuer: verify.GitHubIssuer},
		Facts: []verify.Fact{
			certificateFact(verify.FactRepository, repository),
			certificateFact(verify.FactRef, "refs/tags/v1.4.0"),
			certificateFact(verify.FactCommit, "9f2d1c7e9f2d1c7e9f2d1c7e9f2d1c7e9f2d1c7e"),
			certificateFact(verify.FactSigner, workflow),
			certificateFact(verify.FactWorkflow, workflow),
			certificateFact(verify.FactEvent, "push"),
			certificateFact(verify.FactRunner, "github-hosted"),
			certificateFact(verify.FactRun, repository+"/actions/runs/8123456789/attempts/1"),
			{Name: verify.FactBuildType, Value: "https://actions.github.io/buildtypes/workflow/v1", By: verify.SelfAsserted},
		},
		Times: []verify.Time{
			{Time: signedAt, Source: verify.AuthorityTime, URI: "https://timestamp.sigstore.dev/api/v1/timestamp"},
		},
		Logs: []verify.LogEntry{{URI: "https://rekor.sigstore.dev", Index: 598461431, Kind: "dsse/0.0.2", Proof: verify.InclusionProof}},
		Statement: &verify.Statement{PredicateType: "https://slsa.dev/provenance/v1", Subject: file, Subjects: 3,
			Dependencies: 2, Parameters: 3},
		Level:            &verify.Level{Build: 2, Why: "signed in the job that built it; L3 needs a separate signing job"},
		InputsNotChecked: []string{"channel", "dry-run"},
	}
}

// delegated is what a builder signs for that a generator runs, with a timestamp
// of a clock that nobody trusts.
func delegated(file string) *verify.Verdict {
	d := built(file)
	d.Facts = append(d.Facts, verify.Fact{Name: verify.FactBuilder, Value: "https://github.com/octo/builder/.github/workflows/build.yml@refs/tags/v2", By: verify.SelfAsserted})
	d.Uncounted = []error{errors.New("x509: certificate signed by unknown authority")}
	return d
}

// oldBuild is a reusable builder's, with the old extensions alone and a promise.
func oldBuild(file string) *verify.Verdict {
	d := built(file)
	d.Facts = []verify.Fact{
		certificateFact(verify.FactRepository, "https://github.com/octo/widget"),
		certificateFact(verify.FactRef, "refs/heads/main"),
		certificateFact(verify.FactCommit, "9f2d1c7e9f2d1c7e9f2d1c7e9f2d1c7e9f2d1c7e"),
		certificateFact(verify.FactSigner, "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v1.9.0"),
		certificateFact(verify.FactEvent, "push"),
		certificateFact(verify.FactRunner, "unknown"),
		{Name: verify.FactRun, Value: "https://github.com/octo/widget/actions/runs/8123456789/attempts/2", By: verify.SelfAsserted},
		{Name: verify.FactWorkflow, Value: "https://github.com/octo/widget/.github/workflows/release.yml@refs/heads/main", By: verify.SelfAsserted},
	}
	d.Statement.Subject, d.Statement.UnknownFields = "dist/"+file, []string{"extra"}
	d.Statement.Dependencies = 1
	d.Level = &verify.Level{Build: 3, Why: "signed by the trusted builder, apart from the build"}
	d.Times = []verify.Time{{Time: signedAt, Source: verify.LogTime, URI: "https://rekor.sigstore.dev"}}
	d.Logs[0].Proof, d.InputsNotChecked = verify.InclusionPromise, nil
	return d
}

// signed answers the signature question alone.
func signed(file string) *verify.Verdict {
	return &verify.Verdict{
		Artifact: &intoto.ResourceDescriptor{Name: file, Digest: digest},
		Question: verify.SignatureQuestion,
		Signer:   verify.Signer{Identity: "release@widget.example", Issuer: "https://accounts.example"},
		Times: []verify.Time{{Time: signedAt, Source: verify.LogTime, URI: "https://log2025-1.rekor.sigstore.dev"},
			{Time: signedAt.Add(time.Minute), Source: verify.AuthorityTime, URI: "https://tsa.example"}},
		Logs:      []verify.LogEntry{{URI: "https://log2025-1.rekor.sigstore.dev", Index: 7, Kind: "hashedrekord/0.0.2", Proof: verify.InclusionProof}},
		Statement: &verify.Statement{PredicateType: "https://slsa.dev/provenance/v1", Subject: file, Subjects: 1},
		NotBelieved: []verify.Disagreement{{Name: verify.FactRepository, Certificate: "https://github.com/octo/fork",
			Statement: "https://github.com/octo/widget"}},
	}
}

func byKey(file string) *verify.Verdict {
	return &verify.Verdict{
		Artifact: &intoto.ResourceDescriptor{Name: file, Digest: digest},
		Question: verify.SignatureQuestion,
		Signer:   verify.Signer{Key: "sha256:" + strings.Repeat("0f", 32)},
	}
}

var fromBranch = &verify.Rejection{Check: verify.CheckRef, Want: "refs/tags/v1.4.0", Got: "refs/heads/main",
	Why:  "the bundle is genuine, but was made from a branch, not from the tag",
	Hint: "the release may have been rebuilt by hand; ask the project, or accept the branch knowingly with --branch main"}

var notCovered = &verify.Rejection{Check: verify.CheckCoverage, Want: "a bundle that names this file", Got: "2 bundles about other files"}

func TestVerification(t *testing.T) {
	const file = "widget_linux_amd64.tar.gz"
	const bundle = file + ".sigstore.json"
	provenance, signature := verify.ProvenanceQuestion, verify.SignatureQuestion
	tests := map[string]*Verification{
		"verified": {Question: provenance, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: built(file), Bundle: bundle}}},
		"verified-old": {Question: provenance, Root: ownRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: oldBuild(file), Bundle: bundle,
				Refused: []Refusal{{Bundle: "multiple.intoto.jsonl:2", Err: fromBranch}}}},
			LeftOut: []LeftOut{{"SHA256SUMS", "every line matches"}}},
		"signature": {Question: signature, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: signed(file), Bundle: bundle}}},
		"key": {Question: signature, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: byKey(file), Bundle: bundle}}},
		"rejected": {Question: provenance, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Refused: []Refusal{
				{Bundle: bundle, Err: fromBranch},
				{Bundle: "multiple.intoto.jsonl:2", Err: &verify.Rejection{Check: verify.CheckCertificate, Want: "a certificate by an authority of the trusted root",
					Err: errors.Join(errors.New("x509: unknown authority"), errors.New("x509: expired"))}},
			}}}},
		"uncovered": {Question: provenance, Root: defaultRoot, Results: []Result{{Name: file, Digest: digest}}},
		"undecided": {Question: provenance, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Refused: []Refusal{
				{Bundle: bundle, Err: fromBranch}, {Bundle: "attestations API", Err: errors.New("api.github.com: 502 Bad Gateway, 14 tries in 15m")}}}}},
		"several": {Question: provenance, Root: ownRoot,
			Results: []Result{
				{Name: "widget_darwin_arm64.tar.gz", Digest: digest, Verdict: built("widget_darwin_arm64.tar.gz"), Bundle: "multiple.intoto.jsonl:1"},
				{Name: file, Digest: digest, Verdict: oldBuild(file), Bundle: "multiple.intoto.jsonl:2"},
				{Name: "widget_windows_amd64.zip", Digest: digest, Refused: []Refusal{{Err: notCovered}}},
				{Name: "widget.deb", Digest: digest, Refused: []Refusal{{Bundle: "widget.deb.sigstore.json", Err: fromBranch}}},
				{Name: "widget.rpm", Digest: digest, Refused: []Refusal{{Bundle: "widget.rpm.sigstore.json", Err: errors.New("input/output error")}}},
			},
			LeftOut: []LeftOut{{"SHA256SUMS", "every line matches"}}},
		"several-signed": {Question: signature, Root: defaultRoot,
			Results: []Result{
				{Name: "a.txt", Digest: digest, Verdict: signed("a.txt"), Bundle: "a.txt.sigstore.json"},
				{Name: "b.txt", Digest: digest, Verdict: byKey("b.txt"), Bundle: "b.txt.sigstore.json"},
			}},
		"delegated": {Question: provenance, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: delegated(file), Bundle: bundle}}},
		"via": {Question: provenance, Root: defaultRoot,
			Results: []Result{{Name: file, Digest: digest, Verdict: built("SHA256SUMS"), Bundle: "SHA256SUMS.intoto.jsonl", Via: "SHA256SUMS",
				Refused: []Refusal{{Bundle: "OTHER.intoto.jsonl", Via: "OTHER", Err: fromBranch}}}}},
		"several-via": {Question: signature, Root: defaultRoot,
			Results: []Result{
				{Name: "SHA256SUMS", Digest: digest, Verdict: signed("SHA256SUMS"), Bundle: "SHA256SUMS.sig"},
				{Name: "a.txt", Digest: digest, Verdict: signed("SHA256SUMS"), Bundle: "SHA256SUMS.sig", Via: "SHA256SUMS"},
				{Name: "b.txt", Digest: digest, Verdict: byKey("b.txt"), Bundle: "b.txt.sigstore.json"},
				{Name: "c.txt", Digest: digest, Refused: []Refusal{{Bundle: "SHA256SUMS.sig", Via: "SHA256SUMS", Err: fromBranch}}},
			}},
	}
	for name, v := range tests {
		t.Run(name, func(t *testing.T) { wantGolden(t, "verification-"+name, "verification.v1", v) })
	}
}

// Every text in a value may come from an attacker.
func TestHostileVerification(t *testing.T) {
	for i, evil := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			d := built(evil)
			for i := range d.Facts {
				d.Facts[i].Value = evil
			}
			d.Signer = verify.Signer{Identity: evil, Issuer: evil}
			d.Times[0].URI, d.Logs[0].URI, d.Logs[0].Kind = evil, evil, evil
			d.Statement.PredicateType, d.Statement.Subject, d.Statement.UnknownFields = evil, evil+"x", []string{evil}
			d.InputsNotChecked, d.Level.Why = []string{evil}, evil
			d.NotBelieved = []verify.Disagreement{{Name: verify.FactRef, Certificate: evil, Statement: evil}}
			refused := []Refusal{
				{Bundle: evil, Via: evil, Err: &verify.Rejection{Check: verify.CheckRef, Want: evil, Got: evil, Why: evil, Hint: evil, Err: errors.New(evil)}},
				{Bundle: evil, Err: &verify.Rejection{Check: verify.CheckRef, Got: evil, Why: evil}},
				{Bundle: evil, Err: errors.New(evil)},
			}
			d.Uncounted = []error{errors.New(evil)}
			d.Facts = append(d.Facts, verify.Fact{Name: verify.FactBuilder, Value: evil, By: verify.SelfAsserted})
			results := []Result{{Name: evil, Digest: map[string]string{"sha512": evil}, Verdict: d, Bundle: evil, Via: evil, Refused: refused},
				{Name: evil, Refused: refused}}
			for n := 1; n <= len(results); n++ {
				v := Verification{Results: results[:n], LeftOut: []LeftOut{{evil, evil}}, Root: RootInfo{Source: evil, SHA256: evil}}
				var text, doc bytes.Buffer
				if err := errors.Join(v.Text(&text, TextOptions{Width: 40}), v.JSON(&doc)); err != nil {
					t.Fatal(err)
				}
				wantHarmless(t, text.String())
				wantHarmless(t, doc.String())
				if text.Len() > 64<<10 {
					t.Errorf("%d bytes of text", text.Len())
				}
			}
		})
	}
}

func TestFailed(t *testing.T) {
	weather := errors.New("502 Bad Gateway")
	yes := Result{Name: "a", Verdict: byKey("a")}
	tests := map[string]struct {
		results []Result
		want    []error // all that the error wraps
		not     []error
	}{
		"no targets":          {nil, []error{&verify.Rejection{Check: verify.CheckCoverage}}, nil},
		"all verified":        {[]Result{yes, yes}, nil, nil},
		"a refusal beside":    {[]Result{{Verdict: yes.Verdict, Refused: []Refusal{{Bundle: "x", Err: fromBranch}}}}, nil, nil},
		"zero result":         {[]Result{{}}, []error{&verify.Rejection{Check: verify.CheckCoverage}}, nil},
		"rejected":            {[]Result{yes, {Refused: []Refusal{{Bundle: "x", Err: fromBranch}}}}, []error{fromBranch}, nil},
		"undecided":           {[]Result{{Refused: []Refusal{{Bundle: "x", Err: fromBranch}, {Bundle: "y", Err: weather}}}}, []error{weather}, []error{fromBranch}},
		"rejected, undecided": {[]Result{{Refused: []Refusal{{Bundle: "x", Err: fromBranch}}}, {Refused: []Refusal{{Bundle: "y", Err: weather}}}}, []error{weather, fromBranch}, nil},
		"cancelled":           {[]Result{{Refused: []Refusal{{Bundle: "y", Err: context.Canceled}}}}, []error{context.Canceled}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := Verification{Results: test.results}
			err := v.Failed()
			if (err != nil) != (len(test.want) > 0) {
				t.Fatalf("got %v", err)
			}
			for _, want := range test.want {
				if !wraps(err, want) {
					t.Errorf("%v does not wrap %v", err, want)
				}
			}
			for _, not := range test.not {
				if wraps(err, not) {
					t.Errorf("%v wraps %v", err, not)
				}
			}
		})
	}
}

// wraps compares rejections that the caller did not make by their check.
func wraps(err, target error) bool {
	var want, got *verify.Rejection
	if errors.As(target, &want) && want.Want == "" {
		return errors.As(err, &got) && got.Check == want.Check
	}
	return errors.Is(err, target)
}

func TestColourSaysNothingAlone(t *testing.T) {
	v := Verification{Results: []Result{{Name: "a", Verdict: byKey("a")}, {Name: "bb"}}, LeftOut: []LeftOut{{"c", "x"}}}
	var plain, coloured bytes.Buffer
	if err := errors.Join(v.Text(&plain, TextOptions{}), v.Text(&coloured, TextOptions{Color: true})); err != nil {
		t.Fatal(err)
	}
	stripped := strings.NewReplacer("\x1b[32m", "", "\x1b[31m", "", "\x1b[0m", "").Replace(coloured.String())
	if stripped != plain.String() || stripped == coloured.String() {
		t.Errorf("plain:\n%s\ncoloured:\n%q", plain.String(), coloured.String())
	}
}
