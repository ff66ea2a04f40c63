package cli

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestRunnerTransport: a runner is spoken to over HTTP/1.1, even one that would
// rather not.
func TestRunnerTransport(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	if _, err := http.Get(server.URL); err == nil { // once used, a transport is cloned with its protocols
		t.Error("the server's certificate is trusted")
	}

	runner := new(Env).runnerTransport(0)
	base := runner.Base.(*http.Transport)
	if base.TLSClientConfig == nil {
		base.TLSClientConfig = new(tls.Config)
	}
	base.TLSClientConfig.RootCAs = trusted
	response, err := (&http.Client{Transport: runner}).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if proto, err := io.ReadAll(response.Body); string(proto) != "HTTP/1.1" {
		t.Errorf("spoken to over %s, %v", proto, err)
	}
}
