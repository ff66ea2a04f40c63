package report

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
)

func mixed() *Verification {
	return &Verification{Question: verify.ProvenanceQuestion, Root: ownRoot,
		Results: []Result{
			{Name: "widget_darwin_arm64.tar.gz", Digest: digest, Verdict: built("widget_darwin_arm64.tar.gz"), Bundle: "multiple.intoto.jsonl:1"},
			{Name: "a,b:c|d 100%.zip", Digest: digest, Refused: []Refusal{{Bundle: "b.sigstore.json", Err: fromBranch}, {Bundle: "c.sigstore.json", Err: notCovered}}},
			{Name: "widget.rpm", Digest: digest, Refused: []Refusal{{Bundle: "widget.rpm.sigstore.json", Err: errors.New("input/output error\nat byte 7")}}},
			{Name: "key.txt", Digest: digest, Verdict: byKey("key.txt"), Bundle: "key.sigstore.json"},
		},
		LeftOut: []LeftOut{{"SHA256SUMS", "every line matches"}}}
}

func TestGitHub(t *testing.T) {
	var annotations, summary bytes.Buffer
	v := mixed()
	if err := errors.Join(v.GitHub(&annotations), v.Summary(&summary)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, "github-annotations.txt", annotations.Bytes())
	wantFile(t, "github-summary.md", summary.Bytes())
}

func TestGitHubVerified(t *testing.T) {
	v := Verification{Results: []Result{{Name: "a", Digest: digest, Verdict: byKey("a")}}, Root: defaultRoot}
	var b bytes.Buffer
	if err := v.GitHub(&b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("::notice title=hallmark::1 verified\n", b.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

var command = regexp.MustCompile(`\A::(error|notice) ((?:file=[^:,]*,)?title=[^:,]*)::([^\r\n]*)\n\z`)

// TestHostileGitHub: whatever names hold, there is one command for each target
// that is not verified, and the table has one row for each target.
func TestHostileGitHub(t *testing.T) {
	texts := append([]string{"::stop-commands::x", "a\r\n::error::x", "a,title=x::y", "| a | b |", "`</code>|\n", "<!--", "<img src=x onerror=y>",
		"[x](https://evil.example)", "https://evil.example", "www.evil.example", "@octo", "#1", "*a*", "_a_", "~~a~~", "![x](y)", "\\|", "&lt;", "$x$",
		"---\n", "<details>", "\u2028::error::x", "%25%0A"}, hostile...)
	for i, evil := range texts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			d := built(evil)
			d.Signer = verify.Signer{Identity: evil, Issuer: evil}
			refused := []Refusal{{Bundle: evil, Err: &verify.Rejection{Check: verify.CheckRef, Want: evil, Got: evil, Why: evil, Hint: evil}}, {Bundle: evil, Via: evil, Err: errors.New(evil)}}
			v := Verification{Root: RootInfo{Source: evil, SHA256: evil}, LeftOut: []LeftOut{{evil, evil}}, Results: []Result{
				{Name: evil, Digest: map[string]string{"sha512": evil}, Verdict: d, Bundle: evil}, {Name: evil, Refused: refused}}}
			var annotations, summary bytes.Buffer
			if err := errors.Join(v.GitHub(&annotations), v.Summary(&summary)); err != nil {
				t.Fatal(err)
			}
			lines := strings.SplitAfter(annotations.String(), "\n")
			if len(lines) != 3 || lines[2] != "" || !command.MatchString(lines[0]) || !command.MatchString(lines[1]) {
				t.Errorf("not two commands: %.300q", annotations.String())
			}
			wantHarmless(t, strings.NewReplacer("::error ", "", "::notice ", "").Replace(annotations.String()))
			wantHarmless(t, summary.String())
			wantMarkdown(t, summary.String(), 2)
		})
	}
}

// wantMarkdown wants a table of that many rows, and no character outside its
// structure that Markdown or HTML would act on.
func wantMarkdown(t *testing.T, text string, rows int) {
	t.Helper()
	got := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| File ") {
			got++
			if n := strings.Count(line, "|"); n != 6 {
				t.Errorf("a row of %d cells: %.200q", n-1, line)
			}
		}
		if strings.ContainsAny(strings.TrimPrefix(line, "|---|---|---|---|---|"), "<>`[]*_~!@$\\") {
			t.Errorf("markup in %.200q", line)
		}
		if at := strings.Index(line, "://"); at >= 0 || strings.Contains(line, "www.") {
			t.Errorf("a link in %.200q", line)
		}
	}
	if got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
}

// TestLargeSummary: GitHub shows nothing of a summary beyond 1 MiB.
func TestLargeSummary(t *testing.T) {
	v := Verification{Root: defaultRoot}
	for i := range 5000 {
		v.Results = append(v.Results, Result{Name: fmt.Sprintf("%s%d", strings.Repeat("_", 190), i), Digest: digest, Refused: []Refusal{{Bundle: "x", Err: fromBranch}}})
	}
	var b bytes.Buffer
	if err := v.Summary(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 900<<10 || !strings.Contains(b.String(), "more are in the log") {
		t.Errorf("%d bytes", b.Len())
	}
}
