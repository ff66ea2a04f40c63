package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// last lets a test have its way with the newest release.
func (p *past) last(change func(*fakegithub.Release)) {
	p.t.Helper()
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) { change(r.Releases[len(r.Releases)-1]) }))
}

// upload puts a file into the newest release, in the place of one of its name.
func (p *past) upload(name string, content []byte, change ...func(*fakegithub.Asset)) {
	p.t.Helper()
	sum, size, err := p.gitHub.Put(bytes.NewReader(content))
	p.must(err)
	p.last(func(rel *fakegithub.Release) {
		a := &fakegithub.Asset{ID: 9000 + int64(len(rel.Assets)), Name: name, State: "uploaded", SHA256: sum, Size: size, Uploader: "github-actions[bot]",
			CreatedAt: rel.PublishedAt.Add(-time.Minute), UpdatedAt: rel.PublishedAt.Add(-time.Minute)}
		for _, c := range change {
			c(a)
		}
		for i := range rel.Assets {
			if rel.Assets[i].Name == name {
				rel.Assets[i] = a
				return
			}
		}
		rel.Assets = append(rel.Assets, a)
	})
}

// push sends what a test has done to the repository.
func (p *past) push() {
	p.t.Helper()
	p.git("", "push", "--quiet", "--force", p.gitHub.GitDir("octo", "widget"), "--all")
	p.git("", "push", "--quiet", "--force", p.gitHub.GitDir("octo", "widget"), "--tags")
}

// TestReviewAttacks: what package review refuses in a record, it refuses in what
// is collected. Each makes one claim false.
func TestReviewAttacks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		do    func(p *past)
		false string // the claim
	}{
		"nothing wrong": {func(*past) {}, ""},
		"annotated tag": {func(p *past) {
			p.git("2026-09-20T10:00:00Z", "tag", "--force", "-a", "-m", "v1.3.0", "v1.3.0", "v1.3.0^{commit}")
			p.push()
		}, ""},
		"a branch named like the tag": {func(p *past) {
			p.git("", "branch", "v1.3.0", "v1.0.0")
			p.git("", "push", "--quiet", p.gitHub.GitDir("octo", "widget"), "refs/heads/v1.3.0")
		}, ""},
		"moved tag": {func(p *past) {
			p.put("version", "evil")
			p.commit("evil", time.Now())
			p.git("", "tag", "--force", "v1.3.0")
			p.push()
		}, "tag-commit"},
		"a commit of no branch": {func(p *past) {
			p.git("", "reset", "--quiet", "--hard", "v1.2.0")
			p.push()
		}, "commit-on-branch"},
		"swapped asset": {func(p *past) { p.upload("widget_0.zip", []byte("PK evil")) }, "assets-as-signed"},
		"late asset": {func(p *past) {
			p.upload("late.zip", []byte("PK late"), func(a *fakegithub.Asset) { a.CreatedAt = a.CreatedAt.AddDate(0, 1, 0) })
		}, "assets-in-time"},
		"one unsigned of many":      {func(p *past) { p.upload("widget.exe", []byte("MZ\x00 evil")) }, "signed-whole"},
		"an executable called .sig": {func(p *past) { p.upload("widget_0.zip.sig.exe", bytes.Repeat([]byte("MZ\x00"), 1<<14)) }, "signed-whole"},
		"an empty bundle":           {func(p *past) { p.upload("multiple.intoto.jsonl", nil) }, "artifacts-covered"},
		"bundle of another release": {func(p *past) {
			p.last(func(rel *fakegithub.Release) {
				rel.Assets = rel.Assets[:0:0]
			})
			p.upload("widget_0.zip", []byte("PK"))
			p.upload("multiple.intoto.jsonl", p.sigstore.Attest(reviewtest.Release("v1.2.0", p.git("", "rev-parse", "v1.2.0")), reviewtest.FirstRelease.AddDate(0, 0, 374), reviewtest.Subjects{"widget_0.zip": []byte("PK")}))
		}, "artifacts-covered"},
		"a stranger's identity": {func(p *past) {
			job := reviewtest.Release("v1.3.0", p.git("", "rev-parse", "v1.3.0"))
			job.Repository, job.RepositoryID, job.OwnerID = "mallory/widget", "6666", "666"
			p.upload("multiple.intoto.jsonl", p.sigstore.Attest(job, reviewtest.FirstRelease.AddDate(0, 0, 374), reviewtest.Subjects{"widget_0.zip": []byte("PK\x03\x04 v1.3.0 0\n"), "widget_1.zip": []byte("PK\x03\x04 v1.3.0 1\n")}))
		}, "signed-by-project"},
		"uploaded by hand": {func(p *past) {
			p.last(func(rel *fakegithub.Release) { rel.Assets[0].Uploader = "dev" })
		}, "one-uploader"},
		"another than GitHub states": {func(p *past) {
			p.last(func(rel *fakegithub.Release) {
				blob := filepath.Join(filepath.Dir(p.gitHub.RequestLog()), "blobs", rel.Assets[0].SHA256)
				content, err := os.ReadFile(blob)
				p.must(err)
				content[len(content)-2] ^= 1
				p.must(os.WriteFile(blob, content, 0o644))
			})
		}, "assets-as-signed"},
		"a checksum file that lies": {func(p *past) {
			p.upload("SHA256SUMS", []byte(strings.Repeat("0", 64)+"  widget_0.zip\n"))
		}, "checksums-match"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPast(t, 4, 1, 2)
			tc.do(p)
			r := p.report()
			got := outcomes(r)
			if tc.false != "" && got[tc.false] != review.False {
				t.Errorf("%s is %s", tc.false, got[tc.false])
			}
			for name, outcome := range got {
				if tc.false == "" && outcome == review.False && name != "tags-signed" {
					t.Errorf("%s is false", name)
				}
			}
			if tc.false == "" && r.Verdict != review.Enforced {
				t.Errorf("the verdict is %s: %s", r.Verdict, strings.Join(r.Reasons, "; "))
			}
			t.Logf("%s; names alone would give %d of 10", r.Verdict, r.Scorecard.Score)
		})
	}
}

// TestReviewOlder: envelopes without proof are looked up in their log; where that
// cannot be asked, what they cover is unknown.
func TestReviewOlder(t *testing.T) {
	t.Parallel()
	dir, err := releases()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "gha_generic", "v1.2.0", "binary-linux-amd64-push-v14.2")
	p := newPast(t, 1, 1, 0)
	for name, path := range map[string]string{"binary": file, "binary.intoto.jsonl": file + ".intoto.jsonl"} {
		content, err := os.ReadFile(path)
		p.must(err)
		p.upload(name, content)
	}
	p.root = embeddedRoot
	r := p.report()
	if n := r.Coverage.Before; n.Artifacts != 1 || n.Unknown != 1 {
		t.Errorf("want the one artifact unknown: %+v", r.Releases)
	}
}
