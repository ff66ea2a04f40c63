package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/go-github/v82/github"
)

var (
	// ErrNotFound marks what is not there, or not for the one who asks: to
	// strangers, and to tokens without the permission, a private thing looks
	// absent.
	ErrNotFound = errors.New("not found")
	// ErrDenied marks what the token, or its absence, does not permit.
	ErrDenied = errors.New("access denied")
	// ErrAnswer marks an answer that cannot be true. It says nothing about the
	// project.
	ErrAnswer = errors.New("GitHub's answer makes no sense")
)

// StatusError is GitHub's refusal. It is ErrNotFound or ErrDenied where the
// code says so.
type StatusError struct {
	Code    int
	Message string // GitHub's own words, at most 200 bytes of them
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Message != "" && e.Message != http.StatusText(e.Code) {
		text += ": " + e.Message
	}
	return text
}

func (e *StatusError) Is(target error) bool {
	switch e.Code {
	case http.StatusNotFound, http.StatusGone:
		return target == ErrNotFound
	case http.StatusUnauthorized, http.StatusForbidden:
		return target == ErrDenied
	}
	return false
}

// failed says once what was asked for, and takes off what net/http and the
// client below have wrapped around the reason.
func failed(what string, err error) error {
	return fmt.Errorf("%s: %w", what, plain(err))
}

func plain(err error) error {
	var (
		response  *github.ErrorResponse
		limited   *github.RateLimitError
		secondary *github.AbuseRateLimitError
		redirect  *github.RedirectionError
		wrapped   *url.Error
	)
	switch {
	case errors.As(err, &response):
		message := response.Message
		for _, e := range response.Errors {
			if message += fmt.Sprintf(", %s %s", e.Field, e.Code); e.Message != "" {
				message += ": " + e.Message
			}
		}
		return &StatusError{response.Response.StatusCode, fmt.Sprintf("%.200s", message)}
	case errors.As(err, &limited):
		return &StatusError{limited.Response.StatusCode, fmt.Sprintf("%.200s", limited.Message)}
	case errors.As(err, &secondary):
		return &StatusError{secondary.Response.StatusCode, fmt.Sprintf("%.200s", secondary.Message)}
	case errors.As(err, &redirect):
		return &StatusError{redirect.StatusCode, ""}
	case errors.As(err, &wrapped):
		return wrapped.Err
	}
	return err
}

func strange(what, why string) error { return fmt.Errorf("%s: %w: %s", what, ErrAnswer, why) }

// interrupted is a try that may be made again.
type interrupted struct {
	resp *http.Response // nil where the connection broke
	err  error
}

func (e *interrupted) Error() string               { return e.err.Error() }
func (e *interrupted) Unwrap() error               { return e.err }
func (e *interrupted) Interrupted() *http.Response { return e.resp }

// interruption sorts the error of a single try through Transfer: a refusal with
// its answer, for the one who repeats to judge; else the connection.
func interruption(resp *http.Response, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, errTooLarge):
		return plain(err)
	case resp != nil && resp.StatusCode >= 400:
		return &interrupted{resp, plain(err)}
	case resp != nil && resp.StatusCode >= 300:
		return plain(err) // a redirect that is not followed
	}
	return &interrupted{nil, plain(err)}
}

// refusal reads why a server of transfers refuses. Its words stay readable.
func refusal(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxWords))
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return &interrupted{nil, err}
	}
	return &interrupted{resp, &StatusError{Code: resp.StatusCode}}
}

func answered(resp *github.Response) *http.Response {
	if resp == nil {
		return nil
	}
	return resp.Response
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
