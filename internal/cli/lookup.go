package cli

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"sync"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
)

// lookup finds the bundles that may be about an artifact: those that --bundle
// names, or else those that stand beside the artifact and in its folder, which is
// the current one where only the digest is known; for an image, what its registry
// holds. Each file is read and indexed once, whatever
// the number of artifacts.
type lookup struct {
	given  *material.Index // nil without --bundle
	images *images         // nil where no target is one
	hub    *hub            // nil where GitHub is not asked

	mu      sync.Mutex
	folders map[string]*folder
}

// folder is what one folder holds for all its artifacts.
type folder struct {
	once  sync.Once
	files map[string][]material.Found
	index *material.Index
	err   error
}

// newLookup reads the bundles that the command line names.
func newLookup(bundles []string, stdin io.Reader) (*lookup, error) {
	l := &lookup{folders: make(map[string]*folder)}
	if len(bundles) == 0 {
		return l, nil
	}
	var found []material.Found
	for _, path := range bundles {
		more, err := readBundles(path, stdin)
		if err != nil {
			return nil, usagef("bundle: %w", err)
		}
		found = append(found, more...)
	}
	l.given = material.NewIndex(found)
	return l, nil
}

func readBundles(path string, stdin io.Reader) ([]material.Found, error) {
	if path == "-" {
		return material.ReadFrom("standard input", stdin)
	}
	return material.ReadFile(path)
}

// few is how many bundles are tried on an artifact that none of them names, so
// that the refusal can say what they are about instead.
const few = 8

// find returns the candidates for an artifact, those that name its digest
// first, and how many bundles were looked through.
func (l *lookup) find(ctx context.Context, a *artifact.Artifact) (candidates []material.Found, searched int, err error) {
	if l.given != nil {
		if err := hashFor(ctx, a, l.given); err != nil {
			return nil, 0, err
		}
		return choose(l.given, a), l.given.Len(), nil
	}
	if attached, ok := l.images.find(ctx, a); ok {
		return attached, len(attached), nil
	}
	path := l.place(a)
	if path == "" {
		return nil, 0, nil
	}
	in, err := l.folder(filepath.Dir(path))
	if err != nil {
		return nil, 0, err
	}
	own, err := in.beside(path)
	if err != nil {
		return nil, 0, err
	}
	beside, shared := material.NewIndex(own), in.index
	if err := hashFor(ctx, a, beside, shared); err != nil {
		return nil, 0, err
	}
	besides := choose(beside, a)
	for _, f := range shared.For(a.ResourceDescriptor) {
		if !slices.ContainsFunc(besides, func(b material.Found) bool { return b.Name == f.Name }) {
			besides = append(besides, f)
		}
	}
	if len(besides) == 0 {
		besides = append(shared.Named(a.ResourceDescriptor), shared.Unreadable()...)
	}
	return besides, shared.Len(), nil
}

// place is where the file of an artifact stands, or would stand: one that is known
// by its digest alone, where sign writes its bundle. It is "" for what has no
// place on this disk.
func (l *lookup) place(a *artifact.Artifact) string {
	switch path := l.hub.path(a); {
	case path != "":
		return path
	case l.images.holds(a):
		return ""
	}
	return placeOf(a)
}

// listedAs is the file that a checksum file lists where it speaks of an artifact.
// Of one that is known by its digest alone the whole name counts, and no file of
// that name is opened.
func (l *lookup) listedAs(a *artifact.Artifact) string {
	if path := l.hub.path(a); path != "" {
		return path
	}
	return filepath.FromSlash(a.Name)
}

// hashFor computes the digests by which the bundles of indexes may name an
// artifact.
func hashFor(ctx context.Context, a *artifact.Artifact, indexes ...*material.Index) error {
	var missing []string
	for _, x := range indexes {
		for _, algorithm := range x.Algorithms() {
			if a.GetDigest()[algorithm] == "" && !slices.Contains(missing, algorithm) {
				missing = append(missing, algorithm)
			}
		}
	}
	if len(missing) == 0 || a.Path == "" {
		return nil
	}
	return a.Rehash(ctx, missing...)
}

// choose picks from an index: what names the digest, else what names the file,
// else everything if it is little. What cannot be read is always reported.
func choose(x *material.Index, a *artifact.Artifact) []material.Found {
	candidates := x.For(a.ResourceDescriptor)
	if len(candidates) == 0 {
		candidates = x.Named(a.ResourceDescriptor)
	}
	if len(candidates) == 0 && x.Len() <= few {
		return x.All()
	}
	return append(slices.Clone(candidates), x.Unreadable()...)
}

// folder reads the bundles of a folder at the first call for it. Files that
// only happen to have a bundle's name are nothing to report there.
func (l *lookup) folder(dir string) (*folder, error) {
	l.mu.Lock()
	f, ok := l.folders[dir]
	if !ok {
		f = new(folder)
		l.folders[dir] = f
	}
	l.mu.Unlock()
	f.once.Do(func() { f.err = f.read(dir) })
	return f, f.err
}

func (f *folder) read(dir string) error {
	files, err := material.InFolder(dir)
	if err != nil {
		return err
	}
	f.files = make(map[string][]material.Found, len(files))
	var all []material.Found
	for _, path := range files {
		found, err := material.ReadFile(path)
		if err != nil {
			return err
		}
		f.files[path] = found
		all = append(all, found...)
	}
	f.index = material.NewIndex(all)
	return nil
}

// beside reads what stands beside an artifact under its name, unless it was read
// for all of the folder.
func (f *folder) beside(file string) ([]material.Found, error) {
	var all []material.Found
	for _, path := range material.Beside(file) {
		found, read := f.files[path]
		if !read {
			var err error
			if found, err = material.ReadFile(path); err != nil {
				return nil, err
			}
		}
		all = append(all, found...)
	}
	return all, nil
}
