package cli

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/schematest"
)

// noNetwork fails whoever asks it.
type noNetwork struct{}

func (noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("a connection was opened to " + r.URL.Host)
}

// replay runs hallmark review for a pack, where there is no network and no root
// is named.
func (p *past) replay(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	code := Main(p.t.Context(), Env{Args: append([]string{"review"}, args...), Stdout: &out, Stderr: &errs, Network: noNetwork{}, Version: "v9.9.9"})
	if code != want {
		p.t.Fatalf("exit %d, want %d\n%s%s", code, want, out.String(), errs.String())
	}
	return out.String(), errs.String()
}

func TestReviewPack(t *testing.T) {
	t.Parallel()
	p := newPast(t, 4, 1, 2)
	file := filepath.Join(t.TempDir(), "widget.pack")
	online, _ := p.review(0, "octo/widget", "--profile", "sos", "--pack", file, "--format", "json")
	schematest.Want(t, "review.v1", []byte(online))

	offline, errs := p.replay(0, file, "--format", "json")
	if offline != online {
		t.Error("the replay says something else")
	}
	wantIn(t, errs, "a trusted root of its own", "--trusted-root FILE")
	offline, errs = p.replay(0, file, "--format", "json", "--trusted-root", p.root)
	if offline != online || errs != "" {
		t.Errorf("under the same root the replay says something else\n%s", errs)
	}
	if text, _ := p.replay(0, file, "--profile", "none"); strings.Contains(text, "Secure Open Source") || !strings.Contains(text, "octo/widget") {
		t.Errorf("without a profile:\n%s", text)
	}
	for format, want := range map[string]string{"markdown": "octo/widget", "html": "<!doctype html>", "sarif": "\"version\": \"2.1.0\""} {
		out, _ := p.replay(0, file, "--format", format)
		wantIn(t, strings.ToLower(out), want)
	}
	p.replay(0, file, "--fail-on", "unverified")
	p.replay(1, file, "--fail-on", "C") // its tags are not signed
	p.replay(1, file, "--fail-on", "unverified", "--trusted-root", embeddedRoot)
	for _, args := range [][]string{{file, "--since", "2022-01-01"}, {file, "--pack", "again"}, {file, "--policy", "absent"}, {file + ".absent"}, {file, file}} {
		p.replay(2, args...)
	}

	data, err := os.ReadFile(file)
	p.must(err)
	if bytes.Contains(data, []byte(p.root)) || bytes.Contains(data, []byte(p.source)) {
		t.Error("the pack tells of this machine's folders")
	}
	const samples = 150
	for n := range samples {
		i := n * (len(data) - 1) / (samples - 1)
		changed := bytes.Clone(data)
		changed[i] ^= 1
		p.must(os.WriteFile(file, changed, 0o644))
		out, errs := p.replay(1, file, "--format", "json")
		if out != "" || !strings.Contains(errs, "pack: ") {
			t.Fatalf("byte %d changed:\n%s%s", i, out, errs)
		}
	}
}

// TestReviewPackBroken: what cannot be a pack, or was made by somebody who lies.
func TestReviewPackBroken(t *testing.T) {
	t.Parallel()
	p := &past{project: &project{t: t}}
	for name, content := range map[string]string{"empty": "", "text": strings.Repeat("hello\n", 1000), "zip": "PK\x03\x04"} {
		file := filepath.Join(t.TempDir(), name)
		p.must(os.WriteFile(file, []byte(content), 0o644))
		_, errs := p.replay(1, file)
		wantIn(t, errs, "index.json")
	}
}
