package cli

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// TestPublishInBadWeather: uploads that fail, answers that get lost, files that
// stop half way and limits, at random and all at once.
func TestPublishInBadWeather(t *testing.T) {
	t.Parallel()
	tests := map[string]fakegithub.Faults{
		"uploads":           {Seed: 1, Uploads: 0.3},
		"calls":             {Seed: 2, Calls: 0.2},
		"downloads":         {Seed: 3, Downloads: 0.4},
		"limits":            {LimitAt: []int{3}, LimitFor: time.Second, SecondaryAt: []int{6}, SecondaryFor: time.Second},
		"all of it at once": {Seed: 4, Uploads: 0.2, Calls: 0.1, Downloads: 0.2},
	}
	for name, faults := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.must(p.gitHub.SetFaults(faults))
			out, _ := p.publish(0, "v1.4.0", p.dist)
			wantIn(t, out, "released: 2 assets, 2 verified")
			p.wantReleases(complete)
		})
	}
}

// gate lets a test act just before a request goes out.
type gate struct {
	http.RoundTripper
	once   sync.Once
	before func(*http.Request) bool // whether this is the one
	act    func() error
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.before(r) {
		var err error
		g.once.Do(func() { err = g.act() })
		if err != nil {
			if r.Body != nil {
				r.Body.Close()
			}
			return nil, err
		}
	}
	return g.RoundTripper.RoundTrip(r)
}

// TestPublishAgain: a run that died is finished by the next, which may have
// signed anew on another machine.
func TestPublishAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dies func(*http.Request) bool
		then func(p *project)
	}{
		"before it published": {dies: isPublishing},
		"in an upload":        {dies: isUpload},
		"before it published, and all is signed anew": {dies: isPublishing, then: func(p *project) { p.build("a.zip", "b.zip") }},
		"and left half a file": {dies: isPublishing, then: func(p *project) {
			p.change(func(r *fakegithub.Repository) { r.Releases[0].Assets[0].State = "starter" })
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.network = &gate{RoundTripper: p.network, before: tc.dies, act: func() error { return &http.MaxBytesError{} }}
			code, _, _ := p.run("publish", "--repo", "octo/widget", "--retry-for", "0s", "v1.4.0", p.dist)
			if code != exitUndecided {
				t.Fatalf("exit %d of a run that was to die", code)
			}
			if got := p.public(); got != "[]" {
				t.Fatalf("public is %s", got)
			}
			if tc.then != nil {
				tc.then(p)
			}
			p.publish(0, "v1.4.0", p.dist)
			p.wantReleases(complete)
		})
	}
}

func isPublishing(r *http.Request) bool { return r.Method == http.MethodPatch }

// TestPublishDisturbed: what others do to the release or its tag while it is made
// is found before it is public.
func TestPublishDisturbed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		when func(*http.Request) bool
		what func(p *project)
		exit int
		want []string
	}{
		"the tag is moved": {when: isDownload, what: func(p *project) {
			commit, err := p.gitHub.Commit("octo", "widget", "another")
			p.must(err)
			p.must(p.gitHub.Tag("octo", "widget", "v1.4.0", commit, ""))
		}, exit: 1, want: []string{"the tag was moved"}},
		"another tool makes a release": {when: isDownload, what: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 99, Tag: "v1.4.0", Draft: true, Author: "hubot"})
			})
		}, exit: 2, want: []string{"99 (draft by hubot)"}},
		"another tool makes a release at the same time": {when: isMaking, what: func(p *project) {
			p.change(func(r *fakegithub.Repository) {
				r.Releases = append(r.Releases, &fakegithub.Release{ID: 99, Tag: "v1.4.0", Draft: true, Author: "hubot"})
			})
		}, exit: 2, want: []string{"99 (draft by hubot)"}},
		"another run sends its own": {when: isUpload, what: func(p *project) {
			sum, size, err := p.gitHub.Put(strings.NewReader("theirs"))
			p.must(err)
			p.change(func(r *fakegithub.Repository) {
				for _, name := range []string{"a.zip", "b.zip", "multiple.intoto.jsonl"} {
					r.Releases[0].Assets = append(r.Releases[0].Assets, &fakegithub.Asset{Name: name, State: "uploaded", SHA256: sum, Size: size})
				}
			})
		}, exit: 2, want: []string{"was changed while this run worked on it", "another file of this name"}},
		"a file is swapped after it was verified": {when: isLastLook(), what: func(p *project) {
			sum, size, err := p.gitHub.Put(strings.NewReader("evil"))
			p.must(err)
			p.change(func(r *fakegithub.Repository) {
				a := r.Releases[0].Assets[0]
				a.ID, a.SHA256, a.Size = 4711, sum, size
			})
		}, exit: 2, want: []string{"was changed while this run worked on it"}},
		"bytes are swapped before they are downloaded": {when: isDownload, what: func(p *project) {
			sum, size, err := p.gitHub.Put(strings.NewReader("this is a.ziP\n"))
			p.must(err)
			p.change(func(r *fakegithub.Repository) {
				for _, a := range r.Releases[0].Assets {
					if a.Name == "a.zip" {
						a.SHA256, a.Size = sum, size
					}
				}
			})
		}, exit: 1, want: []string{"what GitHub gives is not what was sent"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.network = &gate{RoundTripper: p.network, before: tc.when, act: func() error { tc.what(p); return nil }}
			out, errs := p.publish(tc.exit, "v1.4.0", p.dist)
			wantIn(t, out+errs, tc.want...)
			if got := p.public(); got != "[]" {
				t.Errorf("public is %s", got)
			}
		})
	}
}

func isMaking(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/releases")
}

func isUpload(r *http.Request) bool { return r.URL.Host == "uploads.github.com" }

func isDownload(r *http.Request) bool { return strings.Contains(r.URL.Path, "/releases/assets/") }

// isLastLook recognises the look at the tag that comes after all was verified.
func isLastLook() func(*http.Request) bool {
	var mu sync.Mutex
	looks := 0
	return func(r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/git/ref/tags/") {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		looks++
		return looks == 2
	}
}

// TestPublishTokens: the token goes to the API and nowhere else, and the bytes are
// fetched as the API says.
func TestPublishTokens(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.publish(0, "v1.4.0", p.dist)
	hosts := []string{}
	for line := range strings.Lines(p.requests()) {
		words := strings.Fields(line)
		if host := words[3]; words[len(words)-1] != "-" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	slices.Sort(hosts)
	if want := []string{"api.github.com", "uploads.github.com"}; !slices.Equal(hosts, want) {
		t.Errorf("the token went to %v, want %v", hosts, want)
	}
}
