package trust

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

//go:generate go run ./gen

// The files are written by go generate from a pinned release of the npm package
// @sigstore/tuf; see gen. embedded_test.go says what about them is proved.
var (
	//go:embed embedded/trusted_root.json
	embeddedRoot []byte

	//go:embed embedded/root.json
	embeddedTUFRoot []byte

	//go:embed embedded/npm_keys.json
	embeddedNPMKeys []byte

	//go:embed embedded/source.json
	embeddedSource []byte
)

// Embedded is the trusted root of the public Sigstore instance as it was when
// this version of hallmark was made.
func Embedded() (*Root, error) {
	source, published, err := origin()
	if err != nil {
		return nil, err
	}
	r, err := parseRoot(embeddedRoot)
	if err != nil {
		return nil, fmt.Errorf("embedded trusted root: %w", err)
	}
	r.Source = "embedded, " + source
	r.Date = published
	return r, nil
}

// origin says where the embedded files come from and from which day they are.
func origin() (source string, published time.Time, err error) {
	var s struct{ Package, Version, Published string }
	if err := json.Unmarshal(embeddedSource, &s); err != nil {
		return "", time.Time{}, fmt.Errorf("embedded source: %w", err)
	}
	published, err = time.Parse(time.DateOnly, s.Published)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("embedded source: %w", err)
	}
	return s.Package + "@" + s.Version + " of " + s.Published, published, nil
}
