package weather

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// maxRequest limits a request body that has to be held for a second try; what
// is sent to the services is a certificate request, a digest or a statement.
const maxRequest = 16 << 20

const maxRedirects = 5

// checkRequest refuses what no second try would make better. Redirects are
// looked at here because the clients above bring their own http.Client: it
// gives each hop the response that caused it, and would itself follow ten, with
// the credentials to any subdomain.
func checkRequest(req *http.Request) error {
	if req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return fmt.Errorf("%s: neither https nor http", req.URL.Redacted())
	}
	hops := 0
	for first := req; first.Response != nil && first.Response.Request != nil; {
		hops++
		if hops > maxRedirects {
			return fmt.Errorf("%s: more than %d redirects", req.URL.Redacted(), maxRedirects)
		}
		first = first.Response.Request
		if first.URL.Scheme == "https" && req.URL.Scheme != "https" {
			return fmt.Errorf("%s: redirected to %s, which is not https", first.URL.Redacted(), req.URL.Redacted())
		}
		if carriesCredentials(first) && !sameOrigin(first, req) {
			return fmt.Errorf("%s: redirected to %s, credentials do not follow", first.URL.Redacted(), req.URL.Redacted())
		}
	}
	return nil
}

func carriesCredentials(req *http.Request) bool {
	return req.Header.Get("Authorization") != "" || req.Header.Get("Cookie") != "" || req.URL.User != nil
}

func sameOrigin(a, b *http.Request) bool {
	return a.URL.Scheme == b.URL.Scheme && a.URL.Host == b.URL.Host
}

// replayable gives the request's body as often as it is asked for; nil where
// there is none.
func replayable(req *http.Request) (func() (io.ReadCloser, error), error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	if req.GetBody != nil {
		return req.GetBody, nil
	}
	data, err := io.ReadAll(io.LimitReader(req.Body, maxRequest+1))
	if err != nil {
		return nil, fmt.Errorf("%s: request body: %w", req.URL.Redacted(), err)
	}
	if len(data) > maxRequest {
		return nil, fmt.Errorf("%s: request body is larger than %d bytes", req.URL.Redacted(), maxRequest)
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, nil
}
