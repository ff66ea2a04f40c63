package cli

import (
	"bytes"
	"crypto/ed25519"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/verify"
)

// release puts files on GitHub as a published release of v1.4.0.
func (p *project) release(files map[string][]byte) {
	p.t.Helper()
	var assets []*fakegithub.Asset
	for name, content := range files {
		sum, size, err := p.gitHub.Put(bytes.NewReader(content))
		p.must(err)
		assets = append(assets, &fakegithub.Asset{Name: name, State: "uploaded", SHA256: sum, Size: size, Uploader: "octocat", CreatedAt: p.at, UpdatedAt: p.at})
	}
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) {
		r.Releases = []*fakegithub.Release{{Tag: "v1.4.0", Author: "octocat", CreatedAt: p.at, PublishedAt: p.at, Assets: assets}}
	}))
}

// verify runs hallmark verify for the project, as a stranger would.
func (p *project) verify(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	code, stdout, stderr := p.run(append([]string{"verify"}, args...)...)
	if code != want {
		p.t.Fatalf("exit %d, want %d\n%s%s", code, want, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, os.TempDir()+"/hallmark-") {
		p.t.Errorf("where it was downloaded to is shown:\n%s%s", stdout, stderr)
	}
	return stdout, stderr
}

// requests is what the fake was asked.
func (p *project) requests() string {
	p.t.Helper()
	text, err := os.ReadFile(p.gitHub.RequestLog())
	p.must(err)
	return string(text)
}

func TestVerifyRelease(t *testing.T) {
	t.Parallel()
	a, b := []byte("this is a.zip\n"), []byte("this is b.zip\n")
	sums := []byte(reviewtest.SHA256(a) + "  a.zip\n" + reviewtest.SHA256(b) + "  b.zip\n")
	type files = map[string][]byte
	tests := map[string]struct {
		files   func(p *project) files
		stored  bool // the attestation of both files is kept by GitHub
		faults  fakegithub.Faults
		args    []string
		exit    int
		want    []string
		without []string // in what was asked
	}{
		"attested together": {
			files: func(p *project) files { return files{"a.zip": a, "b.zip": b, "all.intoto.jsonl": p.both()} },
			want:  []string{"verified  a.zip", "verified  b.zip", "left out  all.intoto.jsonl", "2 verified"}, without: []string{"/attestations/", "octocat\n", "hubot\n"}},
		"by digest alone": {
			files: func(p *project) files { return files{"a.zip": a, "b.zip": b, "all.intoto.jsonl": p.both()} },
			args:  []string{"--digests-only"},
			want:  []string{"verified  a.zip", "digest as GitHub states it", "2 verified"}, without: []string{"a.zip", "b.zip"}},
		"a signed checksum file": {
			files: func(p *project) files {
				return files{"a.zip": a, "b.zip": b, "SHA256SUMS": sums, "SHA256SUMS.sigstore.json": p.sigstore.Sign(p.job, p.at, sums)}
			},
			want: []string{"2 verified (2 via SHA256SUMS)"}},
		"a signed checksum file, by digest alone": {
			files: func(p *project) files {
				return files{"a.zip": a, "b.zip": b, "SHA256SUMS": sums, "SHA256SUMS.sigstore.json": p.sigstore.Sign(p.job, p.at, sums)}
			},
			args: []string{"--digests-only"}, want: []string{"verified  a.zip", "verified  b.zip", "via SHA256SUMS"}, without: []string{"a.zip", "b.zip"}},
		"a checksum file that says nothing new, by digest alone": {
			files: func(p *project) files {
				return files{"a.zip": a, "b.zip": b, "SHA256SUMS": sums, "all.intoto.jsonl": p.both()}
			},
			args: []string{"--digests-only"}, want: []string{"2 verified", "left out  SHA256SUMS"}},
		"attested at GitHub": {
			files: func(*project) files { return files{"a.zip": a, "b.zip": b} }, stored: true,
			want: []string{"2 verified"}},
		"attested at GitHub, with its bundle in the list": {
			files: func(*project) files { return files{"a.zip": a} }, stored: true, faults: fakegithub.Faults{Inline: true},
			want: []string{"verified  a.zip"}},
		"attested at GitHub, and the bundle is not to be had": {
			files: func(*project) files { return files{"a.zip": a} }, stored: true, faults: fakegithub.Faults{NoBundle: true},
			exit: 3, want: []string{"undecided  a.zip"}},
		"too often asked": {
			files: func(*project) files { return files{"a.zip": a, "b.zip": b} }, stored: true, faults: fakegithub.Faults{Anonymous: 3},
			exit: 3, want: []string{"undecided"}},
		"one file that nothing covers": {
			files: func(p *project) files {
				return files{"a.zip": a, "b.zip": b, "c.zip": []byte("c"), "all.intoto.jsonl": p.both()}
			},
			exit: 1, want: []string{"rejected  c.zip", "no attestation at GitHub", "2 verified, 1 rejected"}},
		"another file in its place": {
			files: func(p *project) files {
				return files{"a.zip": []byte("evil"), "b.zip": b, "all.intoto.jsonl": p.both()}
			},
			exit: 1, want: []string{"rejected  a.zip", "subject"}},
		"built from another tag": {
			files: func(p *project) files {
				return files{"a.zip": a, "all.intoto.jsonl": p.sigstore.Attest(reviewtest.Release("v1.3.0", p.job.Commit), p.at, reviewtest.Subjects{"a.zip": a})}
			},
			exit: 1, want: []string{"want refs/tags/v1.4.0"}},
		"no files": {files: func(*project) files { return nil }, exit: 1},
		"bundles alone": {
			files: func(p *project) files { return files{"all.intoto.jsonl": p.both()} }, exit: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.env = nil
			p.release(tc.files(p))
			if tc.stored {
				p.must(p.gitHub.Attest("octo", "widget", p.both()))
			}
			p.must(p.gitHub.SetFaults(tc.faults))
			out, _ := p.verify(tc.exit, append(tc.args, "octo/widget@v1.4.0")...)
			wantIn(t, out, tc.want...)
			for _, not := range tc.without {
				if strings.Contains(p.requests(), not) {
					t.Errorf("%s was asked for:\n%s", not, p.requests())
				}
			}
			out, _ = p.verify(tc.exit, append(tc.args, "octo/widget@v1.4.0", "--format=json")...)
			if out != "" {
				schematest.Want(t, "verification.v1", []byte(out))
			}
		})
	}
}

// both attests a.zip and b.zip.
func (p *project) both() []byte {
	return p.sigstore.Attest(p.job, p.at, reviewtest.Subjects{"a.zip": []byte("this is a.zip\n"), "b.zip": []byte("this is b.zip\n")})
}

func TestVerifyReleaseMistakes(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.env = nil
	p.release(map[string][]byte{"a.zip": []byte("a")})
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) { r.Releases[0].Draft = true }))
	tests := map[string]struct {
		args []string
		want string
	}{
		"a draft":              {[]string{"octo/widget@v1.4.0"}, "spelt right, and published"},
		"no such repository":   {[]string{"octo/other@v1.4.0"}, "spelt right, and published"},
		"another repository":   {[]string{"octo/widget@v1.4.0", "--repo", "octo/other"}, "is built in octo/widget"},
		"two releases":         {[]string{"octo/widget@v1.4.0", "octo/widget@v1.3.0"}, "only target"},
		"a file beside it":     {[]string{"octo/widget@v1.4.0", p.dist}, "only target"},
		"offline":              {[]string{"octo/widget@v1.4.0", "--offline"}, "--offline forbids"},
		"digests of files":     {[]string{p.dist, "--repo", "octo/widget", "--digests-only"}, "OWNER/REPO@TAG"},
		"whose attestations":   {[]string{p.dist, "--from-github", "--identity", "x", "--issuer", "https://x.example"}, "--repo OWNER/NAME"},
		"on another server":    {[]string{"octo/widget@v1.4.0"}, "only github.com is known"},
		"a token of two lines": {[]string{"octo/widget@v1.4.0"}, "what no token does"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			inner := *p
			inner.t = t
			switch name {
			case "on another server":
				inner.env = map[string]string{"GITHUB_SERVER_URL": "https://github.example"}
			case "a token of two lines":
				inner.env = map[string]string{"GITHUB_TOKEN": "a\nb"}
			}
			_, errs := inner.verify(2, tc.args...)
			wantIn(t, errs, tc.want)
		})
	}
}

// TestVerifyFromGitHub: local files, of which GitHub keeps the attestation.
func TestVerifyFromGitHub(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.env = map[string]string{"GITHUB_TOKEN": "reader"}
	p.must(p.gitHub.Attest("octo", "widget", p.both()))
	p.must(os.Remove(filepath.Join(p.dist, "multiple.intoto.jsonl")))
	p.verify(1, p.dist, "--repo", "octo/widget")
	if asked := p.requests(); asked != "" {
		t.Fatalf("GitHub was asked unasked:\n%s", asked)
	}
	out, _ := p.verify(0, p.dist, "--repo", "octo/widget", "--tag", "v1.4.0", "--from-github")
	wantIn(t, out, "2 verified")
	for line := range strings.Lines(p.requests()) {
		if blob := strings.Contains(line, "blob.core.windows.net"); blob == strings.HasSuffix(line, " hubot\n") {
			t.Errorf("the token went where it must not, or not where it may: %s", line)
		}
	}
	p.write("c.zip", []byte("c"))
	out, _ = p.verify(1, p.dist, "--repo", "octo/widget", "--from-github")
	wantIn(t, out, "rejected  c.zip")
}

func TestParseRelease(t *testing.T) {
	tests := map[string]bool{
		"octo/widget@v1.4.0":               true,
		"octo/widget@release/2026-11":      true,
		"octo/widget@sha256:" + zeros:      false,
		"widget@v1.4.0":                    false,
		"dist/octo/widget@v1":              false,
		"oci://ghcr.io/octo/widget@v1":     false,
		"octo/widget@gce_image_id:123":     false,
		"octo/widget@":                     false,
		"octo/widget":                      false,
		"../widget@v1":                     false,
		"octo/widget@v1 --repo octo/other": false,
	}
	for word, want := range maps.All(tests) {
		if _, got := parseRelease(word); got != want {
			t.Errorf("%q: got %t", word, got)
		}
	}
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// TestSignsElsewhere: a release implies its repository, unless who must have
// signed cannot be a workflow there.
func TestSignsElsewhere(t *testing.T) {
	person := verify.Identity{Subject: "octo@example.com", Issuer: "https://accounts.example.com"}
	workflow := verify.Identity{Subject: "https://github.com/octo/widget/.github/workflows/r.yml@refs/tags/v1", Issuer: verify.GitHubIssuer}
	tests := map[string]struct {
		policy verify.Policy
		want   bool
	}{
		"nobody yet":               {verify.Policy{}, false},
		"a repository":             {verify.Policy{Repository: "octo/widget"}, false},
		"a key":                    {verify.Policy{Key: ed25519.PublicKey{}}, true},
		"a key, and a repository":  {verify.Policy{Key: ed25519.PublicKey{}, Repository: "octo/widget"}, false},
		"a person":                 {verify.Policy{Identities: []verify.Identity{person}}, true},
		"a workflow":               {verify.Policy{Identities: []verify.Identity{workflow}}, false},
		"a person, or a workflow":  {verify.Policy{Identities: []verify.Identity{workflow, person}}, true},
		"a level without a signer": {verify.Policy{Level: 3}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := signsElsewhere(&tc.policy); got != tc.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
