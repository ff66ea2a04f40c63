package cli

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// temporary is a file on its way to its final name. On Linux it has no name at
// all until it is complete, so that a process killed outright leaves nothing of
// it behind; elsewhere, and on file systems that cannot do so, it may leave a
// file for which isTemporary holds.
type temporary struct {
	*os.File
	dir  string
	path string // "" while it has none
}

// createTemp is os.CreateTemp with the permissions that a file at its final
// name would get, which the umask decides.
func createTemp(dir string) (*temporary, error) {
	if f, err := openUnnamed(dir); err == nil {
		return &temporary{File: f, dir: dir}, nil
	}
	for {
		path := temporaryPath(dir)
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return &temporary{f, dir, path}, err
	}
}

// name gives the complete file a name, so that it can be renamed.
func (t *temporary) name() error {
	for t.path == "" {
		path := temporaryPath(t.dir)
		switch err := linkUnnamed(t.File, path); {
		case err == nil:
			t.path = path
		case !errors.Is(err, fs.ErrExist):
			return err
		}
	}
	return nil
}

func (t *temporary) remove() {
	_ = t.Close()
	if t.path != "" {
		_ = os.Remove(t.path)
	}
}

func temporaryPath(dir string) string {
	return filepath.Join(dir, ".hallmark-"+strconv.FormatUint(rand.Uint64(), 36))
}

var temporaryName = regexp.MustCompile(`\A\.hallmark-[0-9a-z]{1,13}\z`)

// isTemporary tells a name that createTemp makes.
func isTemporary(name string) bool { return temporaryName.MatchString(name) }
