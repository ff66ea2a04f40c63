// Package gitclone reads a project's history from a clone of its repository,
// made by the system's git.
//
// It stands apart from a checkout's reader because nothing here is a working
// tree, and because this is the one place that lets git reach the network: a
// bare clone of branches and tags, over https and nothing else unless the caller
// says so, with no system and no user configuration, no hooks, no credentials
// and no submodules, within a size and a time. Refs of pull requests are not
// fetched: a commit that only a fork has is then not there.
//
// What a repository says of itself, names and dates, is anybody's word.
package gitclone

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options bound a clone. The zero value allows https, ten minutes and 2 GiB.
type Options struct {
	// Protocols are allowed beside https, by git's names of them.
	Protocols []string
	// Environment is what git gets beside its own: a proxy as HTTPS_PROXY, other
	// authorities as GIT_SSL_CAINFO.
	Environment []string
	Timeout     time.Duration
	MaxSize     int64 // bytes on disk
}

const (
	defaultTimeout = 10 * time.Minute
	defaultSize    = 2 << 30
	pollEvery      = 250 * time.Millisecond
)

// ErrSize is why a clone was given up that grew too large.
var ErrSize = errors.New("the repository is too large")

// Repository is a bare clone.
type Repository struct{ git command }

// Clone clones a repository into a folder that must not be there yet, and is
// gone again where it fails. Blobs of more than a megabyte are left out where the
// server can do so.
func Clone(ctx context.Context, url, dir string, o Options) (*Repository, error) {
	git, err := newCommand(o)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(url, "-") {
		return nil, fmt.Errorf("repository %q: not an address", url)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: something is there already", dir)
	}
	limit, timeout := o.MaxSize, o.Timeout
	if limit <= 0 {
		limit = defaultSize
	}
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no whole clone in %s", timeout))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go watch(ctx, stop, dir, limit)

	git.dir = filepath.Dir(dir)
	_, err = git.run(ctx, nil, "clone", "--bare", "--quiet", "--template=", "--no-local", "--filter=blob:limit=1m", "--", url, dir)
	if err == nil && size(dir) > limit {
		err = ErrSize
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("repository %s: %w", url, err), os.RemoveAll(dir))
	}
	git.dir = dir
	// What was left out is not fetched after all; older versions of git know no
	// variable for it.
	for _, p := range append([]string{"https"}, o.Protocols...) {
		git.options = append(git.options, "-c", "protocol."+p+".allow=never")
	}
	git.environment = append(git.environment, "GIT_DIR="+dir, "GIT_NO_LAZY_FETCH=1")
	return &Repository{git: *git}, nil
}

// watch ends a clone that grows beyond the limit.
func watch(ctx context.Context, stop context.CancelCauseFunc, dir string, limit int64) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if size(dir) > limit {
				stop(ErrSize)
				return
			}
		}
	}
}

// size adds up the files of a folder that git may be writing to.
func size(dir string) int64 {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // git has just removed it
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// Head is the branch that the remote calls its default, and its commit.
func (r *Repository) Head(ctx context.Context) (branch, commit string, err error) {
	if branch, err = r.git.line(ctx, "symbolic-ref", "--short", "HEAD"); err != nil {
		return "", "", err
	}
	commit, err = r.git.line(ctx, "rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")
	return branch, commit, err
}

// null is the file that holds nothing.
const null = os.DevNull
