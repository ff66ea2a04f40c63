package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/sigstore/sigstore-go/pkg/bundle"

	"github.com/hallmark-project/hallmark/internal/material"
)

// parts are the finished bundles of an attestation that takes several: one file
// a statement, in a folder beside the file that holds them all in the end. What
// a run leaves there when it dies is what the next one does not sign again.
//
// Without a folder nothing is kept: a single bundle goes straight to its file,
// and standard output and devices are no place to come back to.
type parts struct {
	env    *Env
	folder string
}

// partsFolder is the folder for the parts of the file out.
func partsFolder(out string) string { return filepath.Clean(out) + ".d" }

func (env *Env) parts(out string, statements int) parts {
	if out == "-" || statements < 2 {
		return parts{env: env}
	}
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		return parts{env: env}
	}
	return parts{env, partsFolder(out)}
}

// partName is the form of a part's name. What else stands in the folder is not
// hallmark's to remove.
var partName = regexp.MustCompile(`\A[0-9a-f]{64}\.sigstore\.json\z`)

// file is where the bundle of a statement goes: named for the statement, so that
// it is of no other.
func (p parts) file(payload []byte) string {
	sum := sha256.Sum256(payload)
	return filepath.Join(p.folder, hex.EncodeToString(sum[:])+".sigstore.json")
}

// read gives what an earlier run left for a statement. What cannot be read is
// signed again like what was never there.
func (p parts) read(payload []byte) []material.Found {
	if p.folder == "" {
		return nil
	}
	found, err := material.ReadFile(p.file(payload))
	if err != nil {
		return nil
	}
	return found
}

// keep writes a finished bundle, whole or not at all.
func (p parts) keep(ctx context.Context, payload []byte, b *bundle.Bundle) error {
	if p.folder == "" {
		return nil
	}
	if err := os.Mkdir(p.folder, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return p.env.writeBundles(ctx, p.file(payload), true, b)
}

// remove removes the parts, once they are of no more use, and the folder.
func (p parts) remove() error {
	if p.folder == "" {
		return nil
	}
	entries, err := os.ReadDir(p.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	kept := 0
	for _, e := range entries {
		if !partName.MatchString(e.Name()) && !isTemporary(e.Name()) {
			kept++
			continue
		}
		if err := os.Remove(filepath.Join(p.folder, e.Name())); err != nil {
			return err
		}
	}
	if kept > 0 {
		p.env.warnf("%s holds files that are not hallmark's, so it stays", shown(p.folder))
		return nil
	}
	return os.Remove(p.folder)
}

// part signs one of the statements, unless an earlier run has.
func (s *signing) part(ctx context.Context, p parts, payload []byte) (signedStatement, error) {
	if found := p.read(payload); found != nil {
		if err := s.identify(ctx); err != nil {
			return signedStatement{}, err
		}
		if done, err := s.keptBundle(found, payload); err == nil {
			return done, nil
		}
	}
	subject, err := firstSubject(payload)
	if err != nil {
		return signedStatement{}, err
	}
	done, err := s.statement(ctx, payload, subject, s.ids.job)
	if err != nil {
		return signedStatement{}, err
	}
	return done, p.keep(ctx, payload, done.bundle)
}
