package registry

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// ErrReference marks a name that is no full name of an image, or names what is
// not there. It is the operator's mistake.
var ErrReference = errors.New("image")

// Reference is the full name of an image: a repository in a registry, with
// either a tag or a digest.
type Reference struct {
	Registry   string // a host, with its port where one is given
	Repository string
	Tag        string // "" with a digest
	Digest     string // sha256:<hex>, "" with a tag
}

const maxReference = 512 // bytes

var (
	// OCI distribution specification, "Pulling manifests".
	repositoryForm = compileLater(`\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z`)
	tagForm        = compileLater(`\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z`)
	digestForm     = compileLater(`\Asha256:[0-9a-f]{64}\z`)
	hostForm       = compileLater(`\A[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z`)
)

// form is a pattern that is compiled when it is first used: counted repetitions
// are costly to compile, and most runs of the program name no image.
type form func() *regexp.Regexp

func compileLater(pattern string) form {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

const maxRepository = 255 // bytes

// ParseReference reads registry/repository:tag or registry/repository@digest.
// Nothing is filled in: other tools put a registry, a namespace or a tag where
// none is written, and what they would choose is not what was verified. The
// error wraps ErrReference.
func ParseReference(s string) (Reference, error) {
	if len(s) > maxReference {
		return Reference{}, fmt.Errorf("%w: a name of %d bytes: want at most %d", ErrReference, len(s), maxReference)
	}
	r, err := splitReference(s)
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return Reference{}, fmt.Errorf("%w %s: %w", ErrReference, strconv.Quote(s), err)
	}
	return r, nil
}

func splitReference(s string) (Reference, error) {
	var r Reference
	var rest string
	var ok bool
	if r.Registry, rest, ok = strings.Cut(s, "/"); !ok || !isRegistry(r.Registry) {
		return r, errors.New("want the registry before the repository, such as ghcr.io/ or docker.io/library/")
	}
	before, digest, byDigest := strings.Cut(rest, "@")
	name, tag, byTag := strings.Cut(before, ":")
	switch {
	case byDigest && byTag:
		return r, errors.New("a tag and a digest: give the digest alone")
	case !byDigest && !byTag:
		return r, errors.New("neither a tag nor a digest")
	}
	r.Repository, r.Tag, r.Digest = name, tag, digest
	return r, nil
}

// isRegistry tells a registry's host from a repository's first word.
func isRegistry(word string) bool {
	return word == "localhost" || strings.ContainsAny(word, ".:")
}

func (r Reference) check() error {
	if err := checkHost(r.Registry); err != nil {
		return err
	}
	switch {
	case !repositoryForm().MatchString(r.Repository) || len(r.Repository) > maxRepository:
		return fmt.Errorf("repository %.300q: want lower-case words of letters and digits between slashes", r.Repository)
	case r.Registry == dockerHub && !strings.Contains(r.Repository, "/"):
		return fmt.Errorf("repository %q: Docker Hub's own images are in library/", r.Repository)
	case r.Digest == "" && !tagForm().MatchString(r.Tag):
		return fmt.Errorf("tag %.200q: want at most 128 letters, digits, dots, dashes and underscores", r.Tag)
	case r.Tag == "" && !digestForm().MatchString(r.Digest):
		return fmt.Errorf("digest %.200q: want sha256: and 64 lower-case hexadecimal digits", r.Digest)
	}
	return nil
}

// checkHost takes names in ASCII, in lower case, and addresses. An
// international name is written as it stands in DNS: what eyes cannot tell
// apart is not shown.
func checkHost(registry string) error {
	host := registry
	if name, port, found := cutPort(registry); found {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
			return fmt.Errorf("registry %.100q: port %.20q", registry, port)
		}
		host = name
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		ip := net.ParseIP(strings.TrimSuffix(inner, "]"))
		if ip == nil || !strings.HasSuffix(inner, "]") || "["+ip.String()+"]" != host || ip.To4() != nil {
			return fmt.Errorf("registry %.100q: no address", registry)
		}
		return nil
	}
	if len(host) > 253 || !hostForm().MatchString(host) {
		return fmt.Errorf("registry %.300q: want a host name in lower-case letters, digits, dashes and dots", registry)
	}
	return nil
}

// cutPort splits host:port, the host perhaps an IPv6 address in brackets.
func cutPort(registry string) (host, port string, found bool) {
	i := strings.LastIndexByte(registry, ':')
	if i < 0 || strings.HasSuffix(registry, "]") {
		return registry, "", false
	}
	return registry[:i], registry[i+1:], true
}

// String is the reference as ParseReference reads it.
func (r Reference) String() string {
	if r.Digest != "" {
		return r.Registry + "/" + r.Repository + "@" + r.Digest
	}
	return r.Registry + "/" + r.Repository + ":" + r.Tag
}

// dockerHub is the name that people write, and dockerHubHost where its API is.
const (
	dockerHub     = "docker.io"
	dockerHubHost = "index.docker.io"
)

// host is where the registry's API answers.
func (r Reference) host() string {
	if r.Registry == dockerHub {
		return dockerHubHost
	}
	return r.Registry
}
