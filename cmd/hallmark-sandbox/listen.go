package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// loopback is where everything listens, and nothing else.
const loopback = "127.0.0.1"

// serve answers on a port of the system's choice, until Close.
func (s *Sandbox) serve(service string, h http.Handler) (url string, err error) {
	return s.listen(service, s.requests.wrap(service, h))
}

func (s *Sandbox) listen(service string, h http.Handler) (url string, err error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return "", fmt.Errorf("%s: %w", service, err)
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() { _ = server.Serve(listener) }()
	s.closers = append(s.closers, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

// startProxy starts the proxy. Its table says who answers for which of
// GitHub's hosts.
func (s *Sandbox) startProxy(discovery http.Handler, github *gitHub) (url string, err error) {
	ca, err := newAuthority("sandbox web root", nil)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(s.options.Dir, caFile), certificatesPEM(ca.cert), 0o644); err != nil {
		return "", err
	}
	hosts := map[string]http.Handler{
		s.options.issuerHost: s.requests.wrap("issuer", discovery),
	}
	if github != nil {
		for _, host := range github.Hosts {
			h, err := github.handler(host)
			if err != nil {
				return "", fmt.Errorf("github: %w", err)
			}
			hosts[host] = s.requests.wrap("github", h)
		}
	}
	p, err := newProxy(hosts, ca, s.requests)
	if err != nil {
		return "", fmt.Errorf("proxy: %w", err)
	}
	s.closers = append(s.closers, p.close)
	return s.listen("proxy", p)
}
