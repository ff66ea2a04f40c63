package sign

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
)

// unlimited switches upstream's time limit off: it would span all tries of the
// transport, which has limits of its own.
const unlimited = -1

// services are those that a signing config names for now.
type services struct {
	authority  string // of certificates; empty with a key
	timestamps []string
	logs       []string
	logVersion uint32 // all logs have the same; zero without one
}

// selectServices chooses once for a run, so that all of its bundles are alike.
func selectServices(config *root.SigningConfig, logged, keyless bool, now time.Time) (services, error) {
	if config == nil {
		return services{}, nil
	}
	if err := checkSelectors(config); err != nil {
		return services{}, err
	}
	var chosen services
	if keyless {
		authority, err := root.SelectService(config.FulcioCertificateAuthorityURLs(), sign.FulcioAPIVersions, now)
		if err != nil {
			return services{}, fmt.Errorf("certificate authority: %w", notSelected(err, config.FulcioCertificateAuthorityURLs(), now))
		}
		chosen.authority = authority.URL
	}
	if logged {
		if err := chosen.selectLogs(config, now); err != nil {
			return services{}, err
		}
	}
	if len(config.TimestampAuthorityURLs()) > 0 {
		authorities, err := root.SelectServices(config.TimestampAuthorityURLs(), config.TimestampAuthorityURLsConfig(), sign.TimestampAuthorityAPIVersions, now)
		if err != nil {
			return services{}, fmt.Errorf("timestamp authority: %w", notSelected(err, config.TimestampAuthorityURLs(), now))
		}
		for _, authority := range authorities {
			chosen.timestamps = append(chosen.timestamps, authority.URL)
		}
	}
	if chosen.logVersion == 2 && len(chosen.timestamps) == 0 && keyless {
		return services{}, errors.New("it names a Rekor v2 log, which gives no time, and no timestamp authority")
	}
	return chosen, nil
}

func (s *services) selectLogs(config *root.SigningConfig, now time.Time) error {
	if len(config.RekorLogURLs()) == 0 {
		return errors.New("it names no transparency log")
	}
	logs, err := root.SelectServices(config.RekorLogURLs(), config.RekorLogURLsConfig(), sign.RekorAPIVersions, now)
	if err != nil {
		return fmt.Errorf("transparency log: %w", notSelected(err, config.RekorLogURLs(), now))
	}
	for _, log := range logs {
		s.logs = append(s.logs, log.URL)
		s.logVersion = log.MajorAPIVersion
	}
	return nil
}

// notSelected says why none of the services could be chosen: where none is in use
// now, it may be that now is another time than this machine's clock says.
func notSelected(err error, all []root.Service, now time.Time) error {
	var first, last time.Time
	endless := false
	for _, s := range all {
		if s.ValidAtTime(now) {
			return err
		}
		if first.IsZero() || s.ValidityPeriodStart.Before(first) {
			first = s.ValidityPeriodStart
		}
		if s.ValidityPeriodEnd.After(last) {
			last = s.ValidityPeriodEnd
		}
		endless = endless || s.ValidityPeriodEnd.IsZero()
	}
	use := "now"
	switch {
	case len(all) == 0:
		return errors.New("it names none")
	case now.Before(first):
		use = "before " + first.UTC().Format(time.RFC3339)
	case now.After(last) && !endless:
		use = "after " + last.UTC().Format(time.RFC3339)
	}
	return fmt.Errorf("none is in use %s, and this machine's clock says %s", use, now.UTC().Format(time.RFC3339))
}

// checkSelectors looks for what upstream takes for granted: its accessors
// dereference the selector of each list.
func checkSelectors(config *root.SigningConfig) error {
	data, err := config.MarshalJSON()
	if err != nil {
		return err
	}
	var present struct {
		Logs       *struct{} `json:"rekorTlogConfig"`
		Timestamps *struct{} `json:"tsaConfig"`
	}
	if err := json.Unmarshal(data, &present); err != nil {
		return err
	}
	if present.Logs == nil && len(config.RekorLogURLs()) > 0 {
		return errors.New("it does not say how many logs to use (rekorTlogConfig)")
	}
	if present.Timestamps == nil && len(config.TimestampAuthorityURLs()) > 0 {
		return errors.New("it does not say how many timestamp authorities to use (tsaConfig)")
	}
	return nil
}

// options are upstream's for one bundle. Its clients are made anew each time:
// they change their own options as they go, and their requests take no context
// but the transport's.
func (s services) options(ctx context.Context, transport http.RoundTripper) sign.BundleOptions {
	options := sign.BundleOptions{Context: ctx}
	for _, url := range s.timestamps {
		options.TimestampAuthorities = append(options.TimestampAuthorities, sign.NewTimestampAuthority(&sign.TimestampAuthorityOptions{
			URL: url, Timeout: unlimited, Transport: service{ctx, timestampRole, transport},
		}))
	}
	for _, url := range s.logs {
		options.TransparencyLogs = append(options.TransparencyLogs, newLog(url, s.logVersion, service{ctx, logRole, transport}))
	}
	return options
}
