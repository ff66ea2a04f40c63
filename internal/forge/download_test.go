package forge_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

func TestDownloadsInBadWeather(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	content := strings.Repeat("the widget ", 100_000)
	release := mustRelease(t, w.client(maintainer), file("widget", content))
	for seed := range uint64(6) {
		must(t, w.SetFaults(fakegithub.Faults{Seed: seed, Downloads: 0.7}))
		got, digest, err := download(t, w.client(""), &release.Assets[0])
		if err != nil || got != content || digest != digestOf(content) {
			t.Errorf("seed %d: %d bytes, %s, %v", seed, len(got), digest, err)
		}
	}
}

func TestDownloadOfPrivate(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	release := mustRelease(t, w.client(maintainer), file("widget", "the widget"))
	w.change(t, func(r *fakegithub.Repository) { r.Visibility = "private" })
	if got, _, err := download(t, w.client(reader), &release.Assets[0]); err != nil || got != "the widget" {
		t.Errorf("a reader gets %q, %v", got, err)
	}
	if _, _, err := download(t, w.client(""), &release.Assets[0]); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("a stranger: %v, want ErrNotFound", err)
	}
	if _, err := w.client("").Project(t.Context(), widget); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("a stranger asks for the repository: %v, want ErrNotFound", err)
	}
}

// TestDownloadFromAHostileServer: what comes is never more than was announced,
// and from nowhere else than it may.
func TestDownloadFromAHostileServer(t *testing.T) {
	t.Parallel()
	asset := forge.Asset{ID: 1, Name: "widget", State: "uploaded", Size: 10, URL: "https://github.com/octo/widget/releases/download/v1/widget"}
	tests := map[string]struct {
		answer *http.Response
		want   error
		most   int // bytes that may have been written
	}{
		"more bytes":           {answer: says(200, strings.Repeat("x", 11)), want: forge.ErrAnswer, most: 10},
		"fewer bytes":          {answer: says(200, "x"), want: io.ErrUnexpectedEOF, most: 1},
		"another host":         {answer: says(302, "", "Location", "https://evil.example/widget"), want: forge.ErrAnswer},
		"a host in disguise":   {answer: says(302, "", "Location", "https://evilgithubusercontent.com/widget"), want: forge.ErrAnswer},
		"plain http":           {answer: says(302, "", "Location", "http://objects.githubusercontent.com/widget"), want: forge.ErrAnswer},
		"nowhere":              {answer: says(302, ""), want: forge.ErrAnswer},
		"a part nobody wanted": {answer: says(206, "x", "Content-Range", "bytes 3-9/10"), want: forge.ErrAnswer},
		"nothing to say":       {answer: says(204, ""), want: forge.ErrAnswer},
		"gone":                 {answer: says(404, ""), want: forge.ErrNotFound},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &forge.Client{Transfer: answers(func(r *http.Request) *http.Response { return tc.answer })}
			got, _, err := download(t, c, &asset)
			if !errors.Is(err, tc.want) || len(got) > tc.most {
				t.Errorf("got %d bytes and %v, want at most %d and %v", len(got), err, tc.most, tc.want)
			}
		})
	}
	full := errors.New("the disk is full")
	c := &forge.Client{Transfer: answers(func(r *http.Request) *http.Response { return says(200, "the widget") })}
	if _, err := c.Download(t.Context(), widget, &asset, failing{full}); !errors.Is(err, full) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
