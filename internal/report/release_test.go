package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

func release() *Release {
	own := verify.Signer{Identity: "https://github.com/octo/widget/.github/workflows/release.yml@refs/tags/v1.4.0", Issuer: "https://token.actions.githubusercontent.com"}
	shared := verify.Signer{Identity: "https://github.com/octo/shared/.github/workflows/build.yml@refs/tags/v2.0.0", Issuer: own.Issuer}
	return &Release{Repository: "octo/widget", Tag: "v1.4.0", Assets: []ReleaseAsset{
		{Name: "widget_linux_amd64.tar.gz", Digest: digest, Bundle: "multiple.intoto.jsonl", Signed: true, Signer: own, Level: 2, Logs: []int64{598461431}},
		{Name: "it's a widget.zip", Digest: digest, Bundle: "multiple.intoto.jsonl", Signer: shared, Level: 3, Logs: []int64{7, 8}},
		{Name: "ghcr.io/octo/widget@sha256:00", Digest: digest, Bundle: "sha256:11", Signer: own, Level: 2},
	}}
}

func TestReleaseMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := release().Markdown(&b); err != nil {
		t.Fatal(err)
	}
	wantFile(t, "release-summary.md", b.Bytes())
}

// TestHostileRelease: whatever names hold, the table has its rows, and what is
// code stays code.
func TestHostileRelease(t *testing.T) {
	for i, evil := range append([]string{"a\n\n<img src=x onerror=y>", "a\n- b", "`\n```\n", "::error::x", "| x |", "\t\n# h"}, hostile...) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			r := &Release{Repository: evil, Tag: evil, Flags: []string{evil}, Assets: []ReleaseAsset{
				{Name: evil, Digest: map[string]string{"sha256": evil}, Bundle: evil, Signed: true, Signer: verify.Signer{Identity: evil, Issuer: evil}}}}
			var b bytes.Buffer
			if err := r.Markdown(&b); err != nil {
				t.Fatal(err)
			}
			table, commands, _ := strings.Cut(b.String(), "\nWhoever ")
			wantHarmless(t, b.String())
			wantMarkdown(t, table, 1)
			_, commands, _ = strings.Cut(commands, "\n\n")
			for line := range strings.Lines(strings.TrimRight(commands, "\n")) {
				if !strings.HasPrefix(line, "    hallmark ") && !strings.HasPrefix(line, "    cosign ") && !strings.HasPrefix(line, "    gh ") {
					t.Errorf("no command: %.200q", line)
				}
			}
		})
	}
}

func TestLargeRelease(t *testing.T) {
	r := release()
	for i := range 5000 {
		r.Assets = append(r.Assets, ReleaseAsset{Name: fmt.Sprintf("%s%d", strings.Repeat("_", 190), i), Digest: digest, Bundle: "b"})
	}
	var b bytes.Buffer
	if err := r.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 900<<10 || !strings.Contains(b.String(), "more are in the log") || !strings.Contains(b.String(), "likewise") {
		t.Errorf("%d bytes", b.Len())
	}
}
