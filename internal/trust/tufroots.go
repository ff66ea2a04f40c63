package trust

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// maxRootSize is the TUF client's own limit.
const maxRootSize = 512000

func (c cache) rootFile(version int64) string {
	return filepath.Join(c.dir, tuf.URLToPath(c.mirror), "roots", fmt.Sprintf("%d.root.json", version))
}

// newestRoot follows the cached chain from base as far as each is signed by the
// one before; what does not fit ends the chain and is fetched again.
func (c cache) newestRoot(base []byte) ([]byte, error) {
	trusted, err := trustedmetadata.New(base)
	if err != nil {
		return nil, err
	}
	if c.dir == "" {
		return base, nil
	}
	for newest := base; ; {
		name := c.rootFile(trusted.Root.Signed.Version + 1)
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > maxRootSize {
			return newest, nil
		}
		next, err := os.ReadFile(name)
		if err != nil {
			return newest, nil
		}
		if _, err := trusted.UpdateRoot(next); err != nil {
			return newest, nil
		}
		newest = next
	}
}

// dropUnreadable removes metadata that a full disk or a killed run left cut
// short: the client takes them for an error of the repository and would fail
// for ever. What can be read stays, whatever it says, since an older version in
// the repository is then seen as a rollback.
func (c cache) dropUnreadable() error {
	if c.dir == "" {
		return nil
	}
	for role, read := range map[string]func([]byte) error{
		metadata.TIMESTAMP: func(b []byte) error { _, err := metadata.Timestamp().FromBytes(b); return err },
		metadata.SNAPSHOT:  func(b []byte) error { _, err := metadata.Snapshot().FromBytes(b); return err },
		metadata.TARGETS:   func(b []byte) error { _, err := metadata.Targets().FromBytes(b); return err },
	} {
		name := filepath.Join(c.dir, tuf.URLToPath(c.mirror), role+".json")
		data, err := os.ReadFile(name)
		if err != nil || read(data) == nil {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// keepRoots adds what a refresh brought and verified. Files appear whole or not
// at all.
func (c cache) keepRoots(roots map[int64][]byte) error {
	if c.dir == "" || len(roots) == 0 {
		return nil
	}
	folder := filepath.Dir(c.rootFile(0))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for version, data := range roots {
		f, err := os.CreateTemp(folder, "new")
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Close()); err == nil {
			err = os.Rename(f.Name(), c.rootFile(version))
		}
		if err != nil {
			return errors.Join(err, os.Remove(f.Name()))
		}
	}
	return nil
}
