package artifact

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// entry is an artifact, where it came from, and which arguments it answers.
type entry struct {
	*Artifact
	origin string
	args   []int // in order, each once
}

// merge makes one artifact of those with one name and one digest, refuses
// those with one name and two digests, and orders the rest by name.
func merge(entries []*entry) ([]*Artifact, error) {
	byName := map[string]*entry{}
	var merged []*entry
	for _, e := range entries {
		first := byName[e.Name]
		if first == nil {
			byName[e.Name] = e
			merged = append(merged, e)
			continue
		}
		if !agree(first.Digest, e.Digest) {
			return nil, conflict(first, e)
		}
		first.absorb(e)
	}
	if err := checkBaseNames(merged); err != nil {
		return nil, err
	}
	slices.SortFunc(merged, func(a, b *entry) int { return strings.Compare(a.Name, b.Name) })
	artifacts := make([]*Artifact, len(merged))
	for i, e := range merged {
		artifacts[i] = e.Artifact
	}
	return artifacts, nil
}

func (e *entry) absorb(other *entry) {
	maps.Copy(e.Digest, other.Digest)
	e.Explicit = e.Explicit || other.Explicit
	e.args = union(e.args, other.args)
	if e.Path == "" {
		e.Path, e.Size, e.info = other.Path, other.Size, other.info
	}
}

// checkBaseNames refuses two artifacts of the same base name that come from
// different arguments and differ: a/x and b/x, say, which a reader who has only
// an x could not tell apart. Within one folder the names keep them apart.
func checkBaseNames(entries []*entry) error {
	bases := map[string][]*entry{}
	for _, e := range entries {
		base := path.Base(e.Name)
		bases[base] = append(bases[base], e)
	}
	for _, e := range entries {
		base := path.Base(e.Name)
		if err := checkBase(bases[base]); err != nil {
			return err
		}
		delete(bases, base)
	}
	return nil
}

// checkBase compares groups of entries that come from the same arguments, by
// one of each, so that a folder full of files of one name costs no more than
// its length.
func checkBase(entries []*entry) error {
	groups := map[string][]*entry{}
	var order []string
	for _, e := range entries {
		key := fmt.Sprint(e.args)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], e)
	}
	for i, key := range order {
		for _, other := range order[i+1:] {
			if err := compare(groups[key], groups[other]); err != nil {
				return err
			}
		}
	}
	return nil
}

func compare(a, b []*entry) error {
	if slices.ContainsFunc(a[0].args, func(arg int) bool { return slices.Contains(b[0].args, arg) }) {
		return nil
	}
	for _, e := range b {
		if !equal(a[0].Digest, e.Digest) {
			return conflict(a[0], e)
		}
	}
	for _, e := range a {
		if !equal(e.Digest, b[0].Digest) {
			return conflict(e, b[0])
		}
	}
	return nil
}

// agree tells whether no algorithm that is in both sets differs.
func agree(a, b map[string]string) bool {
	for algorithm, digest := range a {
		if other := b[algorithm]; other != "" && other != digest {
			return false
		}
	}
	return true
}

// equal tells whether two sets are known to be of the same bytes.
func equal(a, b map[string]string) bool {
	for algorithm := range a {
		if b[algorithm] != "" {
			return agree(a, b)
		}
	}
	return false
}

func conflict(a, b *entry) error {
	return usage("two different artifacts of the name %s: %s with %s, %s with %s",
		path.Base(b.Name), a.origin, text(a.Digest), b.origin, text(b.Digest))
}

func text(digest map[string]string) string {
	var parts []string
	for _, algorithm := range slices.Sorted(maps.Keys(digest)) {
		parts = append(parts, algorithm+":"+digest[algorithm])
	}
	return strings.Join(parts, " ")
}
