package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// answer is what a registry gave, read whole.
type answer struct {
	url    *url.URL // where it was asked for, before any redirect
	header http.Header
	body   []byte
}

// get reads one document of the repository: at most limit bytes, as they are
// sent. A redirect is followed as a stranger would.
func (s *session) get(ctx context.Context, u *url.URL, accept string, limit int) (*answer, error) {
	resp, err := s.authorized(ctx, func(authorization string) (*http.Response, error) {
		return s.send(ctx, u, accept, authorization)
	})
	if err != nil {
		return nil, err
	}
	at := u
	for hops := 0; isRedirect(resp); hops++ {
		resp.Body.Close()
		to, err := resp.Location()
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s redirects: %w", at.Redacted(), err)
		case hops == maxRedirects:
			return nil, fmt.Errorf("%s: more than %d redirects", u.Redacted(), maxRedirects)
		}
		if err := checkSent(at, to); err != nil {
			return nil, err
		}
		if resp, err = s.send(ctx, to, accept, ""); err != nil {
			return nil, err
		}
		at = to
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, s.refused(resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at.Redacted(), err)
	}
	if len(body) > limit {
		return nil, overLimit("bytes in an answer of the registry", int64(len(body)), limit)
	}
	return &answer{url: u, header: resp.Header, body: body}, nil
}

// authorized sends a request as whoever the registry takes us for, and again
// where it wants that proven anew.
func (s *session) authorized(ctx context.Context, send func(authorization string) (*http.Response, error)) (*http.Response, error) {
	authorization := s.current()
	resp, err := send(authorization)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	renewed, err := s.renew(ctx, authorization)
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	if renewed == authorization {
		return resp, nil
	}
	resp.Body.Close()
	return send(renewed)
}

// send makes one request, past any http.Client: it would follow redirects.
func (s *session) send(ctx context.Context, u *url.URL, accept, authorization string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	r.Header.Set("Accept-Encoding", "identity") // or net/http would decompress
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return s.base.RoundTrip(r)
}

func isRedirect(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// endpoint is the address of a document of the repository.
func (s *session) endpoint(kind, identifier string) *url.URL {
	u := s.address
	u.Path = "/v2/" + s.ref.Repository + "/" + kind + "/" + identifier
	return &u
}

// ErrDenied marks that a registry gives what it has only to others, or to
// nobody: it tells private from absent for those alone who may know.
var ErrDenied = errors.New("access denied")

// statusError is a registry's refusal, in a line.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

func (e *statusError) Is(target error) bool {
	return target == ErrDenied && (e.code == http.StatusUnauthorized || e.code == http.StatusForbidden)
}

func newStatusError(e *transport.Error) *statusError {
	text := fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))
	if e.Request != nil && e.Request.URL != nil {
		at := *e.Request.URL
		at.RawQuery = "" // may hold a signature that opens a private blob
		text = at.Redacted() + ": " + text
	}
	if len(e.Errors) > 0 {
		text += fmt.Sprintf(": %.40s: %.200s", e.Errors[0].Code, e.Errors[0].Message)
	}
	return &statusError{e.StatusCode, text}
}

// maxWords bounds what is read of a registry's reasons, in bytes.
const maxWords = 64 << 10

func (s *session) refused(resp *http.Response) error {
	resp.Body = io.NopCloser(io.LimitReader(resp.Body, maxWords))
	err := transport.CheckError(resp, http.StatusOK)
	var status *transport.Error
	if !errors.As(err, &status) {
		return err
	}
	refusal := newStatusError(status)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.withheld != "" && errors.Is(refusal, ErrDenied) {
		refusal.text += fmt.Sprintf(" (credentials were kept from token service %s, which is of another domain)", s.withheld)
	}
	return refusal
}

func isNotFound(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.code == http.StatusNotFound
}
