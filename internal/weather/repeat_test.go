package weather

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// interrupted is a transfer that was broken off by an answer, or by the
// connection.
type interrupted struct{ resp *http.Response }

func (i *interrupted) Error() string               { return "broken off" }
func (i *interrupted) Interrupted() *http.Response { return i.resp }

// spent is a limit as GitHub words one.
func spent(resp *http.Response, body []byte, _ time.Time) (string, time.Duration) {
	if resp.StatusCode == http.StatusForbidden && bytes.Contains(body, []byte("slow down")) {
		return "403 slow down", time.Minute
	}
	return "", 0
}

func TestRepeat(t *testing.T) {
	refusal := func(code int, words string) error {
		return &interrupted{answer(nil, code, nil, strings.NewReader(words))}
	}
	final := errors.New("a disk is full")
	tests := map[string]struct {
		errs  []error
		want  string
		tries int
		slept time.Duration // at least
	}{
		"at once":               {errs: []error{nil}, tries: 1},
		"connection broke":      {errs: []error{&interrupted{}, nil}, tries: 2},
		"502":                   {errs: []error{refusal(502, ""), refusal(503, ""), nil}, tries: 3},
		"a limit":               {errs: []error{refusal(403, "slow down"), nil}, tries: 2, slept: time.Minute},
		"403 is an answer":      {errs: []error{refusal(403, "no")}, want: "broken off", tries: 1},
		"another's error":       {errs: []error{final}, want: "a disk is full", tries: 1},
		"its own error at last": {errs: []error{refusal(502, ""), final}, want: "a disk is full", tries: 2},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s, tries := newSky(), 0
			transport := &Transport{RetryFor: 15 * time.Minute, Now: s.now, Sleep: s.sleep, Limit: spent}
			start := s.now()
			err := transport.Repeat(t.Context(), "https://uploads.example", func(context.Context) error {
				tries++
				return tc.errs[tries-1]
			})
			got := ""
			if err != nil {
				got = err.Error()
			}
			if d := cmp.Diff(tc.want, got); d != "" || tries != tc.tries || s.now().Sub(start) < tc.slept {
				t.Errorf("%d tries in %s, want %d in at least %s; %s", tries, s.now().Sub(start), tc.tries, tc.slept, d)
			}
		})
	}
}

func TestRepeatEndsWithTheBudget(t *testing.T) {
	s := newSky()
	transport := &Transport{RetryFor: time.Minute, Now: s.now, Sleep: s.sleep}
	err := transport.Repeat(t.Context(), "https://uploads.example", func(context.Context) error { return &interrupted{} })
	var gone *Error
	if !errors.As(err, &gone) || gone.Origin != "https://uploads.example" || gone.Elapsed > time.Minute {
		t.Errorf("got %v, want an *Error within a minute", err)
	}
}

// TestLimit: what a service says with a refusal decides whether to wait, and is
// still there for the caller where it does not.
func TestLimit(t *testing.T) {
	tests := map[string]struct {
		words string
		want  string
		tries int
	}{
		"later": {"slow down", "fine", 2},
		"never": {"no", "no", 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s, tries := newSky(), 0
			transport := &Transport{
				RetryFor: time.Hour, Now: s.now, Sleep: s.sleep, Limit: spent,
				Base: trip(func(r *http.Request) (*http.Response, error) {
					if tries++; tries == 1 {
						return answer(r, 403, nil, strings.NewReader(tc.words)), nil
					}
					return answer(r, 200, nil, strings.NewReader("fine")), nil
				}),
			}
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example", nil)
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(resp.Body)
			if d := cmp.Diff(tc.want, string(got)); d != "" || tries != tc.tries {
				t.Errorf("%d tries, want %d; %s", tries, tc.tries, d)
			}
		})
	}
}
