package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
	"github.com/hallmark-project/hallmark/workflow"
)

// commands are the lines of a guide's blocks, without those that set variables.
func commands(markdown string) []string {
	var all []string
	inside := false
	for line := range strings.Lines(strings.ReplaceAll(markdown, " \\\n  ", " ")) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```sh"
		case inside && strings.Contains(line, " "):
			all = append(all, line)
		}
	}
	return all
}

func TestGuide(t *testing.T) {
	const signer = "hallmark-project/hallmark/.github/workflows/hallmark.yml"
	sha := strings.Repeat("4ca1", 10)
	tests := map[string]struct {
		guide Guide
		want  []string
	}{
		"the job signs": {
			Guide{Policy: &verify.Policy{Repository: "octo/widget", SignerWorkflow: "octo/widget/.github/workflows/r.yml", Level: 2},
				Path: "policy.yml", Signer: "octo/widget/.github/workflows/r.yml", Releases: true},
			[]string{
				`hallmark verify --signer-workflow octo/widget/.github/workflows/r.yml --slsa-level 2 "octo/widget@$TAG"`,
				`hallmark verify --repo octo/widget --tag "$TAG" --signer-workflow octo/widget/.github/workflows/r.yml --slsa-level 2 "$FILE"`,
				`hallmark verify --policy policy.yml --tag "$TAG" "$FILE"`,
				`cosign verify-blob --bundle "$FILE.sigstore.json" --certificate-identity "https://github.com/octo/widget/.github/workflows/r.yml@refs/tags/$TAG" ` +
					`--certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-github-workflow-repository octo/widget "$FILE"`,
				`gh attestation verify --repo octo/widget --signer-workflow octo/widget/.github/workflows/r.yml --bundle multiple.intoto.jsonl "$FILE"`,
			},
		},
		"hallmark's workflow signs": {
			Guide{Policy: &verify.Policy{Repository: "octo/widget", SignerWorkflow: signer, SignerDigest: sha, Level: 3},
				Path: "policy.yml", Signer: signer, Ref: sha, Releases: true},
			[]string{
				`hallmark verify --signer-workflow ` + signer + ` --signer-digest ` + sha + ` --slsa-level 3 "octo/widget@$TAG"`,
				`hallmark verify --repo octo/widget --tag "$TAG" --signer-workflow ` + signer + ` --signer-digest ` + sha + ` --slsa-level 3 "$FILE"`,
				`hallmark verify --policy policy.yml --tag "$TAG" "$FILE"`,
				`cosign verify-blob --bundle "$FILE.sigstore.json" --certificate-identity "https://github.com/` + signer + `@` + sha + `" ` +
					`--certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-github-workflow-repository octo/widget "$FILE"`,
				`gh attestation verify --repo octo/widget --signer-workflow ` + signer + ` --bundle multiple.intoto.jsonl "$FILE"`,
			},
		},
		"packages and images": {
			Guide{Policy: &verify.Policy{Repository: "octo/widget", Level: 2}, Stored: true, Images: true},
			[]string{
				`hallmark verify --repo octo/widget --tag "$TAG" --slsa-level 2 --from-github "$FILE"`,
				`gh attestation verify --repo octo/widget "$FILE"`,
				`hallmark verify --repo octo/widget --tag "$TAG" --slsa-level 2 "oci://$IMAGE"`,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := tt.guide.Markdown()
			if diff := cmp.Diff(tt.want, commands(text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !IsGuide([]byte(text)) {
				t.Error("it is not known as one made here")
			}
		})
	}
}

// TestInsights: each attestation is looked for where it is.
func TestInsights(t *testing.T) {
	const releases, stored, image = "https://github.com/octo/widget/releases", "https://github.com/octo/widget/attestations", "https://REGISTRY/NAME"
	tests := map[string]struct {
		guide             Guide
		points, locations []string
	}{
		"releases": {Guide{Releases: true}, []string{releases}, []string{releases}},
		"a package": {Guide{Stored: true, Registries: []workflow.Kind{workflow.NPM}},
			[]string{"https://www.npmjs.com/package/NAME"}, []string{stored}},
		"an image": {Guide{Images: true, Registries: []workflow.Kind{workflow.Container}}, []string{image}, []string{image}},
		"all": {Guide{Releases: true, Stored: true, Images: true, Registries: []workflow.Kind{workflow.PyPI, workflow.Container}},
			[]string{releases, "https://pypi.org/project/NAME", image}, []string{releases, stored, image}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.guide.Policy = &verify.Policy{Repository: "octo/widget"}
			var points, locations []string
			for line := range strings.Lines(tt.guide.Insights()) {
				line = strings.TrimSpace(line)
				if uri, ok := strings.CutPrefix(line, "- uri: "); ok {
					points = append(points, uri)
				}
				if location, ok := strings.CutPrefix(line, "location: "); ok {
					locations = append(locations, location)
				}
			}
			if diff := cmp.Diff([][]string{tt.points, tt.locations}, [][]string{points, locations}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAdoptionText: names of files are the project's, and cannot speak for
// hallmark.
func TestAdoptionText(t *testing.T) {
	a := &Adoption{
		Files: []AdoptedFile{{Path: ".github/workflows/a\n+++ b/x.yml", Before: []byte("a: 1\n"), After: []byte("a: 1\nb: 2\n")}},
		Left:  []Place{{Path: "evil\x1b[31m.yml", Line: 3, Column: 4, Text: "job \u202ex is odd"}},
		Todo:  []Place{{Text: "protect the tags"}, {Path: "VERIFY.md", Text: "it is there"}},
	}
	var b bytes.Buffer
	if err := a.Text(&b, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if strings.ContainsAny(text, "\x1b\u202e") || strings.Count(text, "\n+++ ") != 1 {
		t.Errorf("not escaped:\n%s", text)
	}
	for _, want := range []string{"@@ -1,1 +1,2 @@\n a: 1\n+b: 2\n", ":3:4  job ", "left alone\n", "  *  protect the tags\n", "  *  VERIFY.md  it is there\n", "nothing is written yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
