package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// silentFor is how long a transfer may go without a byte before it is given up.
const silentFor = 30 * time.Second

// watch cancels a transfer in which nothing moves.
type watch struct {
	timer *time.Timer
}

func watched(ctx context.Context) (context.Context, *watch, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(silentFor, func() { cancel(fmt.Errorf("no byte in %s", silentFor)) })
	return ctx, &watch{timer}, func() { timer.Stop(); cancel(nil) }
}

// over watches a body.
func (w *watch) over(body io.ReadCloser) io.ReadCloser { return &moving{body, w} }

type moving struct {
	io.ReadCloser
	watch *watch
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	if n > 0 {
		m.watch.timer.Reset(silentFor)
	}
	return n, err
}

// source is what an upload reads. A transport may close it after the request
// has returned: only then is it safe to open it again.
type source struct {
	io.ReadCloser
	left   int64 // of the bytes that were announced
	err    error // why it is not what was announced; no other try mends that
	once   sync.Once
	closed chan struct{}
}

var errChanged = errors.New("the file has changed while it was sent")

func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.left -= int64(n)
	switch {
	case err != nil && err != io.EOF:
		s.err = err
	case s.left < 0, err == io.EOF && s.left > 0:
		s.err, err = errChanged, errChanged
	}
	return n, err
}

func (s *source) Close() error {
	err := s.ReadCloser.Close()
	s.once.Do(func() { close(s.closed) })
	return err
}

// fetch asks for bytes as a stranger, and follows redirects to hosts that may
// hold them. No request of its carries a token.
func (c *Client) fetch(ctx context.Context, base http.RoundTripper, at *url.URL, header http.Header, mayHold func(host string) bool) (*http.Response, error) {
	for hops := 0; ; hops++ {
		if hops > maxRedirects {
			return nil, fmt.Errorf("more than %d redirects", maxRedirects)
		}
		if at.Scheme != "https" || at.User != nil || at.Port() != "" || !mayHold(at.Hostname()) {
			return nil, fmt.Errorf("%w: the bytes are said to be at %s://%s", ErrAnswer, at.Scheme, at.Host)
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, err
		}
		request.Header = header.Clone()
		request.Header.Set("Accept-Encoding", "identity") // or net/http would decompress
		request.Header.Set("User-Agent", c.agent())
		resp, err := transportOr(base).RoundTrip(request)
		if err != nil {
			return nil, &interrupted{nil, err}
		}
		if !isRedirect(resp) {
			return resp, nil
		}
		resp.Body.Close()
		if at, err = resp.Location(); err != nil {
			return nil, fmt.Errorf("%w: a redirect to nowhere", ErrAnswer)
		}
	}
}

func isRedirect(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// holdsAssets tells where GitHub keeps the files of releases.
func holdsAssets(host string) bool {
	return host == webHost || strings.HasSuffix(host, ".githubusercontent.com")
}

// holdsBundles tells where it keeps the bundles of attestations.
func holdsBundles(host string) bool { return strings.HasSuffix(host, ".blob.core.windows.net") }
