package sign

import (
	"bytes"
	"context"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
)

// Roles name the services in errors.
const (
	authorityRole = "certificate authority"
	timestampRole = "timestamp authority"
	logRole       = "log"
)

// service is one service's way to the network. Upstream's clients give their
// requests no context and put an answer of any length into their errors; here
// each request gets the caller's, and a refusal becomes a [*serviceError].
type service struct {
	ctx  context.Context
	role string
	base http.RoundTripper
}

// RoundTrip makes the request for as long as the caller waits.
func (s service) RoundTrip(req *http.Request) (*http.Response, error) {
	base := s.base
	if base == nil {
		base = http.DefaultTransport
	}
	resp, err := base.RoundTrip(req.WithContext(s.ctx))
	if err != nil {
		return nil, &serviceError{s.role, err}
	}
	if resp.StatusCode == http.StatusConflict {
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode < 400 {
		if err := s.checkWhole(resp); err != nil {
			return nil, &serviceError{s.role, fmt.Errorf("%s://%s: %w", req.URL.Scheme, req.URL.Host, err)}
		}
		return resp, nil
	}
	return nil, &serviceError{s.role, fmt.Errorf("%s://%s: %s", req.URL.Scheme, req.URL.Host, resp.Status+reason(resp.Body))}
}

// maxAnswer is far above what a certificate chain, a log entry with its proof or
// a timestamp takes.
const maxAnswer = 10 << 20

// checkWhole reads an answer and looks whether all of it came: upstream's parsers
// would say no more than that something ended too early, and not where.
func (s service) checkWhole(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxAnswer:
		return fmt.Errorf("answer is larger than %d bytes", maxAnswer)
	case s.role == timestampRole:
		var response asn1.RawValue
		if rest, err := asn1.Unmarshal(data, &response); err != nil || len(rest) > 0 {
			return errors.New("answer is no timestamp, or only a part of it")
		}
	case !json.Valid(data):
		return errors.New("answer is no JSON, or only a part of it")
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return nil
}

// serviceError says which service failed, and how.
type serviceError struct {
	role string
	err  error
}

// Error begins with the service's role.
func (e *serviceError) Error() string { return e.role + " " + e.err.Error() }

// Unwrap gives the transport's error.
func (e *serviceError) Unwrap() error { return e.err }

// plain takes off what upstream and net/http wrap around a service's error.
func plain(err error) error {
	if e := (*serviceError)(nil); errors.As(err, &e) {
		return e
	}
	return err
}

// reason is what a service says about a refusal: the message of its JSON answer,
// or the beginning of it, on one line.
func reason(body io.Reader) string {
	const enough = 512
	data, err := io.ReadAll(io.LimitReader(body, 64<<10))
	if err != nil {
		return ""
	}
	var answer struct {
		Message string `json:"message"`
	}
	text := string(data)
	if json.Unmarshal(data, &answer) == nil && answer.Message != "" {
		text = answer.Message
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "")
	}
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return ": " + text
}
