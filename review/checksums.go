package review

import (
	"encoding/hex"
	"path"
	"regexp"
	"strings"
)

// A checksum is one line of a checksum file.
type checksum struct{ name, algorithm, digest string }

var (
	// GNU's form and BSD's. A name that GNU has escaped is taken as written and
	// so matches no asset: GitHub gives none such a name.
	gnuLine = regexp.MustCompile(`^\\?([0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}) [ *]?(\S.*)$`)
	bsdLine = regexp.MustCompile(`^SHA(256|384|512) \((.+)\) = ([0-9a-fA-F]+)$`)

	byLength = map[int]string{32: "sha256", 48: "sha384", 64: "sha512"}
)

// readChecksums reads a checksum file of SHA-2 digests; nil where a line is
// none, or there is no line.
func readChecksums(text string) []checksum {
	var sums []checksum
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		var name, digest string
		if m := bsdLine.FindStringSubmatch(line); m != nil {
			name, digest = m[2], m[3]
		} else if m := gnuLine.FindStringSubmatch(line); m != nil {
			name, digest = m[2], m[1]
		}
		raw, err := hex.DecodeString(digest)
		if err != nil || byLength[len(raw)] == "" {
			return nil
		}
		sums = append(sums, checksum{path.Base(name), byLength[len(raw)], strings.ToLower(digest)})
	}
	return sums
}

// lists tells whether a checksum file has the asset under its name, and whether
// with its digest. Digests of an algorithm that is not known of the asset say
// nothing.
func (c *content) lists(a *Asset) (named, same bool) {
	digest, _ := a.digest()
	for _, sum := range c.sums {
		if sum.name != a.Name || digest[sum.algorithm] == "" {
			continue
		}
		if named = true; digest[sum.algorithm] != sum.digest {
			return true, false
		}
		same = true
	}
	return named, same
}
