package trust

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/sigstore/sigstore-go/pkg/tuf"
)

// check refuses a cache in which others may have written. What stands in it is
// verified on every read, but not what is missing: whoever can take files away
// could hold a user to metadata that have since been replaced. A cache that is
// not there, or cannot be looked at, is none.
func (c cache) check() error {
	if c.dir == "" {
		return nil
	}
	own := filepath.Join(c.dir, tuf.URLToPath(c.mirror))
	for _, folder := range []string{c.dir, own, filepath.Join(own, "targets"), filepath.Dir(c.rootFile(0))} {
		if err := checkFolder(folder); err != nil {
			return fmt.Errorf("TUF cache %s: %w: remove it, and it is made anew", folder, err)
		}
	}
	return nil
}

func checkFolder(name string) error {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil
	case info.Mode().Type() == fs.ModeSymlink:
		return errors.New("a symbolic link where a folder should be")
	case !info.IsDir():
		return errors.New("no folder")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0:
		return errors.New("everybody may write to it")
	}
	return nil
}
