package sandboxtest

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// Services of a signing config, as [Weather] names them.
const (
	Fulcio = "caUrls"
	Rekor  = "rekorTlogUrls"
	TSA    = "tsaUrls"
)

// Runner is the job's own endpoint for identity tokens, which no signing config
// names.
const Runner = "ACTIONS_ID_TOKEN_REQUEST_URL"

// Weather stands between a client and the services of a sandbox: a proxy before
// each, which passes requests on to the real one unless a [Fault] is due. Clients
// find it through a signing config of its own, and an environment. Its zero value
// is of no use.
type Weather struct {
	config string
	env    []string
	mu     sync.Mutex
	rules  map[string][]rule
	asked  map[string]int
	done   map[string]int
	fronts map[string]*front
}

// rule lets a fault meet some of the requests to a service.
type rule struct {
	meets func(n int) bool
	fault Fault
}

// Weather puts a proxy before every service. Until it is told otherwise the
// weather is fine.
func (s *Sandbox) Weather(t testing.TB) *Weather {
	t.Helper()
	w := &Weather{
		config: filepath.Join(t.TempDir(), "signing_config.json"),
		asked:  map[string]int{},
		done:   map[string]int{},
		fronts: map[string]*front{},
	}
	data, err := os.ReadFile(s.SigningConfig())
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{Fulcio, Rekor, TSA} {
		for _, one := range config[service].([]any) {
			entry := one.(map[string]any)
			entry["url"] = w.stand(t, service, entry["url"].(string))
			// As services elsewhere, they have been there for years: a clock that
			// is slow does not make them future ones.
			entry["validFor"] = map[string]string{"start": "2020-01-01T00:00:00Z"}
		}
	}
	w.env = []string{Runner + "=" + w.stand(t, Runner, s.Getenv(Runner))}
	if data, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.config, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return w
}

// SigningConfig is the file that leads a client through the weather.
func (w *Weather) SigningConfig() string { return w.config }

// Env is what to add to a job's environment.
func (w *Weather) Env() []string { return w.env }

// Break lets a fault meet the requests to a service that meets chooses by their
// number, from 1. Of several rules the first counts.
func (w *Weather) Break(service string, fault Fault, meets func(n int) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rules == nil {
		w.rules = map[string][]rule{}
	}
	w.rules[service] = append(w.rules[service], rule{meets, fault})
}

// Clear makes the weather fine again, and forgets what was asked.
func (w *Weather) Clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rules = nil
	clear(w.asked)
	clear(w.done)
}

// Asked is how often a service was asked, whatever came of it.
func (w *Weather) Asked(service string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[service]
}

// Done is how many requests the service has granted, whether or not anybody heard
// of it.
func (w *Weather) Done(service string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done[service]
}

// next counts a request and finds the fault that it meets.
func (w *Weather) next(service string) Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[service]++
	for _, r := range w.rules[service] {
		if r.meets(w.asked[service]) {
			return r.fault
		}
	}
	return nil
}

// stand puts a proxy before the service at an address, and returns where.
func (w *Weather) stand(t testing.TB, service, address string) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: target.Scheme, Host: target.Host})
			r.Out.Host = target.Host
		},
		ModifyResponse: func(resp *http.Response) error {
			if resp.StatusCode < 300 {
				w.mu.Lock()
				w.done[service]++
				w.mu.Unlock()
			}
			return nil
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	f := newFront(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if fault := w.next(service); fault != nil {
			fault(rw, r, proxy)
			return
		}
		proxy.ServeHTTP(rw, r)
	}))
	w.fronts[service] = f
	at := *target
	at.Host = f.address
	return at.String()
}

// Refuse lets nobody connect to a service for so long; zero is until the test
// ends.
func (w *Weather) Refuse(t testing.TB, service string, d time.Duration) {
	t.Helper()
	f := w.fronts[service]
	f.stop()
	if d == 0 {
		return
	}
	back := make(chan struct{})
	time.AfterFunc(d, func() {
		defer close(back)
		if err := f.start(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { <-back })
}

// front is a server that can be stopped, and listen again where it did.
type front struct {
	address string
	handler http.Handler
	server  *http.Server
}

func newFront(t testing.TB, handler http.Handler) *front {
	t.Helper()
	f := &front{address: "127.0.0.1:0", handler: handler}
	if err := f.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.stop)
	return f
}

func (f *front) start() error {
	listener, err := net.Listen("tcp", f.address)
	if err != nil {
		return err
	}
	f.address = listener.Addr().String()
	f.server = &http.Server{Handler: f.handler}
	go func(s *http.Server) { _ = s.Serve(listener) }(f.server)
	return nil
}

func (f *front) stop() { _ = f.server.Close() }
