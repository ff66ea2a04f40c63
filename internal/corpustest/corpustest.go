// Package corpustest finds the cases of the public conformance suite, bundles by
// others with the outcome that each must have, for tests. They are no part of
// this project: a test that wants them skips itself, visibly, where they are
// not.
//
// The corpus is the folder that HALLMARK_CORPUS names, whose absence is then a
// failure, or else shared/corpus beside the project.
package corpustest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where a case does not say who must have signed, it was this workflow.
const (
	signer = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	issuer = "https://token.actions.githubusercontent.com"
)

// Case is one bundle and the question that is asked of it.
type Case struct {
	Name  string
	Fails bool // it must be refused

	Bundle, Artifact string // files
	Root             string // the trusted root's file
	PublicGood       bool   // Root is the public good instance's
	Key              string // the public key's file; "" if an identity signed
	Identity, Issuer string
}

// Cases are all cases of the corpus.
func Cases(t testing.TB) []Case {
	t.Helper()
	corpus := folder(t)
	bundles, err := filepath.Glob(filepath.Join(corpus, "bundle-verify", "*", "bundle.sigstore.json"))
	if err != nil || len(bundles) == 0 {
		t.Fatalf("corpus %s: no cases, %v", corpus, err)
	}
	var cases []Case
	for _, bundle := range bundles {
		dir := filepath.Dir(bundle)
		c := Case{
			Name:     filepath.Base(dir),
			Fails:    strings.HasSuffix(dir, "_fail"),
			Bundle:   bundle,
			Artifact: fileOr(dir, "artifact", filepath.Join(corpus, "bundle-verify", "a.txt")),
			Root:     fileOr(dir, "trusted_root.json", ""),
			Key:      fileOr(dir, "key.pub", ""),
		}
		if c.Root == "" {
			c.Root, c.PublicGood = filepath.Join(corpus, "public-good.trusted_root.json"), true
		}
		if c.Key == "" {
			c.Identity, c.Issuer = wordOr(t, dir, "identity", signer), wordOr(t, dir, "issuer", issuer)
		}
		cases = append(cases, c)
	}
	return cases
}

func folder(t testing.TB) string {
	t.Helper()
	named := os.Getenv("HALLMARK_CORPUS")
	if named != "" {
		return named
	}
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) { // up to the project
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	corpus := filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(corpus); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no conformance cases in ../shared/corpus, and HALLMARK_CORPUS names no folder of them")
	}
	return corpus
}

// fileOr is a file of a case, or another where the case has none.
func fileOr(dir, name, otherwise string) string {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		return otherwise
	}
	return path
}

func wordOr(t testing.TB, dir, name, otherwise string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return otherwise
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}
