package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	intoto "github.com/in-toto/attestation/go/v1"
)

// List is a checksum file that may speak for other files: whoever vouches for
// its bytes vouches for those of each file that it lists.
type List struct {
	*Artifact // the checksum file itself

	// Entries are what it lists, each name once, with a digest by each algorithm
	// that a line states. Names begin at the folder in which the list lies.
	Entries []*intoto.ResourceDescriptor

	// Absent names, of the entries, those for which there is no file, and why.
	Absent []LeftOut

	// Err is why the file speaks for nothing, though it begins as a checksum
	// file does: one bad line makes all of them worthless.
	Err error
}

// maxListed bounds the lines of all lists of one call.
const maxListed = 200_000

// File is where the file of an entry lies.
func (l *List) File(entry *intoto.ResourceDescriptor) string {
	return filepath.Join(filepath.Dir(l.Path), filepath.FromSlash(entry.Name))
}

// ListsIn reads the checksum files of one folder, and of other files no more
// than the first line. What cannot be opened is no list.
func ListsIn(ctx context.Context, folder string) ([]*List, error) {
	entries, err := (&walk{root: folder, limit: maxFiles}).list(folder)
	if err != nil {
		return nil, err
	}
	c := &collector{limit: maxFiles}
	for _, entry := range entries {
		file := filepath.Join(folder, entry.Name())
		if !entry.Type().IsRegular() || !fs.ValidPath(entry.Name()) || !startsAsChecksums(file) {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return nil, changed(file, "it was removed")
		}
		if err := c.add(found{name: entry.Name(), path: file, info: info}); err != nil {
			return nil, err
		}
	}
	tasks := c.tasks(c.order, []string{"sha256"})
	if err := (&batch{progress: noProgress, parallel: 1, lists: true}).run(ctx, tasks); err != nil {
		return nil, err
	}
	return readLists(tasks), nil
}

func startsAsChecksums(file string) bool {
	in, err := os.OpenFile(file, openFlags, 0)
	if err != nil {
		return false
	}
	defer in.Close()
	front, err := io.ReadAll(io.LimitReader(in, maxLine))
	return err == nil && beginsAsChecksums(front)
}

// readLists makes lists of the tasks that read as such, in the order of tasks.
func readLists(tasks []*task) []*List {
	var lists []*List
	lines := 0
	for _, t := range tasks {
		if t.sums == nil && t.bad == nil {
			continue
		}
		l := &List{Artifact: t.artifact(), Err: t.bad}
		l.Digest = maps.Clone(l.Digest)
		if lines += len(t.sums); lines > maxListed {
			l.Err = fmt.Errorf("more than %d lines, with the checksum files before it", maxListed)
		}
		if l.Err == nil {
			l.Entries, l.Err = entriesOf(t.sums)
		}
		lists = append(lists, l)
	}
	return lists
}

// entriesOf makes one entry of all lines with one name. Two digests of one
// algorithm for it are a bad line: nobody could tell which is meant.
func entriesOf(sums []checksum) ([]*intoto.ResourceDescriptor, error) {
	var entries []*intoto.ResourceDescriptor
	byName := make(map[string]*intoto.ResourceDescriptor, len(sums))
	for _, sum := range sums {
		entry := byName[sum.name]
		if entry == nil {
			entry = &intoto.ResourceDescriptor{Name: sum.name, Digest: make(map[string]string, 1)}
			byName[sum.name] = entry
			entries = append(entries, entry)
		}
		if other := entry.Digest[sum.algorithm]; other != "" && other != sum.digest {
			return nil, &lineError{sum.line, fmt.Errorf("a second %s digest for %.200q", sum.algorithm, sum.name)}
		}
		entry.Digest[sum.algorithm] = sum.digest
	}
	return entries, nil
}

// listed reads lists of tasks that were run, and prepares the tasks of the files
// that they bring.
func (c *collector) listed(lists []*List, algorithms []string) ([]*task, error) {
	c.lists = lists
	files, err := c.expand(lists)
	if err != nil {
		return nil, err
	}
	tasks := c.tasks(files, algorithms)
	withDigests(tasks, lists)
	return tasks, nil
}

// expand finds the files of every entry. Those that a list named itself leads to
// become artifacts too, and are returned.
func (c *collector) expand(lists []*List) ([]*found, error) {
	at := make(map[string]bool, len(c.order))
	for _, f := range c.order {
		at[f.path] = true
	}
	before := len(c.order)
	for _, l := range lists {
		for _, entry := range l.Entries {
			file := l.File(entry)
			if at[file] {
				continue
			}
			info, reason, err := l.find(file)
			switch {
			case err != nil:
				return nil, err
			case reason != "":
				l.Absent = append(l.Absent, LeftOut{entry.Name, reason})
			case l.Explicit:
				at[file] = true
				if err := c.add(found{name: path.Join(path.Dir(l.Name), entry.Name), path: file, info: info, explicit: true}); err != nil {
					return nil, err
				}
			}
		}
	}
	return c.order[before:], nil
}

// find looks for a listed file, and says why there is none. The list chose the
// name: a link must not make it a file outside the list's folder.
func (l *List) find(file string) (info fs.FileInfo, reason string, err error) {
	info, err = stat(file)
	if _, absent := errors.AsType[*UsageError](err); absent {
		return nil, "no such file", nil
	}
	if err != nil {
		return nil, "", err
	}
	if !info.Mode().IsRegular() {
		return nil, kind(info.Mode()) + ", not a regular file", nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(l.Path))
	if err != nil {
		return nil, "", err
	}
	switch outside, broken, err := target(folder, file); {
	case err != nil:
		return nil, "", err
	case outside || broken:
		return nil, "symbolic link that leaves the folder", nil
	}
	return info, "", nil
}

// withDigests wants of each task the digests that lists state of its file, so
// that the two can be compared.
func withDigests(tasks []*task, lists []*List) {
	stated := map[string][]string{}
	for _, l := range lists {
		for _, entry := range l.Entries {
			file := l.File(entry)
			stated[file] = union(stated[file], slices.Collect(maps.Keys(entry.Digest)))
		}
	}
	for _, t := range tasks {
		t.algorithms = union(t.algorithms, stated[t.path])
	}
}
