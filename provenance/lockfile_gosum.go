package provenance

import (
	"errors"
	"fmt"
	"path"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// goSum reads go.sum: MODULE VERSION h1:HASH for a module's files, with
// VERSION/go.mod for its go.mod alone, which is written as that subpath of the
// module. The h1 hash is in-toto's dirHash.
//
// go.dev/ref/mod, "go.sum files"; in-toto attestation v1, DigestSet.
func (l *lockfile) goSum() error {
	seen := make(map[string]string)
	for line := range l.lines {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 3 {
			return fmt.Errorf("%d words, want module, version and hash", len(fields))
		}
		b64, ok := strings.CutPrefix(fields[2], "h1:")
		if !ok {
			return errors.New("the hash is not of the h1: kind")
		}
		digest, err := hexOf(b64)
		if err != nil {
			return err
		}
		module, version := fields[0], fields[1]
		if before, twice := seen[module+" "+version]; twice && before != digest {
			return fmt.Errorf("a second hash for %.100q", module+" "+version)
		}
		seen[module+" "+version] = digest
		version, modOnly := strings.CutSuffix(version, "/go.mod")
		if !strings.HasPrefix(version, "v") || strings.Contains(version, "/") {
			return fmt.Errorf("%.100q is no version", fields[1])
		}
		if err := l.add(goModule(module, version, modOnly, digest)); err != nil {
			return err
		}
	}
	return nil
}

// goModule names a module. A package URL of this type is in lower case, which
// not every module path is, so where they differ the path stands beside it.
func goModule(module, version string, modOnly bool, digest string) *intoto.ResourceDescriptor {
	lower := strings.ToLower(module)
	namespace, name := path.Split(lower)
	d := &intoto.ResourceDescriptor{
		Uri:    purl("golang", strings.TrimSuffix(namespace, "/"), name, version),
		Digest: map[string]string{string(intoto.AlgorithmDirHash): digest},
	}
	if lower != module {
		d.Name = module
	}
	if modOnly {
		d.Uri += "#go.mod"
	}
	return d
}
