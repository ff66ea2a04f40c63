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
	if mayPass(resp.StatusCode) {
		return nil, &failure{status: resp.Status, retryAfter: resp.Header.Get("Retry-After")}
	}
	maxBody := t.MaxBody
	if maxBody == 0 {
		maxBody = defaultMaxBody
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
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
