package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	interactiveClient = "sigstore"
	deviceGrant       = "urn:ietf:params:oauth:grant-type:device_code"
	grantTTL          = 5 * time.Minute
	devicePoll        = 1 // seconds between a device's questions
)

// personIssuer is the issuer that people sign in at, as the public instance's
// Dex is, with one person who is always there and never asked for a password.
// A browser that comes is that person's, and consents at once; a device waits
// until its code has been entered at /device.
type personIssuer struct {
	url     string
	email   string
	ttl     time.Duration
	signing func() (*signingKey, error)

	mu     sync.Mutex
	grants map[string]*grant // by code, or device code
}

// grant is what was asked for, until it is fetched.
type grant struct {
	redirect  string // of a browser; "" for a device
	challenge string // PKCE, RFC 7636
	nonce     string
	userCode  string
	state     string // "", "granted" or an error of RFC 8628
	until     time.Time
}

func newPersonIssuer(email string, ttl time.Duration) *personIssuer {
	p := &personIssuer{email: email, ttl: ttl, signing: sync.OnceValues(newSigningKey), grants: make(map[string]*grant)}
	go func() { _, _ = p.signing() }()
	return p
}

// handler answers below the issuer's URL, which is set once it is known.
func (p *personIssuer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{
			"issuer":                                p.url,
			"authorization_endpoint":                p.url + "/auth",
			"token_endpoint":                        p.url + "/token",
			"device_authorization_endpoint":         p.url + "/device/code",
			"jwks_uri":                              p.url + "/keys",
			"response_types_supported":              []string{"code"},
			"grant_types_supported":                 []string{"authorization_code", deviceGrant},
			"subject_types_supported":               []string{"public"},
			"scopes_supported":                      []string{"openid", "email"},
			"code_challenge_methods_supported":      []string{"S256"},
			"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		key, err := p.signing()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		writeJSON(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.public}})
	})
	mux.HandleFunc("GET /auth", p.authorize)
	mux.HandleFunc("POST /device/code", p.startDevice)
	mux.HandleFunc("GET /device", p.enterCode)
	mux.HandleFunc("POST /token", p.exchange)
	return mux
}

// authorize sends the browser back with a code. What cannot be redirected
// safely is refused to the browser, anything else to the client.
func (p *personIssuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Scheme != "http" || !slices.Contains([]string{"localhost", loopback}, back.Hostname()) || q.Get("client_id") != interactiveClient {
		http.Error(w, "not a client of this issuer, or not at home on this machine", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		answer.Set("error", "invalid_request")
	} else {
		answer.Set("code", p.keep(&grant{redirect: back.String(), challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), state: "granted"}))
	}
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// startDevice hands out a code for the device and one for the person.
func (p *personIssuer) startDevice(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != interactiveClient || r.FormValue("code_challenge_method") != "S256" || r.FormValue("code_challenge") == "" {
		refuseOAuth(w, "invalid_request")
		return
	}
	g := &grant{challenge: r.FormValue("code_challenge"), userCode: rand.Text()[:8], state: "authorization_pending"}
	writeJSON(w, map[string]any{
		"device_code":               p.keep(g),
		"user_code":                 g.userCode,
		"verification_uri":          p.url + "/device",
		"verification_uri_complete": p.url + "/device?user_code=" + g.userCode,
		"expires_in":                int(grantTTL / time.Second),
		"interval":                  devicePoll,
	})
}

// enterCode is where the person consents to a device, or with &deny=1 does not.
func (p *personIssuer) enterCode(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.grants {
		if g.userCode != "" && g.userCode == r.URL.Query().Get("user_code") {
			g.state = "granted"
			if r.URL.Query().Get("deny") != "" {
				g.state = "access_denied"
			}
			fmt.Fprintf(w, "%s: %s\n", html.EscapeString(p.email), g.state)
			return
		}
	}
	http.Error(w, "no device has this code", http.StatusNotFound)
}

// exchange gives an identity token for a code, once.
func (p *personIssuer) exchange(w http.ResponseWriter, r *http.Request) {
	code, device := r.FormValue("code"), r.FormValue("grant_type") == deviceGrant
	if device {
		code = r.FormValue("device_code")
	}
	g, ok := p.take(code)
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case !ok, time.Now().After(g.until), device != (g.redirect == ""), !device && g.redirect != r.FormValue("redirect_uri"):
		refuseOAuth(w, "invalid_grant")
	case subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(challenge[:])), []byte(g.challenge)) != 1:
		refuseOAuth(w, "invalid_grant")
	case g.state != "granted":
		refuseOAuth(w, g.state)
	default:
		p.issue(w, g.nonce)
	}
}

func (p *personIssuer) issue(w http.ResponseWriter, nonce string) {
	key, err := p.signing()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	now := time.Now()
	claims := map[string]any{
		"iss": p.url, "aud": interactiveClient, "sub": "person-1", "email": p.email, "email_verified": true,
		"iat": now.Unix(), "exp": now.Add(p.ttl).Unix(),
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	token, err := jwt.Signed(key.signer).Claims(claims).Serialize()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, map[string]any{"access_token": rand.Text(), "token_type": "bearer", "expires_in": int(p.ttl / time.Second), "id_token": token})
}

func (p *personIssuer) keep(g *grant) (code string) {
	code, g.until = rand.Text(), time.Now().Add(grantTTL)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grants[code] = g
	return code
}

// take gives out a grant, which is gone then unless it is still waited for.
func (p *personIssuer) take(code string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.grants[code]
	if !ok {
		return grant{}, false
	}
	if g.state != "authorization_pending" {
		delete(p.grants, code)
	}
	return *g, true
}

func refuseOAuth(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, "{\"error\":%q}\n", code)
}
