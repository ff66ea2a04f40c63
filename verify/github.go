package verify

import (
	"errors"
	"regexp"
	"strings"

	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
)

const githubURL = "https://github.com/"

var (
	ownerForm      = regexp.MustCompile(`\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\z`)
	repositoryForm = regexp.MustCompile(`\A[A-Za-z0-9._-]{1,100}\z`)
	commitForm     = regexp.MustCompile(`\A(?:[0-9a-f]{40}|[0-9a-f]{64})\z`)
	digits         = regexp.MustCompile(`\A[0-9]{1,20}\z`)
)

func validOwner(s string) bool  { return ownerForm.MatchString(s) }
func validCommit(s string) bool { return commitForm.MatchString(s) }

// validRepository tells whether s is OWNER/NAME in GitHub's alphabet.
func validRepository(s string) bool {
	owner, name, ok := strings.Cut(s, "/")
	return ok && validOwner(owner) && repositoryForm.MatchString(name) && name != "." && name != ".."
}

// A workflow is a workflow file in a repository at a ref, as a certificate's
// URIs name it: https://github.com/OWNER/NAME/PATH@REF.
type workflow struct {
	repository string // OWNER/NAME
	path       string // .github/workflows/release.yml
	ref        string // refs/tags/v1.0.0, refs/heads/main or a commit
}

// parseWorkflow splits a workflow URI. The ref begins at the first @ behind the
// workflow file: refs may hold @ and even end like another ref. Files may be
// called so that they begin like another; then no ref follows.
func parseWorkflow(uri string) (workflow, error) {
	rest, ok := strings.CutPrefix(uri, githubURL)
	if !ok {
		return workflow{}, errors.New("not a workflow on " + githubURL)
	}
	at := -1
	for _, ending := range []string{".yml@", ".yaml@"} {
		if i := strings.Index(rest, ending); i >= 0 && (at < 0 || i+len(ending)-1 < at) {
			at = i + len(ending) - 1
		}
	}
	if at < 0 || at+1 == len(rest) {
		return workflow{}, errors.New("no ref behind a .yml or .yaml file")
	}
	repository, path, err := splitWorkflow(rest[:at])
	if err != nil {
		return workflow{}, err
	}
	ref := rest[at+1:]
	if !strings.HasPrefix(ref, "refs/") && !validCommit(ref) {
		return workflow{}, errors.New("neither a full ref nor a commit behind the workflow")
	}
	return workflow{repository, path, ref}, nil
}

// splitWorkflow splits OWNER/REPO/PATH.
func splitWorkflow(s string) (repository, path string, err error) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) < 3 || !validRepository(parts[0]+"/"+parts[1]) {
		return "", "", errors.New("no OWNER/REPO before the workflow's path")
	}
	path = parts[2]
	if !strings.HasSuffix(path, ".yml") && !strings.HasSuffix(path, ".yaml") {
		return "", "", errors.New("path does not end in .yml or .yaml")
	}
	for _, element := range strings.Split(path, "/") {
		if element == "" || element == "." || element == ".." {
			return "", "", errors.New("path is not in its shortest form")
		}
	}
	if strings.ContainsAny(path, "@%?#\\") {
		return "", "", errors.New("path holds a character that no workflow's does")
	}
	return parts[0] + "/" + parts[1], path, nil
}

// is compares repositories as GitHub does, in ASCII letters only, and paths
// exactly.
func (w workflow) is(repository, path string) bool {
	return sameRepository(w.repository, repository) && w.path == path
}

func (w workflow) String() string { return w.repository + "/" + w.path }

// sameRepository compares two names in ASCII case folding: other letters that
// fold to ASCII in Unicode do not match.
func sameRepository(a, b string) bool { return lowerASCII(a) == lowerASCII(b) }

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// repositoryOf returns OWNER/NAME of a repository's URI, or "" for others.
func repositoryOf(uri string) string {
	name, ok := strings.CutPrefix(uri, githubURL)
	if !ok || !validRepository(name) {
		return ""
	}
	return name
}

func ownerOf(uri string) string {
	owner, _, _ := strings.Cut(repositoryOf(uri), "/")
	return owner
}

// sourceURI reads a source as provenance writes it, git+https://…@ref, into
// the repository's URI and the ref; the ref may be absent.
func sourceURI(s string) (uri, ref string, err error) {
	uri, ref, err = utils.ParseGitURIAndRef(s)
	return strings.TrimPrefix(uri, "git+"), ref, err
}
