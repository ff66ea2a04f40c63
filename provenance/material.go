package provenance

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// digestForm is a digest at the end of a material, ALGORITHM:HEX. An @ before
// anything else belongs to the URI, as in git+https://host/repository@refs/...
var digestForm = regexp.MustCompile(`\A([A-Za-z0-9_]+):([0-9A-Za-z]+)\z`)

// ParseMaterial reads URI or URI@ALGORITHM:HEX. Algorithms are in-toto's, with
// the commit of a git repository as gitCommit.
func ParseMaterial(s string) (*intoto.ResourceDescriptor, error) {
	m := &intoto.ResourceDescriptor{Uri: s}
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		if parts := digestForm.FindStringSubmatch(s[at+1:]); parts != nil {
			if err := checkDigest(parts[1], parts[2]); err != nil {
				return nil, fmt.Errorf("material %.200q: %w", s[:at], err)
			}
			m.Uri, m.Digest = s[:at], map[string]string{parts[1]: parts[2]}
		}
	}
	if err := checkMaterialURI(m.Uri); err != nil {
		return nil, err
	}
	return m, nil
}

func checkDigest(algorithm, value string) error {
	known, ok := intoto.HashAlgorithms[algorithm]
	if !ok {
		return fmt.Errorf("%.40q is no digest algorithm of in-toto's", algorithm)
	}
	if raw, err := hex.DecodeString(value); err != nil || len(raw) != known.HexLength() || strings.ToLower(value) != value {
		return fmt.Errorf("a %s digest is %d lower-case hex digits", algorithm, 2*known.HexLength())
	}
	return nil
}

// checkMaterialURI does not repeat what may hold a password.
func checkMaterialURI(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil, uri == "", strings.ContainsFunc(uri, func(r rune) bool { return isControl(r) || r == ' ' }):
		return errors.New("one material is no URI")
	case u.User != nil:
		return fmt.Errorf("the material at %.80q holds a user or password: name it without", u.Host)
	case u.Scheme == "":
		return fmt.Errorf("material %.200q is no absolute URI", uri)
	}
	if looks := secretKind(uri); looks != "" {
		return fmt.Errorf("the material at %.80q looks like %s", u.Host, looks)
	}
	return nil
}

// sortedMaterials puts materials in the one order that does not depend on how
// they were given, each once.
func sortedMaterials(materials []*intoto.ResourceDescriptor) []*intoto.ResourceDescriptor {
	order := func(a, b *intoto.ResourceDescriptor) int {
		return cmp.Or(
			cmp.Compare(a.GetUri(), b.GetUri()),
			compare(a, b),
			cmp.Compare(a.GetDownloadLocation(), b.GetDownloadLocation()),
		)
	}
	sorted := slices.SortedFunc(slices.Values(materials), order)
	return slices.CompactFunc(sorted, func(a, b *intoto.ResourceDescriptor) bool { return order(a, b) == 0 })
}
