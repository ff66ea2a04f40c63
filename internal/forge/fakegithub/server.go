package fakegithub

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say how the fake behaves.
type Options struct {
	// Now is the clock.
	Now func() time.Time
	// Tokens are those that the fake knows, with what they permit.
	Tokens map[string]Token
	// Check sees each exchange of the API, where one is given.
	Check func(Exchange)
}

// Token is what a token stands for.
type Token struct {
	Login string
	// Permissions are those of a workflow: contents, attestations and
	// administration, each read or write. Whoever may write may read.
	Permissions map[string]string
}

func (t *Token) may(permission, access string) bool {
	if t == nil {
		return false
	}
	has := t.Permissions[permission]
	return has == "write" || has == access
}

// Server is the fake. It is safe for concurrent use.
type Server struct {
	dir     string
	options Options
	api     *http.ServeMux
	limits  limits

	mu    sync.Mutex
	state state
	log   *os.File
	began int // requests so far, which faults count
	dice  dice
}

// New takes up the state that a folder holds, or begins one there.
func New(dir string, o Options) (*Server, error) {
	if o.Now == nil {
		return nil, errors.New("fakegithub: no clock")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, options: o}
	for _, folder := range []string{"blobs", "git"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.log, err = os.OpenFile(filepath.Join(dir, "requests.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	s.api = s.routes()
	return s, nil
}

// Close ends the log.
func (s *Server) Close() error { return s.log.Close() }

// RequestLog is the file in which all requests stand.
func (s *Server) RequestLog() string { return s.log.Name() }

// now has the resolution of GitHub's times.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Second) }

// ServeHTTP answers for the host that the request names.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen := &statusWriter{ResponseWriter: w}
	w.Header().Set("X-Fake", "fakegithub; this is not GitHub")
	defer func() {
		cut := recover()
		if cut != nil {
			seen.status = 0
		}
		s.record(seen.status, r)
		if cut != nil {
			panic(cut) // http.ErrAbortHandler, or what should not have happened
		}
	}()
	switch host, _, _ := strings.Cut(r.Host, ":"); host {
	case apiHost, uploadHost:
		s.serveAPI(seen, r)
	case webHost:
		s.serveWeb(seen, r)
	case assetHost:
		s.serveAsset(seen, r)
	case bundleHost:
		s.serveBundle(seen, r)
	default:
		http.Error(seen, "the fake is not "+r.Host, http.StatusMisdirectedRequest)
	}
}

// record writes a line of the log, 000 for a connection that was cut.
func (s *Server) record(status int, r *http.Request) {
	who := "-"
	if r.Header.Get("Authorization") != "" {
		who = "?"
		if t := s.token(r); t != nil {
			who = t.Login
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.log, "%s %03d %s %s %s %s\n", s.options.Now().UTC().Format(time.RFC3339Nano), status, r.Method, r.Host, r.URL.RequestURI(), who)
}

// token is the known token that came with a request, nil without one.
func (s *Server) token(r *http.Request) *Token {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "basic") { // git
		_, value, _ = r.BasicAuth()
	}
	if t, known := s.options.Tokens[value]; known {
		return &t
	}
	return nil
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = cmp.Or(w.status, status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.status = cmp.Or(w.status, http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
