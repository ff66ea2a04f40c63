package trust

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	neturl "net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
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

// exchange is one run of the client against the repository: the root metadata
// that passed through, by version, and what it asked for last.
type exchange struct {
	roots map[int64][]byte
	asked string
}

// maxRoots is how many root metadata may follow the newest that is known. A
// repository changes its own a few times a year.
const maxRoots = 64

var metadataPattern = regexp.MustCompile(`/(?:([0-9]{1,9})\.)?([^/]+)\.json$`)

// note remembers what is asked for, before it is.
func (x *exchange) note(url string) (rootVersion int64, err error) {
	m := metadataPattern.FindStringSubmatch(url)
	switch {
	case path.Base(path.Dir(url)) == "targets":
		x.asked = "target file"
	case m == nil:
		x.asked = "metadata"
	default:
		x.asked = m[2] + " metadata"
		if m[2] == metadata.ROOT && m[1] != "" {
			if len(x.roots) == maxRoots {
				return 0, &metadata.ErrDownload{Msg: fmt.Sprintf("more than %d versions follow the newest one known", maxRoots)}
			}
			return strconv.ParseInt(m[1], 10, 64)
		}
	}
	return 0, nil
}

// blame says which part of the repository an error is about. That the root has
// expired is found out only when the timestamp is read.
func (x *exchange) blame(err error) string {
	if expired := (*metadata.ErrExpiredMetadata)(nil); errors.As(err, &expired) && strings.Contains(expired.Msg, "root.json") {
		return "root metadata"
	}
	return x.asked
}

// fetcher is the client's way to the network for one exchange.
func (o Options) fetcher(ctx context.Context, x *exchange) fetcher {
	if o.Transport == nil {
		return func(string, int64) ([]byte, error) { return nil, &unreachableError{errOffline} }
	}
	client := &http.Client{Transport: o.Transport, CheckRedirect: fewRedirects}
	return func(url string, limit int64) ([]byte, error) {
		root, err := x.note(url)
		if err != nil {
			return nil, err
		}
		data, err := get(ctx, client, url, min(limit, maxFile)) // the limit may be the repository's own word
		if err == nil && root > 0 {
			x.roots[root] = data
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
