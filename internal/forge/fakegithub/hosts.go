package fakegithub

import (
	"net/http"
	"net/url"
)

// The hosts that the fake answers for.
const (
	apiHost    = "api.github.com"
	uploadHost = "uploads.github.com"
	webHost    = "github.com"
	assetHost  = "release-assets.githubusercontent.com"
	bundleHost = "tmaproduction.blob.core.windows.net"
)

// Hosts lists them.
func Hosts() []string { return []string{apiHost, uploadHost, webHost, assetHost, bundleHost} }

// Transport sends requests for any https host to the fake at address, an http
// origin, and lets them keep the host's name.
func Transport(address string) http.RoundTripper { return diversion{address} }

type diversion struct{ address string }

func (d diversion) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(d.address)
	if err != nil {
		return nil, err
	}
	diverted := r.Clone(r.Context())
	diverted.Host = r.URL.Host
	diverted.URL.Scheme, diverted.URL.Host = to.Scheme, to.Host
	resp, err := http.DefaultTransport.RoundTrip(diverted)
	if err != nil {
		return nil, err
	}
	resp.Request = r
	return resp, nil
}
