package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// requestLog writes one line for each request that reaches the sandbox:
//
//	TIME SERVICE METHOD HOST PATH
//
// so that a test can say what was contacted, and what was not. The proxy's
// lines have the service "proxy", or "refused" for a host that it does not
// serve. Queries are left out, since they may hold secrets.
type requestLog struct {
	mu   sync.Mutex
	file *os.File
	copy io.Writer // everything again, for --verbose
}

func newRequestLog(name string, verbose bool) (*requestLog, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	l := &requestLog{file: f, copy: io.Discard}
	if verbose {
		l.copy = os.Stderr
	}
	return l, nil
}

func (l *requestLog) record(service string, r *http.Request) {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "-" // a CONNECT has none
	}
	line := fmt.Sprintf("%s %s %s %s %s\n", time.Now().UTC().Format(time.RFC3339Nano), service, r.Method, r.Host, path)
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.file, line)
	_, _ = io.WriteString(l.copy, line)
}

func (l *requestLog) close() { _ = l.file.Close() }

// wrap records each request under the service's name as it arrives.
func (l *requestLog) wrap(service string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.record(service, r)
		h.ServeHTTP(w, r)
	})
}
