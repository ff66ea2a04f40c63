package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"time"
)

// proxy is an HTTPS proxy that leads nowhere: it answers itself for the hosts
// in its table, with a certificate of the sandbox's own authority, and refuses
// all others. A program that trusts that authority and sends its HTTPS requests
// here meets the sandbox under GitHub's own names, and reaches nothing else.
//
// Plain requests for loopback are passed on: unlike Go, some clients (npm's)
// send here even what they could reach themselves.
type proxy struct {
	hosts   map[string]http.Handler
	local   http.Handler
	log     *requestLog
	tunnels tunnelListener
	server  *http.Server // speaks TLS inside the tunnels
}

// newProxy makes a proxy for the hosts, which must be complete: its certificate
// names them.
func newProxy(hosts map[string]http.Handler, root *authority, requests *requestLog) (*proxy, error) {
	leaf, err := issue(root, &x509.Certificate{
		Subject:     pkix.Name{CommonName: "sandbox proxy", Organization: []string{"hallmark-sandbox"}},
		DNSNames:    slices.Sorted(maps.Keys(hosts)),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return nil, err
	}
	p := &proxy{
		hosts: hosts,
		local: &httputil.ReverseProxy{
			Rewrite:   func(r *httputil.ProxyRequest) { r.Out.Host = r.In.Host },
			Transport: &http.Transport{}, // which knows of no further proxy
			ErrorLog:  log.New(io.Discard, "", 0),
		},
		log:     requests,
		tunnels: tunnelListener{conns: make(chan net.Conn), closed: make(chan struct{})},
	}
	p.server = &http.Server{
		Handler: http.HandlerFunc(p.serveTunnel),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{{
			Certificate: [][]byte{leaf.cert.Raw},
			PrivateKey:  leaf.key,
		}}},
		// The host that the tunnel was opened to decides who answers, whatever
		// is said inside.
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, tunnelHost{}, c.(*tls.Conn).NetConn().(*tunnel).host)
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = p.server.ServeTLS(&p.tunnels, "", "") }()
	return p, nil
}

func (p *proxy) close() { _ = p.server.Close() }

type tunnelHost struct{}

func (p *proxy) serveTunnel(w http.ResponseWriter, r *http.Request) {
	p.hosts[r.Context().Value(tunnelHost{}).(string)].ServeHTTP(w, r)
}

// ServeHTTP answers what a client sends to a proxy: CONNECT for an HTTPS host,
// a whole URL for a plain one.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect && r.URL.Scheme == "http" && r.URL.Hostname() == loopback {
		p.log.record("proxy", r)
		p.local.ServeHTTP(w, r)
		return
	}
	host, port, err := net.SplitHostPort(r.Host)
	host = strings.ToLower(host)
	if _, ok := p.hosts[host]; r.Method != http.MethodConnect || err != nil || port != "443" || !ok {
		p.log.record("refused", r)
		http.Error(w, fmt.Sprintf("hallmark-sandbox: %s is outside the sandbox", r.Host), http.StatusForbidden)
		return
	}
	p.log.record("proxy", r)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// The server's time limit was for the request's header.
	if err := conn.SetDeadline(time.Time{}); err != nil {
		conn.Close()
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	select {
	case p.tunnels.conns <- &tunnel{Conn: conn, early: buffered, host: host}:
	case <-p.tunnels.closed:
		conn.Close()
	}
}

// tunnel is a connection after CONNECT. A client may have sent the first bytes
// of TLS before it was answered: they wait in early.
type tunnel struct {
	net.Conn
	early io.Reader
	host  string
}

func (t *tunnel) Read(b []byte) (int, error) { return t.early.Read(b) }

// tunnelListener accepts what the proxy hands it.
type tunnelListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *tunnelListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *tunnelListener) Close() error { close(l.closed); return nil }

func (l *tunnelListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
