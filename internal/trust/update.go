package trust

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Update is what refreshing the trust material brought.
type Update struct {
	// Before is what was trusted until now; nil where that was nothing.
	Before *Root
	// After is what the repository says today.
	After *Root
	// NewConfig tells whether signers are sent to other services than before.
	NewConfig bool
}

// Update asks the TUF repository now, however recently it was asked, and keeps
// what it says. Bad weather is an error here: there is nothing else to do.
func (o Options) Update(ctx context.Context) (*Update, error) {
	mirror, base, err := o.repository()
	if err != nil {
		return nil, err
	}
	if o.Dir == "" {
		return nil, errors.New("TUF cache: no folder to keep it in")
	}
	cache := cache{dir: o.Dir, mirror: mirror}
	if err := cache.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("TUF cache: %w", err)
	}
	offline := o
	offline.Transport = nil
	u := &Update{}
	if u.Before, _, err = offline.Root(ctx); err != nil && !isUnreachable(err) {
		u.Before = nil // what cannot be used is what the update is to mend
	}
	config, configErr := offline.target(ctx, configTarget)

	data, err := o.fetch(ctx, cache, base, rootTarget, false)
	if err != nil {
		return nil, err
	}
	if u.After, err = parseRoot(data); err != nil {
		return nil, fmt.Errorf("trusted root of TUF %s: %w", mirror, err)
	}
	u.After.Source, u.After.Date = "TUF "+mirror, o.Now
	newConfig, err := o.fetch(ctx, cache, base, configTarget, true)
	if err != nil {
		return nil, err
	}
	if _, err := parseConfig(newConfig); err != nil {
		return nil, fmt.Errorf("signing config of TUF %s: %w", mirror, err)
	}
	u.NewConfig = configErr == nil && string(config.data) != string(newConfig)
	return u, nil
}
