package material

import (
	"path"
	"slices"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// Index finds the bundles that say they are about an artifact. It serves the
// search alone: what it returns is as unproven as what it was given.
type Index struct {
	found    []Found
	byDigest map[string][]int
	byName   map[string][]int
	beside   map[string][]int // detached signatures, by the file that they stand beside
	only     map[string]bool  // algorithms by which alone some bundle names an artifact
}

// NewIndex indexes bundles by the digests and names of their subjects.
func NewIndex(found []Found) *Index {
	x := &Index{found: found, byDigest: make(map[string][]int), byName: make(map[string][]int), beside: make(map[string][]int), only: make(map[string]bool)}
	for i, f := range found {
		if f.Bundle == nil {
			continue
		}
		if f.NamesNoDigest() {
			x.beside[f.about] = append(x.beside[f.about], i)
			continue
		}
		for _, s := range verify.ClaimedSubjects(f.Bundle) {
			for algorithm, digest := range s.GetDigest() {
				x.only[algorithm] = x.only[algorithm] || len(s.GetDigest()) == 1
				x.byDigest[algorithm+":"+digest] = append(x.byDigest[algorithm+":"+digest], i)
			}
			if s.GetName() != "" {
				x.byName[path.Base(s.GetName())] = append(x.byName[path.Base(s.GetName())], i)
			}
		}
	}
	return x
}

// Len is how many pieces of material were indexed, unreadable ones included.
func (x *Index) Len() int { return len(x.found) }

// All returns everything that was indexed.
func (x *Index) All() []Found { return x.found }

// Unreadable returns what could not be read.
func (x *Index) Unreadable() []Found {
	var bad []Found
	for _, f := range x.found {
		if f.Err != nil {
			bad = append(bad, f)
		}
	}
	return bad
}

// Algorithms are those of sha256, sha384 and sha512 without whose digest of an
// artifact a bundle of it may not be found: a signature by a key on P-384 names
// none but sha384.
func (x *Index) Algorithms() []string {
	return slices.DeleteFunc([]string{"sha256", "sha384", "sha512"}, func(a string) bool { return !x.only[a] })
}

// Names tells whether some bundle names what it is about by this algorithm.
func (x *Index) Names(algorithm string) bool {
	_, names := x.only[algorithm]
	return names
}

// For returns the bundles that name one of the artifact's digests, and the
// signatures that stand beside a file of its name without naming any.
func (x *Index) For(a *intoto.ResourceDescriptor) []Found {
	hits := slices.Clone(x.beside[path.Base(a.GetName())])
	for algorithm, digest := range a.GetDigest() {
		hits = append(hits, x.byDigest[algorithm+":"+digest]...)
	}
	return x.pick(hits)
}

// Named returns the bundles with a subject of the artifact's name: those that
// explain why an artifact of another digest is refused.
func (x *Index) Named(a *intoto.ResourceDescriptor) []Found {
	return x.pick(x.byName[path.Base(a.GetName())])
}

func (x *Index) pick(hits []int) []Found {
	hits = slices.Clone(hits)
	slices.Sort(hits)
	var found []Found
	for _, i := range slices.Compact(hits) {
		found = append(found, x.found[i])
	}
	return found
}
