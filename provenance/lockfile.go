package provenance

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

const (
	// MaxLockfile is the size of the largest lockfile that is read, in bytes.
	MaxLockfile = 16 << 20

	maxEntries = 50_000
)

// LockfileError says which line of a lockfile cannot be read as what its tool
// writes. Line is 0 where the file as a whole is at fault.
type LockfileError struct {
	Name string
	Line int
	Err  error
}

func (e *LockfileError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err)
}

func (e *LockfileError) Unwrap() error { return e.Err }

// ParseLockfile turns the entries of a lockfile into resolved dependencies: one
// descriptor for each digest that the file records, named by package URL. Which
// tool's file it is follows from its name: go.sum, package-lock.json, Cargo.lock
// or, ending in .txt, pip's requirements with hashes. What cannot be understood
// is an error, and so is an entry without a digest: a list with holes would look
// whole. The project's own packages are left out, their commit is the source.
func ParseLockfile(name string, data []byte) ([]*intoto.ResourceDescriptor, error) {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	l := &lockfile{data: data}
	var parse func() error
	switch {
	case base == "go.sum" || base == "go.work.sum":
		parse = l.goSum
	case base == "package-lock.json" || base == "npm-shrinkwrap.json":
		parse = l.npm
	case base == "Cargo.lock":
		parse = l.cargo
	case strings.HasSuffix(base, ".txt"):
		parse = l.requirements
	default:
		return nil, &LockfileError{Name: name, Err: errors.New("want go.sum, package-lock.json, Cargo.lock or requirements.txt")}
	}
	if len(data) > MaxLockfile {
		return nil, &LockfileError{Name: name, Err: fmt.Errorf("larger than %d bytes", MaxLockfile)}
	}
	if err := parse(); err != nil {
		return nil, &LockfileError{Name: name, Line: l.line, Err: err}
	}
	return sortedMaterials(l.found), nil
}

// lockfile is a file on its way to be read.
type lockfile struct {
	data  []byte
	line  int // at which the parser stands
	found []*intoto.ResourceDescriptor
}

func (l *lockfile) add(d *intoto.ResourceDescriptor) error {
	if len(l.found) == maxEntries {
		return fmt.Errorf("more than %d entries", maxEntries)
	}
	for algorithm, value := range d.Digest {
		if err := checkDigest(algorithm, value); err != nil {
			return err
		}
	}
	l.found = append(l.found, d)
	return nil
}

// lines yields the file's lines without their ends, and counts them.
func (l *lockfile) lines(yield func(string) bool) {
	l.line = 0
	for line := range strings.Lines(string(l.data)) {
		l.line++
		if !yield(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")) {
			return
		}
	}
}

// hexOf turns base64 into the hex of in-toto's digests.
func hexOf(b64 string) (string, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil {
		return "", errors.New("the digest is not base64")
	}
	return hex.EncodeToString(raw), nil
}

// publicURL is a URL without what may be a credential: user, password, query.
func publicURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// gitDependency is a package taken from a git repository at a commit, written
// git+URL#COMMIT by npm and Cargo alike.
func gitDependency(name, source string) (*intoto.ResourceDescriptor, error) {
	remote, commit, ok := strings.Cut(strings.TrimPrefix(source, "git+"), "#")
	if !ok || !commitPattern.MatchString(commit) {
		return nil, errors.New("a git repository without a commit of 40 lower-case hex digits")
	}
	uri, err := sourceURI(remote)
	if err != nil || uri == "" {
		return nil, errors.New("a git repository whose URL cannot be read")
	}
	return &intoto.ResourceDescriptor{Name: name, Uri: uri + "@" + commit, Digest: map[string]string{"gitCommit": commit}}, nil
}
