package provenance

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

const (
	// GitBuildType is the build type of a build made from a local checkout.
	GitBuildType = "https://github.com/hallmark-project/hallmark/blob/main/docs/buildtypes/git/v1"

	// LocalBuilder is the builder id of such a build. It leads to the paragraph
	// that says how little it means: nobody but the person at the keyboard
	// vouches for it.
	LocalBuilder = GitBuildType + "#local-builder"
)

// Git is what a local checkout says about itself.
type Git struct {
	Remote string // as git prints it; "" or a local path if it was never published
	Commit string // of HEAD, 40 hex digits
	Ref    string // refs/tags/... or refs/heads/..., "" for a detached HEAD
	Dirty  bool   // the working tree is not what the commit says
}

var commitPattern = regexp.MustCompile(`^[0-9a-f]{40}$`)

// FromGit describes a build from a local checkout. Credentials in the remote's
// URL are never written, nor are local paths.
func FromGit(git Git) (*Build, error) {
	if !commitPattern.MatchString(git.Commit) {
		return nil, fmt.Errorf("commit %q is not 40 lower-case hex digits", git.Commit)
	}
	if git.Ref != "" && !strings.HasPrefix(git.Ref, "refs/") {
		return nil, fmt.Errorf("ref %q does not begin with refs/", git.Ref)
	}
	uri, err := sourceURI(git.Remote)
	if err != nil {
		return nil, err
	}
	source := map[string]any{}
	dependency := &intoto.ResourceDescriptor{
		Uri:    uri,
		Digest: map[string]string{"gitCommit": git.Commit},
	}
	if uri != "" {
		source["uri"] = uri
	}
	if git.Ref != "" {
		source["ref"] = git.Ref
		if uri != "" {
			dependency.Uri += "@" + git.Ref
		}
	}
	return &Build{
		BuildType:            GitBuildType,
		ExternalParameters:   map[string]any{"source": source, "dirty": git.Dirty},
		ResolvedDependencies: []*intoto.ResourceDescriptor{dependency},
		BuilderID:            LocalBuilder,
	}, nil
}

// scpForm is git's short form of an ssh URL, user@host:path.
var scpForm = regexp.MustCompile(`^(?:[^@/:]+@)?([^/:@]{2,}):([^:].*)$`)

// sourceURI writes a remote as SLSA does, "git+" and a URL, without user,
// password, query and the ".git" that the same repository has in one spelling
// and not in the other.
func sourceURI(remote string) (string, error) {
	if remote == "" {
		return "", nil
	}
	if m := scpForm.FindStringSubmatch(remote); m != nil && !strings.Contains(remote, "://") {
		remote = "ssh://" + m[1] + "/" + strings.TrimPrefix(m[2], "/")
	}
	u, err := url.Parse(remote)
	if err != nil {
		// The message of url.Parse would repeat the credentials.
		return "", errors.New("the remote's URL cannot be parsed")
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http", "ssh", "git":
	default:
		return "", nil
	}
	if u.Host == "" {
		return "", errors.New("the remote's URL names no host")
	}
	clean := url.URL{
		Scheme: strings.ToLower(u.Scheme),
		Host:   strings.ToLower(u.Host),
		Path:   strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), ".git"),
	}
	return "git+" + clean.String(), nil
}
