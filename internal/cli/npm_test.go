package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hallmark-project/hallmark/verify"
)

// An npm document is what the registry, or whoever stands in for it, answers:
// each case changes one thing about a real one, signatures left as they are.
//
// GHSA-r2xv-vpr2-42m9.
func TestNPMDocuments(t *testing.T) {
	const name = "cli/slsa-verifier/testdata/npm/gha/supreme-googles-cli-v02-tag.tgz"
	const hint = "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA"
	var real struct {
		Attestations []jsontext.Value `json:"attestations"`
	}
	if err := json.Unmarshal(mustModuleFile(t, slsaVerifier, name+".json"), &real); err != nil {
		t.Fatal(err)
	}
	publication, provenance := string(real.Attestations[0]), string(real.Attestations[1])
	var another struct {
		Attestations []jsontext.Value `json:"attestations"`
	}
	if err := json.Unmarshal(mustModuleFile(t, slsaVerifier, "cli/slsa-verifier/testdata/npm/gha/gundam-visor-cli-v1-tag.tgz.json"), &another); err != nil {
		t.Fatal(err)
	}
	tarball := filepath.Join(t.TempDir(), "supreme-goggles.tgz")
	if err := os.WriteFile(tarball, mustModuleFile(t, slsaVerifier, name), 0o600); err != nil {
		t.Fatal(err)
	}
	const spec = "@trishankatdatadog/supreme-goggles@1.0.5"
	for _, tt := range []struct {
		name, spec   string
		attestations []string
		want         verify.Check
	}{
		{"both", spec, []string{publication, provenance}, ""},
		{"in the other order", spec, []string{provenance, publication}, ""},
		{"no publication", spec, []string{provenance}, verify.CheckCoverage},
		{"no provenance", spec, []string{publication}, verify.CheckCoverage},
		{"two publications", spec, []string{publication, publication, provenance}, verify.CheckCoverage},
		{"the publication of another package", spec, []string{string(another.Attestations[0]), provenance}, verify.CheckSubject},
		{"a key that the registry does not have", spec, []string{strings.ReplaceAll(publication, hint, "SHA256:x"), provenance}, verify.CheckIdentity},
		{"a label that lies", spec, []string{strings.Replace(publication, `publish/v0.1"`, `publish/v0.2"`, 1), provenance}, verify.CheckCoverage},
		{"a publication of another kind", spec, []string{strings.Replace(provenance, "x509CertificateChain", "publicKey", 1), provenance}, verify.CheckCoverage},
		{"another version", "@trishankatdatadog/supreme-goggles@1.0.50", []string{publication, provenance}, verify.CheckSubject},
		{"without the scope", "supreme-goggles@1.0.5", []string{publication, provenance}, verify.CheckSubject},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document := filepath.Join(t.TempDir(), "attestations.json")
			text := `{"attestations":[` + strings.Join(tt.attestations, ",") + `]}`
			if err := os.WriteFile(document, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := runMain(t, "verify", "--offline", "--format", "json", "--repo", "trishankatdatadog/supreme-goggles",
				"--npm-attestations", document, "--package", tt.spec, tarball)
			if tt.want == "" {
				if code != exitDone {
					t.Errorf("exit %d: %s%s", code, stdout, stderr)
				}
				return
			}
			if code != exitRefused || !strings.Contains(stdout, `"check": "`+string(tt.want)+`"`) || strings.Contains(stdout, `"status": "verified"`) {
				t.Errorf("exit %d, want check %s: %s%s", code, tt.want, stdout, stderr)
			}
		})
	}
}
