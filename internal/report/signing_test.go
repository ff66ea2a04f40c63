package report

import (
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

// signedBy is a bundle that is there now.
func signedBy(file string, index int64, change func(*verify.Verdict)) Signed {
	d := built(file)
	d.Logs[0].Index = index
	if change != nil {
		change(d)
	}
	return Signed{Name: file, Bundle: file + ".sigstore.json", Verdict: d}
}

// setFact changes what a certificate says.
func setFact(name verify.FactName, value string) func(*verify.Verdict) {
	return func(d *verify.Verdict) {
		for i := range d.Facts {
			if d.Facts[i].Name == name {
				d.Facts[i].Value = value
			}
		}
	}
}

func TestSigningGolden(t *testing.T) {
	kept := signedBy("dist/c", 4, nil)
	kept.Kept = true
	attested := signedBy("multiple.intoto.jsonl", 7, nil)
	attested.Bundle, attested.Artifacts = attested.Name, 3
	image := Signed{Name: "ghcr.io/octo/widget@sha256:" + strings.Repeat("3f", 32), Attached: true, Verdict: built("ghcr.io/octo/widget"),
		Bundle: "ghcr.io/octo/widget@sha256:" + strings.Repeat("9a", 32)}
	again := image
	again.Name, again.Kept = "ghcr.io/octo/widget@sha256:"+strings.Repeat("4e", 32), true
	tests := map[string]*Signing{
		"nothing": {Source: "github-actions"},
		"signed": {Source: "github-actions", Signed: []Signed{signedBy("dist/a", 9, nil), signedBy("dist/b", 5, nil), kept},
			Targets: []string{"dist/a", "dist/b", "dist/c"},
			LeftOut: []LeftOut{{"a.sigstore.json", "bundle of a"}}},
		"attested": {Source: "github-actions", Attestation: true, Signed: []Signed{attested}, Targets: []string{"dist"},
			Trust: []string{"--trusted-root", "my root.json"}},
		"images": {Source: "github-actions", Attestation: true, Signed: []Signed{attested, image, again}, Targets: []string{"dist"}},
		"unlogged": {Source: "cosign.key", PublicKey: "cosign.pub", Targets: []string{"dist/a"},
			Signed: []Signed{{Name: "dist/a", Bundle: "dist/a.sigstore.json", Verdict: byKey("dist/a")}}},
	}
	for name, s := range tests {
		t.Run(name, func(t *testing.T) { wantGolden(t, "signing-"+name, "signing.v1", s) })
	}
}

// TestSigningCommand wants the command that is shown to verify what was signed
// to be one that does.
func TestSigningCommand(t *testing.T) {
	tests := map[string]struct {
		change func(*verify.Verdict)
		want   string
	}{
		"tag":          {nil, "--repo octo/widget --tag v1.4.0 a"},
		"branch":       {setFact(verify.FactRef, "refs/heads/main"), "--repo octo/widget --ref refs/heads/main a"},
		"pull request": {setFact(verify.FactEvent, "pull_request"), "--repo octo/widget --tag v1.4.0 --event pull_request a"},
		"comment":      {setFact(verify.FactEvent, "issue_comment"), "--repo octo/widget --tag v1.4.0 --event issue_comment a"},
		"self-hosted":  {setFact(verify.FactRunner, "self-hosted"), "--repo octo/widget --tag v1.4.0 --allow-self-hosted a"},
		"reusable workflow": {setFact(verify.FactSigner, "https://github.com/octo/widget-builder/.github/workflows/build.yml@refs/tags/v2"),
			"--repo octo/widget --tag v1.4.0 --signer-workflow octo/widget-builder/.github/workflows/build.yml a"},
		"person": {func(d *verify.Verdict) {
			d.Facts = nil
			d.Signer = verify.Signer{Identity: "dev@octo.example", Issuer: "https://accounts.example"}
		}, "--identity dev@octo.example --issuer https://accounts.example a"},
		"key":                             {func(d *verify.Verdict) { d.Signer = verify.Signer{Key: "sha256:00"} }, "hallmark verify --key PUBLIC-KEY-FILE a"},
		"unlogged key":                    {func(d *verify.Verdict) { d.Signer, d.Logs = verify.Signer{Key: "sha256:00"}, nil }, "--key PUBLIC-KEY-FILE --allow-unlogged a"},
		"words that a shell would change": {setFact(verify.FactRef, "refs/tags/$(id) 'x'\n"), `--tag '$(id) '\''x'\''\n' a`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := &Signing{Signed: []Signed{signedBy("a", 1, test.change)}, Targets: []string{"a"}}
			if got := s.commands()[0]; !strings.HasSuffix(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestSigningCommandNamesTheType of a statement that says something else than
// how a thing was built, which a verifier must be told to accept.
func TestSigningCommandNamesTheType(t *testing.T) {
	sbom := signedBy("a", 1, func(d *verify.Verdict) { d.Statement.PredicateType = "https://spdx.dev/Document" })
	s := &Signing{Attestation: true, Signed: []Signed{sbom}, Targets: []string{"a"}}
	if got := s.commands()[0]; !strings.Contains(got, " --predicate-type https://spdx.dev/Document --bundle ") {
		t.Errorf("got %s", got)
	}
}
