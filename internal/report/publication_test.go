package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

func publication() *Publication {
	digest := strings.Repeat("ab", 32)
	return &Publication{
		Repository: "octo/widget", Tag: "v1.4.0", Commit: strings.Repeat("9f", 20),
		ID: 123, URL: "https://github.com/octo/widget/releases/tag/v1.4.0", Found: true, Immutable: true,
		Files: []PublishedFile{
			{"widget_linux_amd64.tar.gz", digest, 1024, Upload},
			{"widget_darwin_arm64.tar.gz", digest, 2048, Keep},
			{"multiple.intoto.jsonl", digest, 4096, Replace},
			{"notes.txt", "", 10, Others},
		},
		Verification: &Verification{Root: RootInfo{Source: "embedded", Default: true}, Question: verify.ProvenanceQuestion, Results: []Result{
			{Name: "widget_linux_amd64.tar.gz", Digest: map[string]string{"sha256": digest}, Bundle: "multiple.intoto.jsonl", Verdict: &verify.Verdict{
				Signer: verify.Signer{Identity: "https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0", Issuer: verify.GitHubIssuer},
				Level:  &verify.Level{Build: 2, Why: "signed in the job that built it"}, Logs: []verify.LogEntry{{Index: 7, Kind: "dsse", Proof: verify.InclusionProof}}}},
			{Name: "widget_darwin_arm64.tar.gz", Digest: map[string]string{"sha256": digest}, Bundle: "multiple.intoto.jsonl", Verdict: &verify.Verdict{
				Signer: verify.Signer{Key: "sha256:" + digest}}},
		}},
	}
}

func TestPublication(t *testing.T) {
	planned := publication()
	planned.Plan, planned.ID, planned.URL, planned.Found, planned.Immutable, planned.Verification = true, 0, "", false, false, nil
	draft := publication()
	draft.Draft, draft.Immutable = true, false
	draft.Verification.Results[1].Verdict = nil
	for name, p := range map[string]*Publication{"publication": publication(), "publication-plan": planned, "publication-refused": draft} {
		t.Run(name, func(t *testing.T) { wantGolden(t, name, "publication.v1", p) })
	}
}

// TestPublicationRelease: what a job's summary says is what was verified.
func TestPublicationRelease(t *testing.T) {
	r := publication().Release()
	if len(r.Assets) != 2 || r.Assets[0].Level != 2 || len(r.Assets[0].Logs) != 1 || r.Assets[0].Bundle != "multiple.intoto.jsonl" {
		t.Errorf("got %+v", r)
	}
	if got, want := publication().Total(), "released: 2 assets, 2 verified"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHostilePublication(t *testing.T) {
	for i, evil := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			p := publication()
			p.Repository, p.Tag, p.URL, p.Commit, p.Flags = evil, evil, evil, evil, []string{evil}
			p.Files[0].Name, p.Verification.Results[0].Name, p.Verification.Results[0].Bundle = evil, evil, evil
			var text, doc bytes.Buffer
			if err := p.Text(&text, TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := p.JSON(&doc); err != nil {
				t.Fatal(err)
			}
			wantHarmless(t, text.String())
			wantHarmless(t, doc.String())
		})
	}
}
