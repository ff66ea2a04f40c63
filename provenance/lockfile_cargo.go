package provenance

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// cargoPair is NAME = "TEXT" as Cargo writes it, and cargoEntry one line of a
// list. Cargo writes its lockfile itself, in one layout, so that this much of
// TOML is all there is; an escape is in none of its values.
var (
	cargoPair  = regexp.MustCompile(`\A([a-z-]+) = "([^"\\]*)"\z`)
	cargoEntry = regexp.MustCompile(`\A "[^"\\]*",\z`)
)

var cratesIO = []string{
	"registry+https://github.com/rust-lang/crates.io-index",
	"sparse+https://index.crates.io/",
}

// cargo reads Cargo.lock of versions 2 to 4, in which each [[package]] carries
// its own checksum.
//
// doc.rust-lang.org/cargo, "Cargo.toml vs Cargo.lock"; cargo's resolver encoding.
func (l *lockfile) cargo() error {
	var current map[string]string // of the [[package]] that is being read
	start, inList := 0, false
	flush := func() error {
		if current == nil {
			return nil
		}
		at := l.line
		l.line = start
		err := l.cargoPackage(current)
		if err == nil {
			l.line = at
		}
		return err
	}
	for line := range l.lines {
		switch {
		case inList:
			if inList = line != "]"; inList && !cargoEntry.MatchString(line) {
				return errors.New("not what Cargo writes in a list")
			}
		case line == "", strings.HasPrefix(line, "#"), strings.HasPrefix(line, "version = ") && current == nil:
		case line == "[[package]]", line == "[[patch.unused]]":
			if err := flush(); err != nil {
				return err
			}
			current, start = make(map[string]string), l.line
			if line != "[[package]]" {
				current["unused"] = "true"
			}
		case line == "[metadata]":
			return errors.New("the layout of Cargo before 1.41: write it anew with cargo update --workspace")
		case line == "dependencies = [" && current != nil:
			inList = true
		default:
			pair := cargoPair.FindStringSubmatch(line)
			if pair == nil || current == nil {
				return errors.New("not what Cargo writes")
			}
			if _, twice := current[pair[1]]; twice {
				return fmt.Errorf("%s twice", pair[1])
			}
			current[pair[1]] = pair[2]
		}
	}
	if inList {
		return errors.New("the file ends in a list")
	}
	return flush()
}

func (l *lockfile) cargoPackage(p map[string]string) error {
	name, version, source := p["name"], p["version"], p["source"]
	switch {
	case name == "" || version == "":
		return errors.New("a package without name or version")
	case source == "", p["unused"] != "":
		return nil // the project's own, or a patch that nothing uses
	case strings.HasPrefix(source, "git+"):
		d, err := gitDependency(name, source)
		if err != nil {
			return fmt.Errorf("package %.100q: %w", name, err)
		}
		return l.add(d)
	case p["checksum"] == "":
		return fmt.Errorf("package %.100q: no checksum", name)
	}
	d := &intoto.ResourceDescriptor{
		Uri:    purl("cargo", "", name, version),
		Digest: map[string]string{"sha256": p["checksum"]},
	}
	if source != cratesIO[0] && source != cratesIO[1] {
		_, index, ok := strings.Cut(source, "+")
		registry := publicURL(index)
		if !ok || registry == "" {
			return fmt.Errorf("package %.100q: a source that is neither registry nor git", name)
		}
		d.Uri += "?repository_url=" + purlEscape(registry, "/")
	}
	if err := l.add(d); err != nil {
		return fmt.Errorf("package %.100q: %w", name, err)
	}
	return nil
}
