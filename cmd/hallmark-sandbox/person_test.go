package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore/pkg/oauthflow"
)

// noFollow is a browser that looks where it is sent.
var noFollow = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// signIn asks for a code as a browser does.
func (r *running) signIn(t *testing.T, change func(url.Values)) *http.Response {
	t.Helper()
	q := url.Values{"response_type": {"code"}, "client_id": {"sigstore"}, "redirect_uri": {"http://localhost:1/auth/callback"},
		"scope": {"openid email"}, "state": {"st"}, "nonce": {"no"}, "code_challenge_method": {"S256"}, "code_challenge": {challengeOf("v")}}
	if change != nil {
		change(q)
	}
	resp, err := noFollow.Get(r.env["HALLMARK_SANDBOX_OIDC"] + "/auth?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// exchange asks for the token, which is "" where it is refused.
func (r *running) exchange(t *testing.T, code, verifier string) string {
	t.Helper()
	resp, err := http.PostForm(r.env["HALLMARK_SANDBOX_OIDC"]+"/token", url.Values{"grant_type": {"authorization_code"}, "code": {code},
		"client_id": {"sigstore"}, "redirect_uri": {"http://localhost:1/auth/callback"}, "code_verifier": {verifier}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		IDToken string `json:"id_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.IDToken
}

func codeOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	to, err := resp.Location()
	if err != nil || to.Query().Get("state") != "st" {
		t.Fatalf("sent to %v, %v", to, err)
	}
	return to.Query().Get("code")
}

// TestPersonSigns: with the token that a browser gets, Fulcio certifies the
// person's e-mail address.
func TestPersonSigns(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--person=dev@octo.example")
	token := sandbox.exchange(t, codeOf(t, sandbox.signIn(t, nil)), "v")
	services, err := root.NewSigningConfigFromPath(filepath.Join(sandbox.dir, signingConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := services.OIDCProviderURLs()[0].URL, sandbox.env["HALLMARK_SANDBOX_OIDC"]; got != want {
		t.Errorf("the signing config names %s, want %s", got, want)
	}
	keys, err := sign.NewEphemeralKeypair(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := sign.NewFulcio(&sign.FulcioOptions{BaseURL: services.FulcioCertificateAuthorityURLs()[0].URL}).
		GetCertificate(t.Context(), keys, &sign.CertificateProviderOptions{IDToken: token})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := certificate.SummarizeCertificate(leaf)
	if err != nil || summary.SubjectAlternativeName != "dev@octo.example" || summary.Issuer != sandbox.env["HALLMARK_SANDBOX_OIDC"] {
		t.Errorf("%+v, %v", summary, err)
	}
}

// TestPersonIsCareful, as a real issuer is: a client that forgets to be must
// not find out later.
func TestPersonIsCareful(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	code := codeOf(t, sandbox.signIn(t, nil))
	if sandbox.exchange(t, code, "another") != "" {
		t.Error("a token without the verifier of the challenge")
	}
	code = codeOf(t, sandbox.signIn(t, nil))
	if sandbox.exchange(t, code, "v") == "" || sandbox.exchange(t, code, "v") != "" {
		t.Error("a code is good once")
	}
	if sandbox.exchange(t, rand.Text(), "v") != "" {
		t.Error("a token for any code")
	}
	for name, change := range map[string]func(url.Values){
		"foreign redirect": func(q url.Values) { q.Set("redirect_uri", "https://example.com/") },
		"foreign client":   func(q url.Values) { q.Set("client_id", "x") },
	} {
		if resp := sandbox.signIn(t, change); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
	if code := codeOf(t, sandbox.signIn(t, func(q url.Values) { q.Del("code_challenge") })); code != "" {
		t.Error("a code without PKCE")
	}
}

// TestPersonAtADevice, with upstream's own client.
func TestPersonAtADevice(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	issuer := sandbox.env["HALLMARK_SANDBOX_OIDC"]
	waited := 0
	device := &oauthflow.DeviceFlowTokenGetter{Issuer: issuer}
	var page string
	device.MessagePrinter = func(said string) {
		if _, at, ok := strings.Cut(said, " at: "); ok {
			page = at
		}
	}
	device.Sleeper = func(time.Duration) { // the person comes once the device waits
		waited++
		resp, err := http.Get(page)
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
	}
	token, err := oauthflow.OIDConnect(issuer, "sigstore", "", "", device)
	if err != nil || token.Subject != defaultPerson || waited != 1 {
		t.Errorf("%v after %d, %v", token, waited, err)
	}
}
