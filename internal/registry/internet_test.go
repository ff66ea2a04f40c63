package registry

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

// internet is all hosts there are, each a handler, and what they were sent.
type internet struct {
	hosts map[string]http.Handler

	mu       sync.Mutex
	requests []string // METHOD scheme://host/path
	secrets  map[string]string
}

func (n *internet) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
	}
	n.mu.Lock()
	n.requests = append(n.requests, r.Method+" "+r.URL.Scheme+"://"+r.URL.Host+r.URL.Path)
	if n.secrets == nil {
		n.secrets = make(map[string]string)
	}
	if sent := r.Header.Get("Authorization") + body; sent != "" {
		n.secrets[r.URL.Host] = sent
	}
	host, ok := n.hosts[r.URL.Host]
	n.mu.Unlock()
	_, noTLS := host.(inTheClear)
	if !ok || noTLS && r.URL.Scheme == "https" {
		return nil, io.ErrUnexpectedEOF
	}
	inner := r.Clone(r.Context())
	inner.Body = io.NopCloser(strings.NewReader(body))
	w := httptest.NewRecorder()
	host.ServeHTTP(w, inner)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// inTheClear is a server that speaks no TLS.
type inTheClear struct{ http.Handler }

// wantSecrets wants credentials of any kind to have been seen by these hosts
// and no others.
func (n *internet) wantSecrets(t *testing.T, hosts ...string) {
	t.Helper()
	slices.Sort(hosts)
	if got := slices.Sorted(maps.Keys(n.secrets)); !slices.Equal(got, hosts) {
		t.Errorf("credentials were sent to %v, want %v", got, hosts)
	}
}

func (n *internet) asked(part string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, r := range n.requests {
		if strings.Contains(r, part) {
			count++
		}
	}
	return count
}

// pages answers by path, 404 for any other.
type pages map[string]page

type page struct {
	code   int // 200 if 0
	kind   string
	body   string
	header map[string]string
	need   string // Authorization that is wanted, else challenge
}

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got, ok := p[r.URL.Path]
	if !ok {
		http.Error(w, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}`, http.StatusNotFound)
		return
	}
	if got.need != "" && r.Header.Get("Authorization") != got.need {
		got = p["challenge"]
	}
	for name, value := range got.header {
		w.Header().Set(name, value)
	}
	if got.kind != "" {
		w.Header().Set("Content-Type", got.kind)
	}
	if got.code != 0 {
		w.WriteHeader(got.code)
	}
	_, _ = io.WriteString(w, got.body)
}

// keys are credentials by registry.
type keys map[string]authn.AuthConfig

func (k keys) Resolve(r authn.Resource) (authn.Authenticator, error) {
	c, ok := k[r.RegistryStr()]
	if !ok {
		return authn.Anonymous, nil
	}
	return authn.FromConfig(c), nil
}

func toJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
