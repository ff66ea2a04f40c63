package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// Root is a trusted root and where it came from. The zero value trusts nobody
// and must not be used.
type Root struct {
	// Material is what sigstore-go verifies against.
	Material root.TrustedMaterial
	// Source says where it came from, for people and for results.
	Source string
	// SHA256 is the digest of its bytes, in lower-case hex.
	SHA256 string
	// Date is the day it was last known to be current; zero for a file.
	Date time.Time
	// Documents are the JSON texts of the root, or roots, that it consists of.
	Documents [][]byte
}

// FromFile reads a trusted root: one JSON document, or several one after
// another as in JSON Lines, which are then all trusted, each for its own
// validity. Every error wraps [ErrRoot].
func FromFile(path string) (*Root, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("trusted root %s: %w: %w", path, ErrRoot, err)
	}
	r, err := parseRoot(data)
	if err != nil {
		return nil, fmt.Errorf("trusted root %s: %w: %w", path, ErrRoot, err)
	}
	r.Source = "file " + path
	return r, nil
}

// Parse reads a trusted root from its text, as [FromFile] does. Source says
// where the text stood. Every error wraps [ErrRoot].
func Parse(source string, text []byte) (*Root, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("trusted root of %s: %w: larger than %d bytes", source, ErrRoot, maxFile)
	}
	r, err := parseRoot(text)
	if err != nil {
		return nil, fmt.Errorf("trusted root of %s: %w: %w", source, ErrRoot, err)
	}
	r.Source = source
	return r, nil
}

// parseRoot reads one or several roots strictly.
func parseRoot(data []byte) (*Root, error) {
	documents, err := split(data)
	if err != nil {
		return nil, err
	}
	var all root.TrustedMaterialCollection
	seen := logs{}
	for i, document := range documents {
		message, err := root.NewTrustedRootProtobuf(document)
		if err != nil {
			return nil, nth(i, len(documents), err)
		}
		parsed, err := root.NewTrustedRootFromProtobuf(message)
		if err != nil {
			return nil, nth(i, len(documents), err)
		}
		if err := errors.Join(check(message), seen.add(message)); err != nil {
			return nil, nth(i, len(documents), err)
		}
		all = append(all, parsed)
	}
	sum := sha256.Sum256(data)
	r := &Root{Material: all, SHA256: hex.EncodeToString(sum[:]), Documents: documents}
	if len(all) == 1 {
		r.Material = all[0]
	}
	return r, nil
}

// nth names the document, where there are several.
func nth(i, n int, err error) error {
	if n == 1 {
		return err
	}
	return fmt.Errorf("document %d of %d: %w", i+1, n, err)
}

// readFile reads a file of bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err) // the caller names the path
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	return data, nil
}
