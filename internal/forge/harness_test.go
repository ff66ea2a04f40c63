package forge_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/weather"
)

var widget = forge.Repository{Owner: "octo", Name: "widget"}

const (
	maintainer = "maintainers-token"
	reader     = "readers-token"
)

// clock moves only when somebody sleeps.
type clock struct {
	mu   sync.Mutex
	time time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(d)
	return ctx.Err()
}

// world is the fake with one repository, octo/widget, and a commit in it.
type world struct {
	*fakegithub.Server
	*clock
	url    string
	commit string
}

func mustWorld(t *testing.T) *world {
	t.Helper()
	return mustWorldOf(t, checkExchange(t))
}

// mustWorldOf is one whose exchanges are seen by check.
func mustWorldOf(t *testing.T, check func(fakegithub.Exchange)) *world {
	t.Helper()
	w := &world{clock: &clock{time: time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)}}
	var err error
	w.Server, err = fakegithub.New(t.TempDir(), fakegithub.Options{
		Now: w.now,
		Tokens: map[string]fakegithub.Token{
			maintainer: {Login: "maintainer", Permissions: map[string]string{"contents": "write", "attestations": "write", "administration": "read"}},
			reader:     {Login: "reader", Permissions: map[string]string{"contents": "read"}},
		},
		Check: check,
	})
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })
	must(t, w.Add(fakegithub.Repository{ID: 77, OwnerID: 7, Owner: "octo", Name: "widget"}))
	w.commit, err = w.Commit("octo", "widget", "first")
	must(t, err)
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// client is one that waits bad weather out, on the world's clock.
func (w *world) client(token string) *forge.Client {
	transport := &weather.Transport{
		Base: fakegithub.Transport(w.url), RetryFor: 2 * time.Hour, MaxBody: forge.MaxAnswer + 1,
		Now: w.now, Sleep: w.sleep, Limit: forge.RateLimit,
	}
	return &forge.Client{API: transport, Transfer: fakegithub.Transport(w.url), Repeat: transport.Repeat, Token: token}
}

func (w *world) change(t *testing.T, f func(*fakegithub.Repository)) {
	t.Helper()
	must(t, w.Change("octo", "widget", f))
}

// requests are the lines of the log without their times.
func (w *world) requests(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile(w.RequestLog())
	must(t, err)
	var lines []string
	for line := range strings.Lines(string(content)) {
		_, line, _ = strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		lines = append(lines, line)
	}
	return lines
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// file is one to upload.
func file(name, content string) forge.File {
	return forge.File{
		Name: name, Size: int64(len(content)), SHA256: digestOf(content),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// mustDraft makes a draft of v1.0.0 with the files.
func mustDraft(t *testing.T, c *forge.Client, files ...forge.File) *forge.Release {
	t.Helper()
	draft, err := c.CreateDraft(t.Context(), widget, forge.Draft{Tag: "v1.0.0", Name: "1.0.0"})
	must(t, err)
	for _, f := range files {
		_, err := c.Upload(t.Context(), widget, draft, f)
		must(t, err)
	}
	return draft
}

// mustRelease publishes one with the files.
func mustRelease(t *testing.T, c *forge.Client, files ...forge.File) *forge.Release {
	t.Helper()
	release, err := c.Publish(t.Context(), widget, mustDraft(t, c, files...))
	must(t, err)
	return release
}

func download(t *testing.T, c *forge.Client, a *forge.Asset) (content, digest string, err error) {
	t.Helper()
	var b bytes.Buffer
	digest, err = c.Download(t.Context(), widget, a, &b)
	return b.String(), digest, err
}

// answers is a GitHub that says what a test wants it to.
type answers func(r *http.Request) *http.Response

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	resp := f(r)
	resp.Request = r
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	return resp, nil
}

func says(code int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: h, Body: io.NopCloser(strings.NewReader(body))}
}
