package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// issuer signs identity tokens as GitHub's issuer does: RS256, keys found
// through discovery below the issuer's own URL.
type issuer struct {
	url string
	job *Job
	ttl time.Duration
	// bearer is what the runner's token endpoint asks of its callers.
	bearer string
	// signing makes the key once. An RSA key takes a tenth of a second, now and
	// then three, so it is made beside the start of everything else.
	signing func() (*signingKey, error)
}

type signingKey struct {
	signer jose.Signer
	public jose.JSONWebKey
}

func newIssuer(issuerURL string, job *Job, ttl time.Duration) *issuer {
	i := &issuer{url: issuerURL, job: job, ttl: ttl, bearer: rand.Text(), signing: sync.OnceValues(newSigningKey)}
	go func() { _, _ = i.signing() }()
	return i
}

func newSigningKey() (*signingKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("issuer key: %w", err)
	}
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.RS256), Use: "sig"}
	print, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("issuer key: %w", err)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(print)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}},
		new(jose.SignerOptions).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("issuer key: %w", err)
	}
	return &signingKey{signer: signer, public: public}, nil
}

// discovery answers below the issuer's URL: the two documents that let anybody
// verify its tokens.
func (i *issuer) discovery() (http.Handler, error) {
	u, err := url.Parse(i.url)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+u.Path+"/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{
			"issuer":                                i.url,
			"jwks_uri":                              i.url + "/.well-known/jwks",
			"subject_types_supported":               []string{"public", "pairwise"},
			"response_types_supported":              []string{"id_token"},
			"scopes_supported":                      []string{"openid"},
			"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
		})
	})
	mux.HandleFunc("GET "+u.Path+"/.well-known/jwks", func(w http.ResponseWriter, _ *http.Request) {
		key, err := i.signing()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		writeJSON(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.public}})
	})
	return mux, nil
}

// tokenEndpoint answers as the runner does at ACTIONS_ID_TOKEN_REQUEST_URL.
// Its clients write the scheme of the Authorization header in either case.
func (i *issuer) tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || subtle.ConstantTimeCompare([]byte(bearer), []byte(i.bearer)) != 1 {
		http.Error(w, "the request token is missing or wrong", http.StatusUnauthorized)
		return
	}
	audience := r.URL.Query().Get("audience")
	if audience == "" {
		audience = "https://github.com/" + i.job.Owner()
	}
	token, err := i.token(audience, time.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, map[string]string{"value": token})
}

func (i *issuer) token(audience string, now time.Time) (string, error) {
	key, err := i.signing()
	if err != nil {
		return "", err
	}
	return jwt.Signed(key.signer).Claims(i.job.claims(i.url, audience, now, i.ttl)).Serialize()
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// The only error is a client that has gone away.
	_ = json.NewEncoder(w).Encode(v)
}
