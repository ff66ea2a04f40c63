package weather

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sky is a clock that moves only when somebody sleeps.
type sky struct {
	mu     sync.Mutex
	time   time.Time
	sleeps []time.Duration
}

func newSky() *sky { return &sky{time: time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)} }

func (s *sky) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.time
}

func (s *sky) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time = s.time.Add(d)
	s.sleeps = append(s.sleeps, d)
	return ctx.Err()
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, code int, header http.Header, body io.Reader) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode: code, Status: http.StatusText(code), Header: header,
		Body: io.NopCloser(body), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}
}

func TestRetries(t *testing.T) {
	type step struct {
		code  int
		after string
		body  io.Reader
		err   error
	}
	half := func() io.Reader {
		return io.MultiReader(strings.NewReader("ha"), errReader{io.ErrUnexpectedEOF})
	}
	tests := map[string]struct {
		steps   []step
		want    string // body, or the error's text
		wantErr bool
		tries   int
	}{
		"first try":               {steps: []step{{code: 200}}, want: "payload", tries: 1},
		"502 then good":           {steps: []step{{code: 502}, {code: 503}, {code: 201}}, want: "payload", tries: 3},
		"429 then good":           {steps: []step{{code: 429, after: "2"}, {code: 200}}, want: "payload", tries: 2},
		"408 then good":           {steps: []step{{code: 408}, {code: 200}}, want: "payload", tries: 2},
		"another client hung up":  {steps: []step{{code: 499}, {code: 200}}, want: "payload", tries: 2},
		"connection reset":        {steps: []step{{err: errors.New("connection reset")}, {code: 200}}, want: "payload", tries: 2},
		"answer breaks off":       {steps: []step{{code: 200, body: half()}, {code: 200}}, want: "payload", tries: 2},
		"400 is an answer":        {steps: []step{{code: 400}}, want: "payload", tries: 1},
		"409 is an answer":        {steps: []step{{code: 409}}, want: "payload", tries: 1},
		"Retry-After too far":     {steps: []step{{code: 503, after: "86400"}}, want: "https://log.example: Service Unavailable, to be tried again in 24h", wantErr: true, tries: 1},
		"answer over the limit":   {steps: []step{{code: 200, body: strings.NewReader(strings.Repeat("x", 65))}}, want: "https://log.example: answer is larger than 64 bytes", wantErr: true, tries: 1},
		"Retry-After as a date":   {steps: []step{{code: 503, after: "Fri, 20 Nov 2026 14:00:07 GMT"}, {code: 200}}, want: "payload", tries: 2},
		"Retry-After is nonsense": {steps: []step{{code: 503, after: "soon"}, {code: 200}}, want: "payload", tries: 2},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s, tries := newSky(), 0
			transport := &Transport{
				RetryFor: 15 * time.Minute, MaxBody: 64, Now: s.now, Sleep: s.sleep,
				Base: trip(func(r *http.Request) (*http.Response, error) {
					sent, err := io.ReadAll(r.Body)
					if err != nil || string(sent) != "request" {
						t.Errorf("try %d sent %q, %v", tries, sent, err)
					}
					step := tc.steps[tries]
					tries++
					if step.err != nil {
						return nil, step.err
					}
					if step.body == nil {
						step.body = strings.NewReader("payload")
					}
					return answer(r, step.code, http.Header{"Retry-After": {step.after}}, step.body), nil
				}),
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://log.example/api", strings.NewReader("request"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := transport.RoundTrip(req)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				b, _ := io.ReadAll(resp.Body)
				got = string(b)
			}
			if (err != nil) != tc.wantErr || got != tc.want {
				t.Errorf("got %q (error %t), want %q (error %t)", got, err != nil, tc.want, tc.wantErr)
			}
			if tries != tc.tries {
				t.Errorf("made %d tries, want %d", tries, tc.tries)
			}
		})
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestBudget(t *testing.T) {
	s, tries := newSky(), 0
	transport := &Transport{
		RetryFor: 15 * time.Minute, Now: s.now, Sleep: s.sleep,
		Base: trip(func(r *http.Request) (*http.Response, error) {
			tries++
			resp := answer(r, 502, nil, strings.NewReader(""))
			resp.Status = "502 Bad Gateway"
			return resp, nil
		}),
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://log.example/a", nil)
	_, err := transport.RoundTrip(req)
	var gone *Error
	if !errors.As(err, &gone) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if gone.Tries != tries || gone.Elapsed != 15*time.Minute {
		t.Errorf("error says %d tries in %s, %d were made", gone.Tries, gone.Elapsed, tries)
	}
	for i, d := range s.sleeps {
		if limit := min(500*time.Millisecond<<min(i, 10), maxWait) * 3 / 2; d > limit+1 {
			t.Errorf("pause %d was %s, want at most %s", i, d, limit)
		}
	}

	start := newSky().now()
	for range 100 {
		if _, err := transport.RoundTrip(req); err == nil {
			t.Fatal("a dead host answered")
		}
	}
	if spent := s.now().Sub(start); spent > 15*time.Minute {
		t.Errorf("a hundred calls to a dead host took %s, the budget is 15m for all", spent)
	}
}

// TestWaiting: what takes long is told once an outage, what passes soon is not.
func TestWaiting(t *testing.T) {
	s, failures, told := newSky(), 0, []string(nil)
	transport := &Transport{
		RetryFor: 15 * time.Minute, Now: s.now, Sleep: s.sleep,
		Base: trip(func(r *http.Request) (*http.Response, error) {
			failures--
			if failures < 0 {
				return answer(r, 200, nil, strings.NewReader("")), nil
			}
			return answer(r, 502, nil, strings.NewReader("")), nil
		}),
		Waiting: func(failing *Error, left time.Duration) {
			if left <= 14*time.Minute || left > 15*time.Minute {
				t.Errorf("%s are left", left)
			}
			told = append(told, failing.Origin+" "+failing.Status)
		},
	}
	for _, failures = range []int{1, 2, 20, 0, 20} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://log.example/a", nil)
		if _, err := transport.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"https://log.example Bad Gateway", "https://log.example Bad Gateway"}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
}

// TestServicesOfOneHost: an authority that goes on failing is not back because
// another service of its host answers in between.
func TestServicesOfOneHost(t *testing.T) {
	s := newSky()
	transport := &Transport{
		RetryFor: 15 * time.Minute, Now: s.now, Sleep: s.sleep,
		Base: trip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/timestamp" {
				return answer(r, 502, nil, strings.NewReader("")), nil
			}
			return answer(r, 201, nil, strings.NewReader("")), nil
		}),
	}
	post := func(path string) error {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://sigstore.example"+path, strings.NewReader("x"))
		_, err := transport.RoundTrip(req)
		return err
	}
	start := s.now()
	for range 10 {
		if err := post("/certificate"); err != nil {
			t.Fatal(err)
		}
		if err := post("/timestamp"); err == nil {
			t.Fatal("a dead service answered")
		}
	}
	if spent := s.now().Sub(start); spent > 15*time.Minute {
		t.Errorf("ten calls to a dead service took %s, the budget is 15m for all", spent)
	}
}

func TestErrorText(t *testing.T) {
	tests := map[string]struct {
		err  Error
		want string
	}{
		"spent": {
			Error{Origin: "https://log.example", Status: "502 Bad Gateway", Tries: 14, Elapsed: 15 * time.Minute},
			"https://log.example: 502 Bad Gateway, 14 tries in 15m",
		},
		"no second try": {
			Error{Origin: "https://log.example", Err: errors.New("connection refused"), Tries: 1},
			"https://log.example: connection refused",
		},
		"late to an outage": {
			Error{Origin: "https://log.example", Status: "503", Tries: 1, Elapsed: time.Hour},
			"https://log.example: 503, 1 try in 1h",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, tc.err.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTimeoutOfOneTryIsRetried(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	s := newSky()
	transport := &Transport{RetryFor: time.Minute, TryFor: 50 * time.Millisecond, Now: s.now, Sleep: s.sleep}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || len(s.sleeps) != 1 {
		t.Errorf("status %d after %d pauses, want 200 after one", resp.StatusCode, len(s.sleeps))
	}
}

func TestCancelledCallStopsAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newSky()
	transport := &Transport{
		RetryFor: time.Hour, Now: s.now, Sleep: s.sleep,
		Base: trip(func(r *http.Request) (*http.Response, error) { cancel(); return nil, r.Context().Err() }),
	}
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://log.example", nil)
	if _, err := transport.RoundTrip(req); !errors.Is(err, context.Canceled) || len(s.sleeps) != 0 {
		t.Errorf("got %v after %d pauses, want context.Canceled at once", err, len(s.sleeps))
	}
}

func TestWrongCertificateIsNotWeather(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	s := newSky()
	transport := &Transport{RetryFor: time.Hour, Now: s.now, Sleep: s.sleep, Base: &http.Transport{}}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if _, err := transport.RoundTrip(req); err == nil || len(s.sleeps) != 0 {
		t.Errorf("got %v after %d pauses, want an error at once", err, len(s.sleeps))
	}
}

func TestRedirects(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/loop", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/once", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusTemporaryRedirect) })
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	server := httptest.NewServer(mux)
	defer server.Close()

	tests := map[string]struct {
		path, token, want string
		reached           int32
	}{
		"same host with credentials":     {path: "/once", token: "secret"},
		"other host without credentials": {path: "/away", reached: 1},
		"other host with credentials":    {path: "/away", token: "secret", want: "credentials do not follow"},
		"endless":                        {path: "/loop", want: "more than 5 redirects"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			reached.Store(0)
			req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+tc.path, strings.NewReader("body"))
			if tc.token != "" {
				req.Header.Set("Authorization", "Bearer "+tc.token)
			}
			_, err := (&http.Client{Transport: &Transport{}}).Do(req)
			switch {
			case tc.want == "" && err != nil:
				t.Errorf("got %v", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), tc.token+"x")):
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if reached.Load() != tc.reached {
				t.Errorf("the other host was reached %d times, want %d", reached.Load(), tc.reached)
			}
		})
	}
}
