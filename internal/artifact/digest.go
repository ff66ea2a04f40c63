package artifact

import (
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// algorithms are the digests that can be computed and named, by the names that
// in-toto's digest set gives them.
var algorithms = map[string]func() hash.Hash{
	"sha256": sha256.New,
	"sha384": sha512.New384,
	"sha512": sha512.New,
}

func checkAlgorithms(names []string) error {
	for _, name := range names {
		if algorithms[name] == nil {
			return usage("digest algorithm %q: want sha256, sha384 or sha512", name)
		}
	}
	return nil
}

// union returns what stands in either list, in order and each once.
func union[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// digestForm finds name@algorithm:hex. It does not ask the file system first:
// a file that somebody drops into the folder under such a name must not take
// the place of the digest that was asked for.
var digestForm = regexp.MustCompile(`(?s)^(.*)@([a-z0-9]+):(.*)$`)

// splitDigest reads an argument of the form name@algorithm:hex and tells
// whether it is one. An algorithm that nobody knows is left to be a file's name.
func splitDigest(arg string) (name, algorithm, digest string, ok bool) {
	m := digestForm.FindStringSubmatch(arg)
	if m == nil || algorithms[m[2]] == nil {
		return "", "", "", false
	}
	return m[1], m[2], m[3], true
}

// parseHex accepts the digest of algorithm in hex of either case and returns
// it in lower case.
func parseHex(algorithm, digest string) (string, error) {
	size := algorithms[algorithm]().Size()
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != size {
		return "", usage("%.200q: want %d hexadecimal digits for %s", digest, 2*size, algorithm)
	}
	return strings.ToLower(digest), nil
}

const maxName = 4096

// cleanName makes of a name that somebody wrote, or that stands on disk, the
// name of a subject: relative, without "." and "..", valid UTF-8.
func cleanName(raw string) (string, error) {
	name := path.Clean(raw)
	switch {
	case raw == "" || name == "." || strings.HasSuffix(raw, "/"):
		return "", usage("name %.200q: no file is named", raw)
	case len(raw) > maxName:
		return "", usage("name %.200q…: longer than %d bytes", raw, maxName)
	case strings.ContainsRune(raw, 0):
		return "", usage("name %.200q: holds a NUL", raw)
	case path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../"):
		return "", usage("name %.200q: leaves the folder; a relative name is wanted", raw)
	case !fs.ValidPath(name):
		return "", usage("name %.200q: not valid UTF-8", raw)
	}
	return name, nil
}
