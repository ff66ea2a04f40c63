package provenance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

var (
	pinned    = regexp.MustCompile(`\A([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) *(?:\[[A-Za-z0-9._, -]*\])? *(?:===?) *([A-Za-z0-9._!+-]+)\z`)
	fromURL   = regexp.MustCompile(`\A([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) *(?:\[[A-Za-z0-9._, -]*\])? *@ *(https?://[^\s]+)\z`)
	comment   = regexp.MustCompile(`(?:\A|\s)#.*\z`)
	anyHash   = regexp.MustCompile(`(?:\A|\s)--hash(?:[= ]|\z)`)
	knownHash = []string{"sha256", "sha384", "sha512"}
)

// ignoredOptions say where and how pip looks for packages, not which it takes.
var ignoredOptions = []string{
	"-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--no-binary", "--only-binary",
	"--prefer-binary", "--require-hashes", "--pre", "--trusted-host", "--use-feature",
}

// requirements reads pip's requirements in hash-checking mode: NAME==VERSION
// and at least one --hash for every line. Each hash is that of one file that
// pip would take, so each becomes a descriptor of its own.
//
// pip.pypa.io, "Requirements File Format" and "Secure installs".
func (l *lockfile) requirements() error {
	var logical strings.Builder
	start := 0
	for line := range l.lines {
		if logical.Len() == 0 {
			start = l.line
		}
		line = comment.ReplaceAllString(line, "")
		line, more := strings.CutSuffix(line, `\`)
		logical.WriteString(line + " ")
		if more {
			continue
		}
		at := l.line
		l.line = start
		if err := l.requirement(strings.TrimSpace(logical.String())); err != nil {
			return err
		}
		l.line = at
		logical.Reset()
	}
	if logical.Len() > 0 {
		return errors.New("the file ends in a line that goes on")
	}
	return nil
}

func (l *lockfile) requirement(line string) error {
	switch word, _, _ := strings.Cut(strings.ReplaceAll(line, "=", " "), " "); {
	case line == "":
		return nil
	case slices.Contains(ignoredOptions, word):
		return nil
	case strings.HasPrefix(line, "-"):
		return fmt.Errorf("option %.40q is not read: name other files of requirements with --lockfile each", word)
	}
	at := anyHash.FindStringIndex(line)
	if at == nil {
		return errors.New("no --hash, so nothing says what was installed")
	}
	what, _, _ := strings.Cut(line[:at[0]], ";")
	name, version, location, err := requirementName(strings.TrimSpace(what))
	if err != nil {
		return err
	}
	words := strings.Fields(strings.ReplaceAll(line[at[0]:], "--hash=", "--hash "))
	if len(words)%2 != 0 {
		return errors.New("--hash without a value")
	}
	for pair := range slices.Chunk(words, 2) {
		algorithm, digest, _ := strings.Cut(pair[1], ":")
		if pair[0] != "--hash" || !slices.Contains(knownHash, algorithm) {
			return fmt.Errorf("%.60q is not --hash=sha256:HEX", pair[0]+" "+pair[1])
		}
		// purl-spec, type pypi: lower case, with dashes for underscores.
		d := &intoto.ResourceDescriptor{
			Uri:              purl("pypi", "", strings.ReplaceAll(strings.ToLower(name), "_", "-"), version),
			Digest:           map[string]string{algorithm: strings.ToLower(digest)},
			DownloadLocation: location,
		}
		if err := l.add(d); err != nil {
			return fmt.Errorf("%.100q: %w", name, err)
		}
	}
	return nil
}

func requirementName(s string) (name, version, location string, err error) {
	if m := pinned.FindStringSubmatch(s); m != nil {
		return m[1], m[2], "", nil
	}
	if m := fromURL.FindStringSubmatch(s); m != nil {
		return m[1], "", publicURL(m[2]), nil
	}
	return "", "", "", errors.New("want NAME==VERSION")
}
