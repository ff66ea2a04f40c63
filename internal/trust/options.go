package trust

import (
	"context"
	"fmt"

	"github.com/sigstore/sigstore-go/pkg/root"
)

const (
	rootTarget   = "trusted_root.json"
	configTarget = "signing_config.v0.2.json"
)

// Root is the trusted root to verify against, with warnings for people where it
// is older than wanted.
func (o Options) Root(ctx context.Context) (*Root, []string, error) {
	if o.RootFile != "" {
		r, err := FromFile(o.RootFile)
		return r, nil, err
	}
	t, err := o.target(ctx, rootTarget)
	if isUnreachable(err) && o.Mirror == "" {
		return o.embedded(err)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("trusted root: %w", err)
	}
	r, err := parseRoot(t.data)
	if err != nil {
		return nil, nil, fmt.Errorf("trusted root of %s: %w", t.source, err)
	}
	r.Source, r.Date = t.source, t.refreshed
	if t.trouble != nil {
		if newer, err := Embedded(); err == nil && o.Mirror == "" && newer.Date.After(r.Date) {
			return o.embedded(t.trouble) // hallmark was updated since
		}
		return r, []string{fmt.Sprintf("trusted root not refreshed: %v; using the copy that was current on %s",
			t.trouble, o.age(t.refreshed))}, nil
	}
	return r, nil, nil
}

// embedded is the last source. Working offline on purpose is no cause to warn.
func (o Options) embedded(cause error) (*Root, []string, error) {
	r, err := Embedded()
	if err != nil || o.Transport == nil {
		return r, nil, err
	}
	return r, []string{fmt.Sprintf("trusted root not refreshed: %v; using the one compiled in, of %s", cause, o.age(r.Date))}, nil
}

// SigningConfig names the services to sign with. None is compiled in: where no
// file is named, it comes from the TUF repository or its cached copy.
func (o Options) SigningConfig(ctx context.Context) (*root.SigningConfig, []string, error) {
	if o.ConfigFile != "" {
		c, err := configFromFile(o.ConfigFile)
		return c, nil, err
	}
	t, err := o.target(ctx, configTarget)
	if err != nil {
		return nil, nil, fmt.Errorf("signing config: %w", err)
	}
	c, err := parseConfig(t.data)
	if err != nil {
		return nil, nil, fmt.Errorf("signing config of %s: %w", t.source, err)
	}
	if t.trouble != nil {
		return c, []string{fmt.Sprintf("signing config not refreshed: %v; using the copy that was current on %s",
			t.trouble, o.age(t.refreshed))}, nil
	}
	return c, nil, nil
}
