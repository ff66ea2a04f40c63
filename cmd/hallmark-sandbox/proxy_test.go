package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

// client is what an unmodified program becomes by the sandbox's environment.
func (r *running) client(t *testing.T) *http.Client {
	t.Helper()
	proxy, err := url.Parse(r.env["HTTPS_PROXY"])
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(r.env["SSL_CERT_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{
		Proxy:             http.ProxyURL(proxy),
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
	}}
}

// token asks the runner's endpoint for an identity token.
func (r *running) token(t *testing.T, scheme, audience string) (token string, status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.env["ACTIONS_ID_TOKEN_REQUEST_URL"]+"&audience="+url.QueryEscape(audience), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", scheme+" "+r.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct{ Value string }
	if response.StatusCode == http.StatusOK {
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer.Value, response.StatusCode
}

// TestProxyPassesLoopbackOn is for clients that send even plain requests for
// 127.0.0.1 to their HTTPS proxy. Go's do not, so this one speaks by hand.
func TestProxyPassesLoopbackOn(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	for _, test := range []struct{ target, want string }{
		{sandbox.env["HALLMARK_SANDBOX_TUF"] + "/timestamp.json", "HTTP/1.1 200 OK\r\n"},
		{"http://127.0.0.2:80/", "HTTP/1.1 403 Forbidden\r\n"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(sandbox.env["HTTPS_PROXY"], "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		u, err := url.Parse(test.target)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", test.target, u.Host)
		if got, err := bufio.NewReader(conn).ReadString('\n'); got != test.want {
			t.Errorf("%s: %q (%v), want %q", test.target, got, err, test.want)
		}
	}
}

// requests are the lines of the log without their times.
func (r *running) requests(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, requestsFile))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(content)) {
		_, rest, _ := strings.Cut(line, " ")
		b.WriteString(rest)
	}
	return b.String()
}

func TestProxyAnswersForTheIssuer(t *testing.T) {
	t.Parallel()
	for _, issuer := range []string{defaultIssuer, "https://token.actions.example/octo-enterprise"} {
		t.Run(issuer, func(t *testing.T) {
			t.Parallel()
			sandbox := mustStart(t, "--issuer", issuer)
			ctx := oidc.ClientContext(t.Context(), sandbox.client(t))
			provider, err := oidc.NewProvider(ctx, issuer)
			if err != nil {
				t.Fatal(err)
			}
			for _, scheme := range []string{"bearer", "Bearer"} {
				raw, _ := sandbox.token(t, scheme, "sigstore")
				token, err := provider.Verifier(&oidc.Config{ClientID: "sigstore"}).Verify(ctx, raw)
				if err != nil {
					t.Fatal(err)
				}
				if want := "repo:hallmark-project/hallmark:ref:refs/tags/v0.0.0-demo"; token.Subject != want {
					t.Errorf("subject %s, want %s", token.Subject, want)
				}
			}
			if _, status := sandbox.token(t, "Basic", "sigstore"); status != http.StatusUnauthorized {
				t.Errorf("wrong authorization: status %d, want %d", status, http.StatusUnauthorized)
			}
			host, _ := url.Parse(issuer)
			for _, want := range []string{
				fmt.Sprintf("proxy CONNECT %s:443 -\n", host.Host),
				fmt.Sprintf("issuer GET %s %s/.well-known/jwks\n", host.Host, host.Path),
			} {
				if log := sandbox.requests(t); !strings.Contains(log, want) {
					t.Errorf("request log lacks %q:\n%s", want, log)
				}
			}
		})
	}
}

func TestProxyRefusesOtherHosts(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	client := sandbox.client(t)
	for _, target := range []string{
		"https://api.github.com/",
		"https://fulcio.sigstore.dev/",
		"https://token.actions.githubusercontent.com:8443/",
		"https://token.actions.githubusercontent.com.evil.example/",
	} {
		response, err := client.Get(target)
		if err == nil {
			response.Body.Close()
			t.Errorf("%s answered %s", target, response.Status)
			continue
		}
		if !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("%s: %v, want Forbidden", target, err)
		}
	}
	response, err := client.Get("http://example.com/plain")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "outside the sandbox") {
		t.Errorf("plain HTTP: %s %q, want 403", response.Status, body)
	}
	log := sandbox.requests(t)
	for _, want := range []string{
		"refused CONNECT api.github.com:443 -\n",
		"refused CONNECT fulcio.sigstore.dev:443 -\n",
		"refused CONNECT token.actions.githubusercontent.com:8443 -\n",
		"refused GET example.com /plain\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("request log lacks %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, "proxy CONNECT") {
		t.Errorf("a tunnel was opened:\n%s", log)
	}
}
