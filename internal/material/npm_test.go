package material

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

func TestRealNPMAttestations(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(mustTestdata(t), "npm", "gha", "*.tgz.json"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		found, err := ReadFile(path)
		if err != nil || len(found) != 2 {
			t.Errorf("%s: %v %v", path, found, err)
			continue
		}
		for _, f := range found {
			if f.Err != nil || f.Form != NPMAttestation {
				t.Errorf("%s: form %q, %v", f.Name, f.Form, f.Err)
				continue
			}
			if d := verify.Describe(f.Bundle); len(d.Problems) > 0 || len(d.Subjects) != 1 || len(d.Entries) != 1 {
				t.Errorf("%s: %+v", f.Name, d)
			}
		}
	}
}

func TestNPMDocument(t *testing.T) {
	real := string(mustRealBundle(t, npmPackage+".json"))
	for _, tt := range []struct{ name, text, want string }{
		{"no attestations", `{"attestations":[]}`, "an empty list"},
		{"too many", `{"attestations":[` + strings.Repeat(`{},`, maxAttestations) + `{}]}`, "limit"},
		{"no list", `{"attestations":{}}`, "no readable npm attestation"},
		{"a member that nobody knows", `{"attestations":[],"more":1}`, "unknown"},
		{"no bundle", `{"attestations":[{"predicateType":"x"}]}`, "no readable"},
		{"null for a bundle", `{"attestations":[{"predicateType":"x","bundle":null}]}`, "no readable"},
		{"a label that lies", strings.ReplaceAll(real, `"predicateType":"https://slsa.dev/provenance/v0.2"`, `"predicateType":"https://slsa.dev/provenance/v1"`), "as the document says"},
	} {
		var refused []string
		for _, f := range Read("f", []byte(tt.text)) {
			if f.Err != nil {
				refused = append(refused, f.Err.Error())
			}
		}
		if !strings.Contains(strings.Join(refused, "\n"), tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, refused, tt.want)
		}
	}
}
