package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/internal/schematest"
)

// project is octo/widget on a fake GitHub, with the tag v1.4.0, and a folder of
// what its release workflow has built and attested there.
type project struct {
	t        testing.TB
	gitHub   *fakegithub.Server
	network  http.RoundTripper // to the fake
	sigstore *reviewtest.Sigstore
	root     string // file
	dist     string // folder
	job      reviewtest.Job
	at       time.Time
	env      map[string]string

	gitOrigin string // where repositories are cloned from
}

func newProject(t testing.TB) *project {
	t.Helper()
	now := time.Date(2026, time.November, 20, 14, 0, 0, 0, time.UTC)
	hub, err := fakegithub.New(t.TempDir(), fakegithub.Options{Now: time.Now, Tokens: map[string]fakegithub.Token{
		"writer": {Login: "octocat", Permissions: map[string]string{"contents": "write", "attestations": "write"}},
		"reader": {Login: "hubot", Permissions: map[string]string{"contents": "read"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close() })
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	p := &project{t: t, gitHub: hub, network: fakegithub.Transport(server.URL), sigstore: reviewtest.New(t), at: now, dist: t.TempDir(), env: map[string]string{"GH_TOKEN": "writer"}}
	p.must(hub.Add(fakegithub.Repository{Owner: "octo", Name: "widget"}))
	commit, err := hub.Commit("octo", "widget", "a commit")
	p.must(err)
	p.must(hub.Tag("octo", "widget", "v1.4.0", commit, ""))
	p.job = reviewtest.Release("v1.4.0", commit)
	text, err := p.sigstore.Root().MarshalJSON()
	p.must(err)
	p.root = filepath.Join(t.TempDir(), "root.json")
	p.must(os.WriteFile(p.root, text, 0o644))
	p.build("a.zip", "b.zip")
	return p
}

func (p *project) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// build makes files and attests them together.
func (p *project) build(names ...string) {
	p.t.Helper()
	subjects := reviewtest.Subjects{}
	for _, name := range names {
		subjects[name] = []byte("this is " + name + "\n")
		p.write(name, subjects[name])
	}
	p.write("multiple.intoto.jsonl", p.sigstore.Attest(p.job, p.at, subjects))
}

func (p *project) write(name string, content []byte) {
	p.t.Helper()
	p.must(os.WriteFile(filepath.Join(p.dist, name), content, 0o644))
}

// run runs hallmark in the project's folder's stead: with GitHub being the fake.
func (p *project) run(args ...string) (code int, stdout, stderr string) {
	p.t.Helper()
	var out, errs bytes.Buffer
	code = Main(p.t.Context(), Env{
		Args: append(args, "--trusted-root", p.root), Stdout: &out, Stderr: &errs, Now: time.Now,
		Network:   p.network,
		gitOrigin: p.gitOrigin,
		LookupEnv: func(name string) (string, bool) { value, ok := p.env[name]; return value, ok },
	})
	return code, out.String(), errs.String()
}

// publish runs hallmark publish for the project, and wants an exit code.
func (p *project) publish(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	code, stdout, stderr := p.run(append([]string{"publish", "--repo", "octo/widget", "--retry-for", "20s"}, args...)...)
	if code != want {
		p.t.Fatalf("exit %d, want %d\n%s%s", code, want, stdout, stderr)
	}
	return stdout, stderr
}

// releases says what is on GitHub: a line a release, with its files.
func (p *project) releases() string {
	p.t.Helper()
	var lines []string
	p.must(p.gitHub.Change("octo", "widget", func(r *fakegithub.Repository) {
		for _, release := range r.Releases {
			var names []string
			for _, a := range release.Assets {
				names = append(names, a.Name+"="+a.State)
			}
			slices.Sort(names)
			lines = append(lines, fmt.Sprintf("%s draft=%t %s", release.Tag, release.Draft, strings.Join(names, " ")))
		}
	}))
	return strings.Join(lines, "\n")
}

const complete = "v1.4.0 draft=false a.zip=uploaded b.zip=uploaded multiple.intoto.jsonl=uploaded"

func (p *project) wantReleases(want string) {
	p.t.Helper()
	if got := p.releases(); got != want {
		p.t.Errorf("on GitHub is\n%s\nwant\n%s", got, want)
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	out, _ := p.publish(0, "v1.4.0", p.dist, "--dry-run")
	wantIn(t, out, "draft    to be made", "upload  a.zip", "upload  multiple.intoto.jsonl")
	p.wantReleases("")

	out, _ = p.publish(0, "v1.4.0", p.dist, "--draft", "--format=json")
	schematest.Want(t, "publication.v1", []byte(out))
	p.wantReleases(strings.Replace(complete, "false", "true", 1))

	out, _ = p.publish(0, "v1.4.0", p.dist)
	wantIn(t, out, "found", "3 kept", "released: 2 assets, 2 verified", "hallmark verify octo/widget@v1.4.0")
	p.wantReleases(complete)

	// Once more, and nothing changes.
	out, _ = p.publish(0, "v1.4.0", p.dist, "--format=json")
	schematest.Want(t, "publication.v1", []byte(out))
	var document struct {
		Release struct {
			ID    int64 `json:"id"`
			Draft bool  `json:"draft"`
		} `json:"release"`
		Assets   int `json:"assets"`
		Verified int `json:"verified"`
	}
	p.must(json.Unmarshal([]byte(out), &document))
	if document.Release.ID == 0 || document.Release.Draft || document.Assets != 2 || document.Verified != 2 {
		t.Errorf("got %+v", document)
	}
	p.wantReleases(complete)
}

func wantIn(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, one := range want {
		if !strings.Contains(text, one) {
			t.Errorf("no %q in\n%s", one, text)
		}
	}
}
