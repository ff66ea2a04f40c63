package trust

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// oidcIssuer is one that people sign in at; its fields bend what it says.
type oidcIssuer struct {
	*httptest.Server
	metadata func(object)       // changes discovery
	claims   func(object)       // changes tokens
	device   func(n int) string // the error of the n-th question of a device, "" for a token
	issued   func(r url.Values) // looks at what a token was asked for with

	mu        sync.Mutex
	nonce     string
	challenge string
	asked     int
}

func newOIDCIssuer(t *testing.T) *oidcIssuer {
	t.Helper()
	i := new(oidcIssuer)
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		o := object{"issuer": i.URL, "jwks_uri": i.URL + "/jwks", "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token",
			"device_authorization_endpoint": i.URL + "/device", "code_challenge_methods_supported": []string{"plain", "S256"},
			"id_token_signing_alg_values_supported": []string{"ES256"}}
		if i.metadata != nil {
			i.metadata(o)
		}
		_ = json.NewEncoder(w).Encode(o)
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: issuerKey.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/device", func(w http.ResponseWriter, r *http.Request) {
		i.challenge = r.FormValue("code_challenge")
		_ = json.NewEncoder(w).Encode(object{"device_code": "d", "user_code": "WDJB-MJHT", "verification_uri": "https://issuer.example/device", "expires_in": 60, "interval": 1})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		_ = r.ParseForm()
		if i.issued != nil {
			i.issued(r.Form)
		}
		i.asked++
		if i.device != nil {
			if refusal := i.device(i.asked); refusal != "" {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusBadRequest)
				_ = json.NewEncoder(w).Encode(object{"error": refusal})
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(object{"access_token": "a", "token_type": "bearer", "id_token": mint(t, issuerKey, jose.ES256, func(o object) {
			o["iss"] = i.URL
			if i.nonce != "" {
				o["nonce"] = i.nonce
			}
			if i.claims != nil {
				i.claims(o)
			}
		})})
	})
	return i
}

// person signs in: browse is given where the browser is to come back to.
func (i *oidcIssuer) person(t *testing.T, browse func(back string, page url.Values)) *Interactive {
	t.Helper()
	return &Interactive{Issuer: i.URL, Client: i.Client(), Now: atNoon, Tell: func(string, ...any) {}, Open: func(_ context.Context, raw string) error {
		page, err := url.Parse(raw)
		if err != nil {
			t.Error(err)
		}
		q := page.Query()
		i.nonce, i.challenge = q.Get("nonce"), q.Get("code_challenge")
		go browse(q.Get("redirect_uri"), q)
		return nil
	}}
}

// visit goes where a browser is sent, and returns what it shows.
func visit(t *testing.T, back string, answer url.Values) (int, string) {
	t.Helper()
	resp, err := http.Get(back + "?" + answer.Encode())
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

func consents(t *testing.T) func(string, url.Values) {
	return func(back string, page url.Values) {
		if status, shown := visit(t, back, url.Values{"code": {"c"}, "state": {page.Get("state")}}); status != http.StatusOK || !strings.Contains(shown, "Signed in") {
			t.Errorf("%d %s", status, shown)
		}
	}
}

func TestBrowser(t *testing.T) {
	issuer := newOIDCIssuer(t)
	issuer.issued = func(form url.Values) {
		if challengeOf(form.Get("code_verifier")) != issuer.challenge || form.Get("code") != "c" || form.Get("client_id") != "sigstore" || form.Has("client_secret") {
			t.Errorf("asked for a token with %v", form)
		}
	}
	person := issuer.person(t, consents(t))
	token, source, err := Identity{Now: atNoon, Interactive: person}.alone(t).Token(t.Context())
	if err != nil || token.Claims().Issuer != issuer.URL || source != "browser, "+issuer.URL {
		t.Errorf("%q, %v", source, err)
	}
}

// alone is the identity where no platform offers one.
func (i Identity) alone(t *testing.T) Identity {
	leavePlatforms(t)
	return i
}

// TestOthersComeToo: whoever else finds the open port is turned away, and the
// person is still waited for.
func TestOthersComeToo(t *testing.T) {
	issuer := newOIDCIssuer(t)
	person := issuer.person(t, func(back string, page url.Values) {
		for name, answer := range map[string]url.Values{
			"no state":    {"code": {"evil"}},
			"other state": {"code": {"evil"}, "state": {"guess"}},
			"an error":    {"error": {"access_denied"}, "state": {"guess"}},
		} {
			if status, _ := visit(t, back, answer); status != http.StatusBadRequest {
				t.Errorf("%s: %d", name, status)
			}
		}
		if resp, err := http.Post(back+"?code=evil&state="+page.Get("state"), "text/plain", nil); err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("POST: %v, %v", resp, err)
		}
		if status, _ := visit(t, strings.TrimSuffix(back, "callback"), url.Values{"code": {"evil"}, "state": page["state"]}); status != http.StatusNotFound {
			t.Errorf("other path: %d", status)
		}
		consents(t)(back, page)
	})
	issuer.issued = func(form url.Values) {
		if form.Get("code") != "c" {
			t.Errorf("code %q", form.Get("code"))
		}
	}
	if _, err := person.Token(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestInteractiveRefuses(t *testing.T) {
	tests := map[string]struct {
		bend func(*oidcIssuer, *Interactive)
		want string
	}{
		"no PKCE": {func(i *oidcIssuer, _ *Interactive) {
			i.metadata = set("code_challenge_methods_supported", []string{"plain"})
		}, "PKCE"},
		"page that is a file": {func(i *oidcIssuer, _ *Interactive) { i.metadata = set("authorization_endpoint", "file:///bin/sh") }, "no https URL"},
		"page unencrypted": {func(i *oidcIssuer, _ *Interactive) {
			i.metadata = set("authorization_endpoint", "http://issuer.example/")
		}, "no https URL"},
		"tokens unencrypted": {func(i *oidcIssuer, _ *Interactive) { i.metadata = set("token_endpoint", "http://issuer.example/") }, "no https URL"},
		"no device flow": {func(i *oidcIssuer, p *Interactive) {
			p.Device = true
			i.metadata = set("device_authorization_endpoint", "")
		}, "no https URL"},
		"another issuer":   {func(i *oidcIssuer, _ *Interactive) { i.metadata = set("issuer", "https://example.com") }, "example.com"},
		"nonce":            {func(i *oidcIssuer, _ *Interactive) { i.claims = set("nonce", "n") }, "another request"},
		"no nonce":         {func(i *oidcIssuer, _ *Interactive) { i.claims = func(o object) { delete(o, "nonce") } }, "another request"},
		"another audience": {func(i *oidcIssuer, _ *Interactive) { i.claims = set("aud", "x") }, "does not verify"},
		"two audiences":    {func(i *oidcIssuer, _ *Interactive) { i.claims = set("aud", []string{"sigstore", "x"}) }, "audience"},
		"consent denied": {func(_ *oidcIssuer, p *Interactive) {
			open := p.Open
			p.Open = func(ctx context.Context, page string) error {
				return open(ctx, strings.Replace(page, "state=", "denied=", 1))
			}
		}, "it refuses: access_denied no\x1b"},
		"device denied": {func(i *oidcIssuer, p *Interactive) {
			p.Device = true
			i.device = func(int) string { return "access_denied" }
		}, "it refuses: access_denied"},
		"device expired": {func(i *oidcIssuer, p *Interactive) {
			p.Device = true
			i.device = func(int) string { return "expired_token" }
		}, "it refuses: expired_token"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			issuer := newOIDCIssuer(t)
			person := issuer.person(t, func(back string, page url.Values) {
				if state := page.Get("denied"); state != "" {
					visit(t, back, url.Values{"error": {"access_denied"}, "error_description": {"no\x1b"}, "state": {state}})
					return
				}
				consents(t)(back, page)
			})
			tc.bend(issuer, person)
			_, err := person.Token(t.Context())
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "issuer http") || errors.Is(err, ErrIdentity) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func set(name string, value any) func(object) { return func(o object) { o[name] = value } }

// TestDevice: asked again until the code is entered, and the code is shown.
func TestDevice(t *testing.T) {
	issuer := newOIDCIssuer(t)
	issuer.device = func(n int) string {
		if n == 1 {
			return "authorization_pending"
		}
		return ""
	}
	issuer.issued = func(form url.Values) {
		if challengeOf(form.Get("code_verifier")) != issuer.challenge || form.Get("device_code") != "d" {
			t.Errorf("asked for a token with %v", form)
		}
	}
	said := ""
	person := issuer.person(t, nil)
	person.Device, person.Tell = true, func(format string, args ...any) { said += fmt.Sprintf(format, args...) }
	// Whoever says --device means it, whatever else is there.
	identity := Identity{Now: atNoon, Value: "x", Interactive: person}
	token, source, err := identity.Token(t.Context())
	if err != nil || token.Reveal() == "" || source != "device, "+issuer.URL || said != "sign in at https://issuer.example/device with the code WDJB-MJHT" {
		t.Errorf("%q, %q, %v", source, said, err)
	}
}

func TestNobodySignsIn(t *testing.T) {
	for _, device := range []bool{false, true} {
		issuer := newOIDCIssuer(t)
		issuer.device = func(int) string { return "authorization_pending" }
		ctx, cancel := context.WithCancel(t.Context())
		person := issuer.person(t, func(string, url.Values) {})
		person.Device = device
		person.Tell = func(string, ...any) { cancel() }
		if _, err := person.Token(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("device %v: %v", device, err)
		}
	}
}

// TestNoBrowser: where none opens, the page is said and still waited for.
func TestNoBrowser(t *testing.T) {
	issuer := newOIDCIssuer(t)
	person := issuer.person(t, consents(t))
	open, said := person.Open, ""
	person.Open = func(ctx context.Context, page string) error {
		return errors.Join(open(ctx, page), errors.New("no display"))
	}
	person.Tell = func(format string, args ...any) { said += fmt.Sprintf(format, args...) + "\n" }
	if _, err := person.Token(t.Context()); err != nil || !strings.Contains(said, issuer.URL+"/auth?") || !strings.Contains(said, "no display") {
		t.Errorf("%q, %v", said, err)
	}
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
