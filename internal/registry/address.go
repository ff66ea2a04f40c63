package registry

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// checkAddress refuses plain http to any other machine. What a private network
// is cannot be told from an address.
func checkAddress(u *url.URL) error {
	switch {
	case u.User != nil:
		return fmt.Errorf("%s: an address with a password", u.Redacted())
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s: not https, which loopback alone may do without", u.Redacted())
}

// checkSent refuses to be sent, by a redirect or to a token service, from
// outside to an address inside, where services answer whoever can reach them.
func checkSent(from, to *url.URL) error {
	if err := checkAddress(to); err != nil {
		return fmt.Errorf("%s sends elsewhere: %w", from.Redacted(), err)
	}
	if isInside(to.Hostname()) && !isInside(from.Hostname()) {
		return fmt.Errorf("%s sends to the inner address %s", from.Redacted(), to.Host)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isInside(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast())
}

// sameOwner tells whether credentials for a registry may be shown to the token
// service that it names: on the same host, or on one of the same registrable
// domain. Addresses and bare names have no such domain; there the port counts
// too.
func sameOwner(registry string, service *url.URL) bool {
	if service.Host == registry {
		return true
	}
	host, _, _ := cutPort(registry)
	return domain(host) != "" && domain(host) == domain(strings.ToLower(service.Hostname()))
}

func domain(host string) string {
	if strings.HasPrefix(host, "[") || net.ParseIP(host) != nil {
		return ""
	}
	name, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return name
}

// handshake makes the requests by which a client learns how to prove who it is
// and does so. Some carry credentials, one of them in its body, where no client
// takes them out again: so none follows a redirect to another host.
type handshake struct{ base http.RoundTripper }

func (h handshake) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkAddress(r.URL); err != nil {
		return nil, err
	}
	if r.Response != nil && (r.Response.Request == nil || r.Response.Request.URL.Scheme != r.URL.Scheme || r.Response.Request.URL.Host != r.URL.Host) {
		return nil, fmt.Errorf("redirected to %s://%s, credentials do not follow", r.URL.Scheme, r.URL.Host)
	}
	return h.base.RoundTrip(r)
}
