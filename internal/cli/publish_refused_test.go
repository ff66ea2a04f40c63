package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
)

// change lets a test have its way with the repository.
func (p *project) change(f func(r *fakegithub.Repository)) {
	p.t.Helper()
	p.must(p.gitHub.Change("octo", "widget", f))
}

// TestPublishRefused: what is not as it should be is found, and nothing becomes
// public.
func TestPublishRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before func(p *project)
		args   []string
		exit   int
		want   []string
	}{
		"a second draft of the tag": {before: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 71, Tag: "v1.4.0", Draft: true, Author: "hubot"}, &fakegithub.Release{ID: 72, Tag: "v1.4.0", Draft: true})
			})
		}, exit: 2, want: []string{"71 (draft by hubot)", "72 (draft", "delete the others"}},
		"a release and a draft": {before: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 71, Tag: "v1.4.0", PublishedAt: p.at}, &fakegithub.Release{ID: 72, Tag: "v1.4.0", Draft: true})
			})
		}, exit: 2, want: []string{"71 (published by octo)", "72 (draft"}},
		"an immutable release": {before: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 71, Tag: "v1.4.0", PublishedAt: p.at, Immutable: true})
			})
		}, exit: 2, want: []string{"release 71 of v1.4.0 is published and immutable", "under a new tag"}},
		"an immutable release, asked beforehand": {before: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 71, Tag: "v1.4.0", PublishedAt: p.at, Immutable: true})
			})
		}, args: []string{"--dry-run", "v1.4.0"}, exit: 2, want: []string{"immutable"}},
		"other bytes in a published release": {before: func(p *project) {
			p.release(map[string][]byte{"a.zip": []byte("what people have")})
		}, exit: 2, want: []string{"its a.zip is another file", "is not replaced"}},
		"a file that nothing covers": {before: func(p *project) { p.write("c.zip", []byte("c")) },
			exit: 1, want: []string{"rejected  c.zip", "nothing is published"}},
		"a file of somebody else that nothing covers": {before: func(p *project) {
			p.release(map[string][]byte{"malware.exe": []byte("evil")})
			p.change(func(r *fakegithub.Repository) { r.Releases[0].Draft = true })
		}, exit: 1, want: []string{"1 found there", "rejected  malware.exe"}},
		"half a file of somebody else": {before: func(p *project) {
			p.release(map[string][]byte{"other.zip": []byte("o")})
			p.change(func(r *fakegithub.Repository) {
				r.Releases[0].Draft, r.Releases[0].Assets[0].State = true, "starter"
			})
		}, exit: 2, want: []string{"other.zip", "the upload broke off"}},
		"an attestation of another tag": {before: func(p *project) {
			p.job = reviewtest.Release("v1.3.0", p.job.Commit)
			p.build("a.zip", "b.zip")
		}, exit: 1, want: []string{"want refs/tags/v1.4.0"}},
		"an attestation of another commit": {before: func(p *project) {
			p.job = reviewtest.Release("v1.4.0", strings.Repeat("d", 40))
			p.build("a.zip", "b.zip")
		}, exit: 1, want: []string{"commit"}},
		"no such tag": {args: []string{"v9", "DIST"}, exit: 2, want: []string{"v9", "git push origin v9"}},
		"not a tag":   {args: []string{"a..b", "DIST"}, exit: 2, want: []string{"not a name of a tag"}},
		"no file":     {args: []string{"v1.4.0"}, exit: 2, want: []string{"no artifact to publish"}},
		"a digest":    {args: []string{"v1.4.0", "x@sha256:" + zeros}, exit: 2, want: []string{"a release needs the file"}},
		"a name that GitHub would change": {before: func(p *project) { p.write("my file~1.zip", []byte("x")) },
			exit: 2, want: []string{"GitHub would give the file another name"}},
		"two files of one name": {before: func(p *project) {
			p.must(os.Mkdir(filepath.Join(p.dist, "sub"), 0o755))
			p.write("sub/a.zip", []byte("another"))
		}, exit: 2, want: []string{"a.zip"}},
		"no token":             {before: func(p *project) { p.env = nil }, exit: 2, want: []string{"no token to write"}},
		"a token that is gone": {before: func(p *project) { p.env = map[string]string{"GH_TOKEN": "expired"} }, exit: 2, want: []string{"does not know the token"}},
		"a token that may read": {before: func(p *project) { p.env = map[string]string{"GH_TOKEN": "reader"} },
			exit: 2, want: []string{"must be allowed to write: contents: write"}},
		"a token that may read, asked beforehand": {before: func(p *project) { p.env = map[string]string{"GH_TOKEN": "reader"} },
			args: []string{"--dry-run", "v1.4.0"}, exit: 2, want: []string{"must be allowed to write: contents: write"}},
		"a job that may not write": {before: func(p *project) {
			p.env = p.jobEnv()
			p.env["GITHUB_TOKEN"] = "reader"
		}, exit: 2, want: []string{"permissions:\n", "  contents: write\n"}},
		"a job on a branch": {before: func(p *project) {
			p.env = p.jobEnv()
			p.env["GITHUB_REF"] = "refs/heads/main"
		}, exit: 2, want: []string{"gh workflow run release.yml --ref v1.4.0"}},
		"a job of a pull request": {before: func(p *project) {
			p.env = p.jobEnv()
			p.env["GITHUB_EVENT_NAME"] = "pull_request_target"
		}, exit: 2, want: []string{"others can raise it"}},
		"a job for another commit": {before: func(p *project) {
			p.env = p.jobEnv()
			p.env["GITHUB_SHA"] = strings.Repeat("e", 40)
		}, exit: 1, want: []string{strings.Repeat("e", 40), "started for another commit"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			if tc.before != nil {
				tc.before(p)
			}
			args := tc.args
			if args == nil {
				args = []string{"v1.4.0", p.dist}
			}
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "DIST", p.dist)
			}
			public := p.public()
			out, errs := p.publish(tc.exit, args...)
			wantIn(t, out+errs, tc.want...)
			if got := p.public(); got != public {
				t.Errorf("public was %s, and is %s", public, got)
			}
		})
	}
}

// jobEnv is the environment of the project's own release job.
func (p *project) jobEnv() map[string]string {
	return map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "octo/widget", "GITHUB_REF": "refs/tags/v1.4.0", "GITHUB_EVENT_NAME": "push",
		"GITHUB_SHA": p.job.Commit, "GITHUB_WORKFLOW_REF": "octo/widget/.github/workflows/release.yml@refs/heads/main", "GITHUB_TOKEN": "writer",
	}
}

// public is what strangers see.
func (p *project) public() string {
	var seen []string
	for line := range strings.Lines(p.releases()) {
		if strings.Contains(line, "draft=false") {
			seen = append(seen, line)
		}
	}
	return fmt.Sprint(seen)
}
