package trust

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// public makes the mirror the one of the public Sigstore instance: the chain
// begins with the embedded root, and the embedded trusted root is the last
// source. Tests that use it cannot run side by side.
func (m *mirror) public(t *testing.T) Options {
	t.Helper()
	base := embeddedTUFRoot
	t.Cleanup(func() { embeddedTUFRoot = base })
	embeddedTUFRoot = m.files["1.root.json"]
	to, err := url.Parse(m.url)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Dir: t.TempDir(), Transport: answersFor{"tuf-repo-cdn.sigstore.dev", to}, Now: time.Now()}
}

// answersFor sends the requests for one host elsewhere and refuses all others.
type answersFor struct {
	host string
	to   *url.URL
}

func (a answersFor) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != a.host || r.URL.Scheme != "https" {
		return nil, errors.New("not to be asked: " + r.URL.String())
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = a.to.Scheme, a.to.Host
	return http.DefaultTransport.RoundTrip(r)
}

// published sets the day from which the embedded root is.
func published(t *testing.T, day time.Time) {
	t.Helper()
	source := embeddedSource
	t.Cleanup(func() { embeddedSource = source })
	embeddedSource = []byte(`{"Package":"p","Version":"1","Published":"` + day.Format(time.DateOnly) + `"}`)
}

// TestPublicInstance: what comes from TUF is used, in bad weather the newest
// valid copy with a warning, and after an attack none, the embedded one included.
func TestPublicInstance(t *testing.T) {
	const fromTUF = "TUF https://tuf-repo-cdn.sigstore.dev"
	day := 24 * time.Hour
	tests := map[string]struct {
		embedded time.Duration // before now
		later    time.Duration
		happens  func(*mirror)
		source   string // or "" where it must fail
		text     string // of the warning or error
	}{
		"fetched within a day":            {later: 23 * time.Hour, embedded: day, happens: func(m *mirror) { m.down = 500 }, source: fromTUF},
		"down, the copy is newest":        {later: 25 * time.Hour, embedded: 9 * day, happens: func(m *mirror) { m.down = 500 }, source: fromTUF, text: "1 day ago"},
		"down, the program is newest":     {later: 25 * time.Hour, embedded: -2 * day, happens: func(m *mirror) { m.down = 500 }, source: "embedded", text: "compiled in"},
		"frozen":                          {later: 25 * time.Hour, embedded: day, happens: func(m *mirror) { m.publish(4, -time.Hour, nil) }, text: "expired"},
		"rolled back":                     {later: 25 * time.Hour, embedded: day, happens: func(m *mirror) { m.publish(0, time.Hour, nil) }, text: "version"},
		"rolled back, program is newest":  {later: 25 * time.Hour, embedded: -2 * day, happens: func(m *mirror) { m.publish(0, time.Hour, nil) }, text: "version"},
		"a page of some portal, not JSON": {later: 25 * time.Hour, embedded: day, happens: func(m *mirror) { m.set("timestamp.json", []byte("<html>log in</html>")) }, text: "timestamp metadata"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := newMirror(t)
			o := m.public(t)
			published(t, time.Now().Add(-tc.embedded))
			if r, warnings, err := o.Root(t.Context()); err != nil || r.Source != fromTUF || len(warnings) != 0 {
				t.Fatal(r, warnings, err)
			}
			tc.happens(m)
			o.Now = time.Now().Add(tc.later)
			r, warnings, err := o.Root(t.Context())
			if tc.source == "" {
				if err == nil || isUnreachable(err) || !strings.Contains(err.Error(), tc.text) {
					t.Errorf("got %v, %v, want an error with %q", r, err, tc.text)
				}
				return
			}
			if err != nil || !strings.HasPrefix(r.Source, tc.source) || !strings.Contains(strings.Join(warnings, "\n"), tc.text) || (tc.text == "") != (len(warnings) == 0) {
				t.Errorf("got %v, %q, %v, want %s and a warning with %q", r, warnings, err, tc.source, tc.text)
			}
		})
	}
}

// TestFirstFetchInBadWeather begins with nothing but what is compiled in.
func TestFirstFetchInBadWeather(t *testing.T) {
	m := newMirror(t)
	o := m.public(t)
	m.down = 503
	if r, warnings, err := o.Root(t.Context()); err != nil || !strings.HasPrefix(r.Source, "embedded") || len(warnings) != 1 || !strings.Contains(warnings[0], "503") {
		t.Errorf("got %v, %q, %v", r, warnings, err)
	}
	if _, _, err := o.SigningConfig(t.Context()); !isUnreachable(err) {
		t.Errorf("signing config: got %v, want weather", err)
	}
	m.down = 0
	m.signer = newSigner(t)
	m.publish(2, time.Hour, nil)
	if r, _, err := o.Root(t.Context()); err == nil || isUnreachable(err) {
		t.Errorf("signed by a stranger, at the first fetch: got %v, %v", r, err)
	}
}
