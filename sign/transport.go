package sign

import (
	"context"
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
	if resp.StatusCode < 400 || resp.StatusCode == http.StatusConflict {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, &serviceError{s.role, fmt.Errorf("%s://%s: %s", req.URL.Scheme, req.URL.Host, resp.Status+reason(resp.Body))}
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
