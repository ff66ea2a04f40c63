package trust

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/sigstore/sigstore-go/pkg/tuf"
)

// refreshEvery is how long a refreshed copy is used without asking again.
const refreshEvery = 24 * time.Hour

// target is one file that the TUF repository signs.
type target struct {
	data      []byte
	source    string
	refreshed time.Time // when the repository was last heard
	trouble   error     // why that is longer ago than it should be
}

// target gets one target: from the repository if a day has passed, else from
// the cache, where signatures, expiry and the target's digest are checked again
// on each read.
func (o Options) target(ctx context.Context, name string) (*target, error) {
	mirror, base, err := o.repository()
	if err != nil {
		return nil, err
	}
	if err := (cache{o.Dir, mirror}).check(); err != nil {
		return nil, err
	}
	if o.Dir != "" && o.Transport != nil && os.MkdirAll(o.Dir, 0o700) != nil {
		o.Dir = "" // a home that cannot be written to costs a refresh, not the run
	}
	cache := cache{dir: o.Dir, mirror: mirror}
	t := &target{source: "TUF " + mirror, refreshed: cache.refreshed()}
	if o.Transport == nil && o.TUFRoot == nil && t.refreshed.IsZero() {
		return nil, &unreachableError{errOffline} // nothing was ever fetched
	}
	if o.Transport == nil || o.fresh(t.refreshed) {
		// With a transport, a cache that does not verify is refreshed at once.
		t.data, err = o.fetch(ctx, cache, base, name, true)
		if err == nil && !cache.refreshed().Equal(t.refreshed) {
			t.refreshed = o.Now
		}
		return t, err
	}
	if t.data, err = o.fetch(ctx, cache, base, name, false); err == nil {
		t.refreshed = o.Now
		return t, nil
	}
	if !isUnreachable(err) {
		return nil, err
	}
	t.trouble = err
	offline := o
	offline.Transport = nil
	if t.data, err = offline.fetch(ctx, cache, base, name, true); err != nil {
		return nil, t.trouble
	}
	return t, nil
}

// repository is the mirror and the root metadata that its chain begins with.
func (o Options) repository() (mirror string, base []byte, err error) {
	if o.Mirror == "" && o.TUFRoot == nil {
		return tuf.DefaultMirror, embeddedTUFRoot, nil
	}
	if o.Mirror == "" || o.TUFRoot == nil {
		return "", nil, fmt.Errorf("%w: a TUF mirror and the root metadata to begin with belong together", ErrRoot)
	}
	if err := checkURL(o.Mirror); err != nil {
		return "", nil, fmt.Errorf("TUF mirror: %w: %w", ErrRoot, err)
	}
	return o.Mirror, o.TUFRoot, nil
}

// fetch runs the TUF client. It begins with the newest root metadata that
// chains from base, because the client would put base itself back into the
// cache, and base expires within months.
func (o Options) fetch(ctx context.Context, cache cache, base []byte, name string, preferCache bool) ([]byte, error) {
	newest, err := cache.newestRoot(base)
	if err != nil {
		return nil, fmt.Errorf("TUF root: %w: %w", ErrRoot, err)
	}
	if err := cache.dropUnreadable(); err != nil {
		return nil, fmt.Errorf("TUF cache: %w", err)
	}
	x := &exchange{roots: map[int64][]byte{}}
	client, err := tuf.New(&tuf.Options{
		Root:              newest,
		CachePath:         cache.dir,
		RepositoryBaseURL: cache.mirror,
		DisableLocalCache: cache.dir == "",
		ForceCache:        preferCache,
		Fetcher:           o.fetcher(ctx, x),
	})
	var data []byte
	if err == nil {
		x.asked = "targets metadata" // it may not name the target at all
		data, err = client.GetTarget(name)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if unreachable := (*unreachableError)(nil); errors.As(err, &unreachable) {
			return nil, unreachable // the layers above it say nothing more
		}
		return nil, cache.refused(x, err)
	}
	if err := cache.keepRoots(x.roots); err != nil {
		return nil, fmt.Errorf("TUF cache: %w", err)
	}
	return data, nil
}

// refused names the part of the repository that failed a check, without the
// layers of wrapping above the check itself.
func (c cache) refused(x *exchange, err error) error {
	cause := err
	for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
		cause = next
	}
	blamed := x.blame(err)
	if disk := (*fs.PathError)(nil); errors.As(err, &disk) || blamed == "" {
		return fmt.Errorf("TUF %s: %w", c.mirror, err)
	}
	return fmt.Errorf("TUF %s: %s refused: %w", c.mirror, blamed, cause)
}

// fresh tells whether the repository need not be asked. A time in the future is
// no reason to trust the cache: a clock was set back, or the file was edited.
func (o Options) fresh(refreshed time.Time) bool {
	age := o.Now.Sub(refreshed)
	return age >= 0 && age < refreshEvery
}

// age writes a date and how long ago it was.
func (o Options) age(date time.Time) string {
	day := date.UTC().Format(time.DateOnly)
	switch days := int(o.Now.Sub(date).Hours() / 24); {
	case days < 1:
		return day
	case days == 1:
		return day + ", 1 day ago"
	default:
		return fmt.Sprintf("%s, %d days ago", day, days)
	}
}

// cache is the folder that the TUF client keeps for one mirror, with one
// addition of ours: the root metadata that lead to the newest.
type cache struct {
	dir, mirror string
}

// refreshed is when the client last heard from the repository; zero if never.
func (c cache) refreshed() time.Time {
	if c.dir == "" {
		return time.Time{}
	}
	config, err := tuf.LoadConfig(filepath.Join(c.dir, tuf.URLToPath(c.mirror)+".json"))
	if err != nil {
		return time.Time{}
	}
	return config.LastTimestamp
}

// originOf is scheme and host of a URL, for messages.
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "TUF repository"
	}
	return u.Scheme + "://" + u.Host
}
