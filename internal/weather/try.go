package weather

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// failure is one try that brought no usable answer.
type failure struct {
	status     string
	retryAfter string
	wait       time.Duration // at least
	cause      error
	permanent  bool
}

// try sends the request once and reads the whole answer within the time and
// size that one try may have.
func (t *Transport) try(req *http.Request, body func() (io.ReadCloser, error)) (*http.Response, *failure) {
	limit := t.TryFor
	if limit == 0 {
		limit = defaultTryFor
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), limit, fmt.Errorf("no answer in %s", short(limit)))
	defer cancel()

	once := req.Clone(ctx)
	if body != nil {
		b, err := body()
		if err != nil {
			return nil, &failure{cause: err, permanent: true}
		}
		once.Body = b
	}
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	resp, err := base.RoundTrip(once)
	if err != nil {
		return nil, broken(ctx, err)
	}
	defer resp.Body.Close()
	words, err := t.words(resp)
	if err != nil {
		return nil, broken(ctx, err)
	}
	if f := t.refusal(resp, words); f != nil {
		return nil, f
	}
	maxBody := t.MaxBody
	if maxBody == 0 {
		maxBody = defaultMaxBody
	}
	answer, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(words), resp.Body), maxBody+1))
	if err != nil {
		return nil, broken(ctx, err)
	}
	if int64(len(answer)) > maxBody {
		err := fmt.Errorf("%s://%s: answer is larger than %d bytes", req.URL.Scheme, req.URL.Host, maxBody)
		return nil, &failure{cause: err, permanent: true}
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	resp.Request = req
	return resp, nil
}

// maxWords is as much as Limit sees of an answer's body.
const maxWords = 64 << 10

// words are what a service says with a refusal.
func (t *Transport) words(resp *http.Response) ([]byte, error) {
	if t.Limit == nil || resp.StatusCode < 400 || resp.Body == nil {
		return nil, nil
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxWords))
}

// refusal is nil for an answer that no other try would change.
func (t *Transport) refusal(resp *http.Response, words []byte) *failure {
	f := &failure{status: resp.Status, retryAfter: resp.Header.Get("Retry-After")}
	if t.Limit != nil && resp.StatusCode >= 400 {
		if reason, wait := t.Limit(resp, words, t.now()); wait > 0 {
			f.status, f.wait = reason, wait
			return f
		}
	}
	if mayPass(resp.StatusCode) {
		return f
	}
	return nil
}

// statusCancelled is what gRPC's gateway makes of a cancelled call. A Rekor v2
// log adds entries of many clients in one batch, and when one of them hangs up
// tells others that they had.
const statusCancelled = 499

// mayPass tells the answers that another try may change.
func mayPass(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, statusCancelled:
		return true
	}
	return status >= 500
}

// broken sorts an error of the connection: a certificate that does not verify
// will not verify in a minute either, all else may be weather.
func broken(ctx context.Context, err error) *failure {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	var certificate *tls.CertificateVerificationError
	return &failure{cause: err, permanent: errors.As(err, &certificate)}
}

// short writes 15m rather than 15m0s.
func short(d time.Duration) string {
	unit := time.Millisecond
	if d >= time.Second {
		unit = time.Second
	}
	s := d.Round(unit).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if len(s) > len(zero) && s[len(s)-len(zero):] == zero {
			s = s[:len(s)-2]
		}
	}
	return s
}
