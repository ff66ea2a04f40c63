package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReviewSummaries: unsigned, a pack is all that they take; and a file that is
// there stays.
func TestReviewSummaries(t *testing.T) {
	t.Parallel()
	p := newPast(t, 3, 1, 1)
	dir := t.TempDir()
	pack, out := filepath.Join(dir, "widget.pack"), filepath.Join(dir, "vsa.jsonl")
	p.review(exitDone, "octo/widget", "--pack", pack)
	p.replay(exitDone, pack, "--trusted-root", p.root, "--emit-vsa", out)
	text, err := os.ReadFile(out)
	p.must(err)
	var got []string
	for line := range strings.Lines(string(text)) {
		for _, result := range []string{"PASSED", "FAILED"} {
			if strings.Contains(line, `"verificationResult":"`+result+`"`) {
				got = append(got, result)
			}
		}
	}
	if want := []string{"FAILED", "PASSED", "PASSED"}; !slices.Equal(want, got) {
		t.Errorf("got %v of\n%s", got, text)
	}
	_, errs := p.replay(exitUsage, pack, "--trusted-root", p.root, "--emit-vsa", out)
	wantIn(t, errs, "--force replaces it")
	p.replay(exitDone, pack, "--trusted-root", p.root, "--emit-vsa", out, "--force")

	for name, args := range map[string][]string{
		"to standard output":    {pack, "--emit-vsa", "-"},
		"a token and no word":   {pack, "--identity-token", "token"},
		"services and no word":  {pack, "--emit-vsa", out + ".new", "--signing-config", "config.json"},
		"waiting, and unsigned": {pack, "--emit-vsa", out + ".new", "--retry-for", "1s"},
		"of many projects":      {"--merge", dir, "--sign"},
	} {
		t.Run(name, func(t *testing.T) { p.replay(exitUsage, args...) })
	}
}
