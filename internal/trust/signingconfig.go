package trust

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
)

// OIDCIssuer is the issuer that a signing config names for people to sign in at,
// "" where it names none.
func OIDCIssuer(config *root.SigningConfig, now time.Time) string {
	if len(config.OIDCProviderURLs()) == 0 {
		return ""
	}
	issuer, err := root.SelectService(config.OIDCProviderURLs(), []uint32{1}, now)
	if err != nil {
		return ""
	}
	return issuer.URL
}

// configFromFile reads a signing config; every error wraps [ErrRoot].
func configFromFile(path string) (*root.SigningConfig, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("signing config %s: %w: %w", path, ErrRoot, err)
	}
	config, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("signing config %s: %w: %w", path, ErrRoot, err)
	}
	return config, nil
}

// parseConfig reads exactly one signing config, strictly.
func parseConfig(data []byte) (*root.SigningConfig, error) {
	documents, err := split(data)
	if err != nil {
		return nil, err
	}
	if len(documents) > 1 {
		return nil, errors.New("more than one document")
	}
	message, err := root.NewSigningConfigProtobuf(documents[0])
	if err != nil {
		return nil, err
	}
	config, err := root.NewSigningConfigFromProtobuf(message)
	if err != nil {
		return nil, err
	}
	for kind, services := range map[string][]*trustroot.Service{
		"certificate authority": message.GetCaUrls(),
		"OIDC issuer":           message.GetOidcUrls(),
		"log":                   message.GetRekorTlogUrls(),
		"timestamp authority":   message.GetTsaUrls(),
	} {
		for _, s := range services {
			if err := checkURL(s.GetUrl()); err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			if s.GetMajorApiVersion() == 0 {
				return nil, fmt.Errorf("%s %s: no API version", kind, s.GetUrl())
			}
			if err := checkValidity(s.GetValidFor()); err != nil {
				return nil, fmt.Errorf("%s %s: %w", kind, s.GetUrl(), err)
			}
		}
	}
	return config, nil
}

// checkURL wants https, or http to this machine: an identity token goes to what
// a signing config names.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return err
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s is not a plain URL of a host and a path", u.Redacted())
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s: only https, or http to this machine", u.Redacted())
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
