package cli

import (
	"path/filepath"
	"testing"
)

// TestPublishWords: a command line that is nearly right is told what is meant.
func TestPublishWords(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	tests := map[string]struct {
		args []string
		want []string
	}{
		"a full ref":  {[]string{"refs/tags/v1.4.0", p.dist}, []string{"refs/tags/v1.4.0: want the name of a tag, not a full ref", "hint: v1.4.0\n"}},
		"another tag": {[]string{"v1.3.0", p.dist}, []string{"this run is on the tag v1.4.0 and not on v1.3.0", "hint: the tag comes first: hallmark publish v1.4.0"}},
		"an address":  {[]string{"--repo", "https://github.com/octo/widget", "v1.4.0", p.dist}, []string{"hint: --repo octo/widget\n"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			inner := *p
			inner.t, inner.env = t, p.jobEnv()
			code, out, errs := inner.run(append([]string{"publish"}, tc.args...)...)
			if code != exitUsage {
				t.Errorf("exit %d, want %d", code, exitUsage)
			}
			wantIn(t, out+errs, tc.want...)
		})
	}
}

// TestPublishGlob: what a killed run left behind is not published by a glob, as
// it is not by a folder.
func TestPublishGlob(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(".hallmark-1a2b3c", []byte("half a file"))
	p.publish(0, "v1.4.0", filepath.Join(p.dist, "*"))
	p.wantReleases(complete)
}

// TestVerifyPage: a release is named by repository and tag; the address of its
// page is told how.
func TestVerifyPage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	code, out, errs := p.run("verify", "https://github.com/octo/widget/releases/tag/v1.4.0")
	if code != exitUsage {
		t.Errorf("exit %d, want %d", code, exitUsage)
	}
	wantIn(t, out+errs, "is the address of a page", "hint: name the release: octo/widget@v1.4.0\n")
}
