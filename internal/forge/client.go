package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v82/github"
)

// GitHub's hosts. Nothing chooses others: a token must not be led astray.
const (
	apiHost    = "api.github.com"
	uploadHost = "uploads.github.com"
	webHost    = "github.com"
)

const apiOrigin, uploadOrigin, webOrigin = "https://" + apiHost, "https://" + uploadHost, "https://" + webHost

// Client asks GitHub. The zero value asks as anybody, each thing once. It is
// safe for concurrent use.
type Client struct {
	// API makes the calls whose answers are small. It bounds their time, reads
	// an answer of up to MaxAnswer bytes whole and tries again in bad weather,
	// of which RateLimit knows GitHub's own kinds. Nil is
	// http.DefaultTransport.
	API http.RoundTripper
	// Transfer makes one try of a transfer: it must hand bodies on as they
	// come, and neither try again nor follow redirects. Nil is
	// http.DefaultTransport.
	Transfer http.RoundTripper
	// Repeat makes the tries of a transfer with a server, given as an origin.
	// An error of a try that may pass has the method
	//
	//	Interrupted() *http.Response
	//
	// with the answer that broke it off, or nil where the connection did; all
	// others are final. A nil Repeat tries once.
	Repeat func(ctx context.Context, server string, try func(context.Context) error) error
	// Token is sent to api.github.com and uploads.github.com, over https, and
	// nowhere else. Empty asks as anybody.
	Token string
	// UserAgent names the program to GitHub, which wants a name: hallmark if
	// empty.
	UserAgent string
}

// callFor limits a call that is made through Transfer.
const callFor = 30 * time.Second

// calls is the way for what may be asked twice.
func (c *Client) calls() *github.Client { return c.github(c.API) }

// once is the way for what may not.
func (c *Client) once() *github.Client { return c.github(c.Transfer) }

func (c *Client) github(base http.RoundTripper) *github.Client {
	gh := github.NewClient(&http.Client{
		Transport:     &entrance{base: transportOr(base), token: c.Token},
		CheckRedirect: stay,
	})
	gh.UserAgent = c.agent()
	// It would refuse calls by itself while a limit lasts, and never wait.
	gh.DisableRateLimitCheck = true
	return gh
}

func (c *Client) agent() string { return cmp.Or(c.UserAgent, "hallmark") }

func transportOr(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return http.DefaultTransport
	}
	return base
}

func (c *Client) repeat(ctx context.Context, server string, try func(context.Context) error) error {
	if c.Repeat == nil {
		return try(ctx)
	}
	return c.Repeat(ctx, server, try)
}

// entrance is the one place that knows the token. It opens onto GitHub's API
// and nothing else.
type entrance struct {
	base      http.RoundTripper
	token     string
	unbounded bool // what comes is a file, which others bound
}

// RoundTrip refuses other hosts, so that no address which an answer names can
// receive the token.
func (e *entrance) RoundTrip(r *http.Request) (*http.Response, error) {
	if !isEntrance(r.URL) {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, fmt.Errorf("%s://%s is not GitHub's API", r.URL.Scheme, r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	if e.token != "" {
		r.Header.Set("Authorization", "Bearer "+e.token)
	}
	resp, err := e.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if e.unbounded {
		return resp, nil
	}
	resp.Body = &bounded{ReadCloser: resp.Body, room: MaxAnswer}
	return resp, nil
}

func isEntrance(u *url.URL) bool {
	return u.Scheme == "https" && (u.Host == apiHost || u.Host == uploadHost) && u.User == nil
}

// stay follows the API when it says that a repository has moved, and nowhere
// else.
func stay(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("more than %d redirects", maxRedirects)
	case r.URL.Scheme != "https" || r.URL.Host != apiHost:
		return fmt.Errorf("redirected to %s://%s, which is not GitHub's API", r.URL.Scheme, r.URL.Host)
	}
	return nil
}

// bounded fails where a body goes on for too long.
type bounded struct {
	io.ReadCloser
	room int64
}

var errTooLarge = errors.New("the answer is too large")

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.room+1 {
		p = p[:b.room+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.room -= int64(n); b.room < 0 {
		return 0, errTooLarge
	}
	return n, err
}
