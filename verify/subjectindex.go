package verify

import (
	"path"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// subjectIndex finds, among the subjects of a statement, those that may be an
// artifact. A statement about a thousand files is asked about each of them.
type subjectIndex struct {
	all      []subject
	byDigest map[string][]int // by algorithm and digest
	byBase   map[string][]int // by the last element of the name
}

func indexSubjects(subjects []subject) *subjectIndex {
	x := &subjectIndex{all: subjects, byDigest: make(map[string][]int, len(subjects)), byBase: make(map[string][]int, len(subjects))}
	for i, s := range subjects {
		for algorithm := range digestSizes {
			if digest := s.Digest[algorithm]; digest != "" {
				key := algorithm + ":" + strings.ToLower(digest)
				x.byDigest[key] = append(x.byDigest[key], i)
			}
		}
		if id := s.Digest[ImageID]; id != "" {
			x.byDigest[ImageID+":"+id] = append(x.byDigest[ImageID+":"+id], i)
		}
		base := path.Base(s.Name)
		x.byBase[base] = append(x.byBase[base], i)
	}
	return x
}

// sharing returns the subjects with which the artifact has a digest in common,
// in the statement's order.
func (x *subjectIndex) sharing(a *intoto.ResourceDescriptor) []subject {
	var hits []int
	for algorithm, digest := range a.GetDigest() {
		hits = append(hits, x.byDigest[algorithm+":"+digest]...)
	}
	slices.Sort(hits)
	return x.pick(slices.Compact(hits))
}

// named returns the subjects whose name ends as this one does.
func (x *subjectIndex) named(name string) []subject { return x.pick(x.byBase[path.Base(name)]) }

func (x *subjectIndex) pick(hits []int) []subject {
	found := make([]subject, len(hits))
	for i, hit := range hits {
		found[i] = x.all[hit]
	}
	return found
}
