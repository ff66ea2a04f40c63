package trust

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/provenance"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

var issuerKey = func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}()

// mint signs claims with the key; zero values leave a claim as a job's is.
func mint(t testing.TB, key any, algorithm jose.SignatureAlgorithm, change func(object)) string {
	t.Helper()
	claims := object{
		"iss": GitHubIssuer, "aud": "sigstore", "exp": noon.Add(5 * time.Minute).Unix(), "iat": noon.Unix(),
		"sub": "repo:octo/widget:ref:refs/heads/main", "repository": "octo/widget", "run_id": "7",
	}
	if change != nil {
		change(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestParseToken(t *testing.T) {
	es256 := func(change func(object)) string { return mint(t, issuerKey, jose.ES256, change) }
	set := func(name string, value any) string { return es256(func(o object) { o[name] = value }) }
	good := es256(nil)
	tests := map[string]struct{ raw, want string }{
		"good":               {good, ""},
		"spaces around":      {"\n " + good + "\r\n", ""},
		"audience in a list": {set("aud", []string{"sigstore"}), ""},
		"empty":              {" \n", "empty"},
		"word":               {"hunter2", "not a JWT"},
		"too large":          {strings.Repeat("x", maxToken+1), "larger"},
		"dots":               {strings.Repeat(".", 1000), "not a JWT"},
		"encrypted":          {"a.b.c.d.e", "encrypted"},
		"not signed":         {"eyJhbGciOiJub25lIn0.e30.", "public-key"},
		"shared secret":      {mint(t, []byte(strings.Repeat("k", 32)), jose.HS256, nil), "public-key"},
		"not base64":         {"%.%.%", "public-key"},
		"other audience":     {set("aud", "sts.amazonaws.com"), "audience"},
		"one more audience":  {set("aud", []string{"sigstore", "x"}), "audience"},
		"audience, a prefix": {set("aud", "sigstore2"), "audience"},
		"no audience":        {es256(func(o object) { delete(o, "aud") }), "audience"},
		"expired":            {set("exp", noon.Unix()), "expired at 2026-11-20T12:00:00Z, and this machine's clock says 2026-11-20T12:00:00Z"},
		"not yet valid":      {set("nbf", noon.Add(clockLeeway+time.Second).Unix()), "valid from 2026-11-20T12:05:01Z on, and this machine's clock says"},
		"almost valid":       {set("nbf", noon.Add(clockLeeway).Unix()), ""},
		"never expires":      {es256(func(o object) { delete(o, "exp") }), "does not expire"},
		"no issuer":          {es256(func(o object) { delete(o, "iss") }), "issuer"},
		"http issuer":        {set("iss", "http://issuer.example"), "issuer"},
		"loopback issuer":    {set("iss", "http://127.0.0.1:1234"), ""},
		"claims are a list":  {"eyJhbGciOiJFUzI1NiJ9.W10.AAAA", "claims"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			token, err := ParseToken(tc.raw, noon)
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Fatalf("got %v, want %q", err, tc.want)
				}
				if raw := strings.TrimSpace(tc.raw); len(raw) > 5 && strings.Contains(err.Error(), raw) {
					t.Errorf("the error prints the token: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if token.Reveal() != strings.TrimSpace(tc.raw) {
				t.Error("another token came back")
			}
		})
	}
}

// TestTokenDoesNotPrintItself tries every verb, alone and inside of others.
func TestTokenDoesNotPrintItself(t *testing.T) {
	raw := mint(t, issuerKey, jose.ES256, nil)
	token, err := ParseToken(raw, noon)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Token  Token
		hidden Token
	}
	encoded, err := json.Marshal(holder{token, token})
	if err != nil {
		t.Fatal(err)
	}
	out := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out += fmt.Sprintf(verb+verb+verb+verb, token, &token, holder{token, token}, []any{token})
	}
	for part := range strings.SplitSeq(raw, ".") {
		if strings.Contains(out, part) || strings.Contains(out, fmt.Sprintf("%x", part)) {
			t.Errorf("it printed itself: %s", out)
		}
	}
}

func TestIdentitySources(t *testing.T) {
	token := func(sub string) string {
		return mint(t, issuerKey, jose.ES256, func(o object) { o["sub"] = sub })
	}
	inFile, inVariable, onStdin, fromJob := token("file"), token("variable"), token("stdin"), token("job")
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(inFile+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	job := newRunner(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query()["audience"]; !cmp.Equal(got, []string{"sigstore"}) {
			t.Errorf("audience asked for is %q", got)
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"value": fromJob})
	})
	tests := map[string]struct {
		identity     Identity
		inJob        bool
		want, source string
		wantErr      string
		operator     bool
	}{
		"file":                {Identity{File: path, Value: inVariable}, true, inFile, path, "", false},
		"standard input":      {Identity{File: "-", Stdin: strings.NewReader(onStdin + "\n")}, true, onStdin, "standard input", "", false},
		"variable":            {Identity{Value: inVariable}, true, inVariable, "SIGSTORE_ID_TOKEN", "", false},
		"job":                 {Identity{}, true, fromJob, "github-actions", "", false},
		"none":                {Identity{}, false, "", "", "none was given", true},
		"file is absent":      {Identity{File: path + "x", Value: inVariable}, true, "", "", "no such file", true},
		"file is endless":     {Identity{File: "/dev/zero"}, true, "", "", "larger", true},
		"no standard input":   {Identity{File: "-"}, true, "", "", "closed", true},
		"empty input":         {Identity{File: "-", Stdin: strings.NewReader("")}, true, "", "", "empty", true},
		"variable is nothing": {Identity{Value: "x"}, true, "", "", "not a JWT", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			leaveJob(t)
			if tc.inJob {
				tc.identity.GitHub = job
			}
			tc.identity.Now = atNoon
			got, source, err := tc.identity.Token(t.Context())
			if tc.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wantErr) || errors.Is(err, ErrIdentity) != tc.operator {
					t.Errorf("got %v, want %q", err, tc.wantErr)
				}
				return
			}
			if err != nil || got.Reveal() != tc.want || source != tc.source {
				t.Errorf("got the token of %q, %v", source, err)
			}
		})
	}
}

// TestPlatformThatFails: an answer that is no token is an error, and no other
// source takes its place.
func TestPlatformThatFails(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"401 as JSON": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"message":"no"}`)
		}, ": 401 Unauthorized"},
		"not JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "no JSON, or only a part"},
		"no token": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"count":0}`) }, "empty"},
		"two tokens": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"value":"a","value":"b"}`)
		}, "no JSON, or only a part"},
		"too long": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"value":"`+strings.Repeat("x", maxTokenAnswer)+`"}`)
		}, "only a part"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, "no JSON, or only a part"},
		"yesterday's": {func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]string{"value": mint(t, issuerKey, jose.ES256, func(o object) { o["exp"] = noon.Add(-time.Hour).Unix() })})
		}, "this machine's clock says 2026-11-20T12:00:00Z"},
		"other audience": {func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]string{"value": mint(t, issuerKey, jose.ES256, func(o object) { o["aud"] = "x" })})
		}, "audience"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			leaveJob(t)
			job := newRunner(t, tc.answer)
			_, _, err := Identity{GitHub: job, Now: atNoon}.Token(t.Context())
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "github-actions") || errors.Is(err, ErrIdentity) {
				t.Errorf("got %v, want %q that is not the operator's", err, tc.want)
			}
		})
	}
}

// newRunner is a job whose token endpoint answers so.
func newRunner(t *testing.T, h http.HandlerFunc) GitHubJob {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return GitHubJob{URL: server.URL + "/token?api-version=2.0", Bearer: "bearer"}
}

// TestGitHubJobTellsNobody: where the request token goes, and that no error
// repeats it.
func TestGitHubJobTellsNobody(t *testing.T) {
	leaveJob(t)
	for _, address := range []string{"http://runner.example/x?secret=1", "ftp://runner.example/x", "not a URL", "https://"} {
		job := GitHubJob{URL: address, Bearer: "bearer-secret", Transport: direct{http.NotFoundHandler()}}
		_, _, err := Identity{GitHub: job, Now: atNoon}.Token(t.Context())
		if err == nil || !strings.Contains(err.Error(), "is no https URL") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", address, err)
		}
	}
	asked := ""
	job := GitHubJob{URL: "https://runner.example/x?secret=1", Bearer: "bearer-secret", Transport: direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String() + " " + r.Header.Get("Authorization")
		http.Error(w, "bearer-secret", http.StatusForbidden)
	})}}
	_, _, err := Identity{GitHub: job, Now: atNoon}.Token(t.Context())
	if err == nil || err.Error() != "identity from github-actions: https://runner.example: 403 Forbidden" {
		t.Errorf("got %v", err)
	}
	if want := "https://runner.example/x?audience=sigstore&secret=1 Bearer bearer-secret"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
}

func leaveJob(t *testing.T) {
	for _, name := range TokenVariables {
		t.Setenv(name, "")
	}
}

func TestVerifyGitHubToken(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	es256 := func(change func(object)) string { return mint(t, issuerKey, jose.ES256, change) }
	tests := map[string]struct {
		raw, want string
	}{
		"good":              {es256(nil), ""},
		"signed by another": {mint(t, stranger, jose.ES256, nil), "signature"},
		"other issuer":      {es256(func(o object) { o["iss"] = "https://gitlab.com" }), "different provider"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			token, err := ParseToken(tc.raw, noon)
			if err != nil {
				t.Fatal(err)
			}
			claims, err := VerifyGitHubToken(t.Context(), token, issuerAt(t, GitHubIssuer), atNoon)
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := provenance.Claims{Repository: "octo/widget", RunID: "7", Subject: "repo:octo/widget:ref:refs/heads/main"}
			if d := cmp.Diff(want, claims); d != "" {
				t.Error(d)
			}
		})
	}
	token, err := ParseToken(es256(nil), noon)
	if err != nil {
		t.Fatal(err)
	}
	late := func() time.Time { return noon.Add(time.Hour) }
	if _, err := VerifyGitHubToken(t.Context(), token, issuerAt(t, GitHubIssuer), late); err == nil {
		t.Error("an expired token was verified")
	}
	down := &http.Client{Transport: broken{context.DeadlineExceeded}}
	if _, err := VerifyGitHubToken(t.Context(), token, down, atNoon); err == nil || !strings.Contains(err.Error(), GitHubIssuer) {
		t.Errorf("without the issuer: %v", err)
	}
}

// issuerAt is a client for which the issuer at url has the test's key.
func issuerAt(t *testing.T, url string) *http.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(object{"issuer": url, "jwks_uri": url + "/jwks",
			"id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: issuerKey.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	return &http.Client{Transport: direct{mux}}
}

// direct answers from a handler, without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func FuzzParseToken(f *testing.F) {
	f.Add(mint(f, issuerKey, jose.ES256, nil))
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, raw string) {
		token, err := ParseToken(raw, noon)
		if err == nil && token.Reveal() != strings.TrimSpace(raw) {
			t.Error("another token came back")
		}
	})
}
