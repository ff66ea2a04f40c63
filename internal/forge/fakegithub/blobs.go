package fakegithub

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
)

// Put keeps bytes, for assets and attestations that a test adds by Change.
func (s *Server) Put(r io.Reader) (sha256Hex string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, "blobs"), "new-")
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(f.Name())
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, hash), r)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", 0, err
	}
	sha256Hex = hex.EncodeToString(hash.Sum(nil))
	return sha256Hex, size, os.Rename(f.Name(), s.blob(sha256Hex))
}

func (s *Server) blob(sha256Hex string) string { return filepath.Join(s.dir, "blobs", sha256Hex) }
