package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// unreachableError is weather: the repository gave no answer that could be
// judged. Only after it may an older copy be used.
type unreachableError struct{ cause error }

func (e *unreachableError) Error() string { return e.cause.Error() }
func (e *unreachableError) Unwrap() error { return e.cause }

func isUnreachable(err error) bool {
	var e *unreachableError
	return errors.As(err, &e)
}

var errOffline = errors.New("no valid copy in the cache, and working offline")

// fetcher is the TUF client's way to the network. The client's own takes no
// context and cannot tell a dead server from a lying one.
type fetcher func(url string, limit int64) ([]byte, error)

// DownloadFile gets one file of the repository.
func (f fetcher) DownloadFile(url string, limit int64, _ time.Duration) ([]byte, error) {
	return f(url, limit)
}

var rootPattern = regexp.MustCompile(`/([0-9]{1,9})\.root\.json$`)

// fetcher notes the root metadata that pass through, by version.
func (o Options) fetcher(ctx context.Context, roots map[int64][]byte) fetcher {
	if o.Transport == nil {
		return func(string, int64) ([]byte, error) { return nil, &unreachableError{errOffline} }
	}
	client := &http.Client{Transport: o.Transport, CheckRedirect: fewRedirects}
	return func(url string, limit int64) ([]byte, error) {
		data, err := get(ctx, client, url, limit)
		if m := rootPattern.FindStringSubmatch(url); err == nil && m != nil {
			if version, err := strconv.ParseInt(m[1], 10, 64); err == nil {
				roots[version] = data
			}
		}
		return data, err
	}
}

func get(ctx context.Context, client *http.Client, url string, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		if wrapped := (*neturl.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err // the transport's own error names the host
		}
		return nil, &unreachableError{err}
	}
	defer resp.Body.Close()
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return nil, &unreachableError{fmt.Errorf("%s: %s", originOf(url), resp.Status)}
	default:
		return nil, &metadata.ErrDownloadHTTP{StatusCode: code, URL: url}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, &unreachableError{fmt.Errorf("%s: %w", originOf(url), err)}
	}
	if int64(len(data)) > limit {
		return nil, &metadata.ErrDownloadLengthMismatch{Msg: fmt.Sprintf("%s is larger than %d bytes", url, limit)}
	}
	return data, nil
}

// fewRedirects: five, and never from https to http.
func fewRedirects(req *http.Request, via []*http.Request) error {
	if len(via) > 5 {
		return errors.New("more than 5 redirects")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("redirected to %s, which is not https", req.URL.Redacted())
	}
	return nil
}
