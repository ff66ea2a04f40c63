package artifact

import (
	"context"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// Options say what [Collect] works on besides its arguments, and how. The zero
// value computes sha256 digests and takes every regular file for an artifact,
// except checksum files that say nothing new.
type Options struct {
	// Checksums are checksum files, every line of which is an artifact known
	// by its digest; "-" is Stdin.
	Checksums []string
	Stdin     io.Reader

	// Algorithms are the digests to compute: of sha256, sha384 and sha512.
	// None means sha256.
	Algorithms []string

	// Material says what the file at path is that serves to verify others, by
	// its whole content, or "" of any other file. It is asked about files of folders, and
	// of globs with Globs, of at most 64 MiB, and beyond 256 KiB only if they begin as text does; it is
	// called by many goroutines at once and must not keep or change content.
	// Nil takes no file for material.
	Material func(path string, content []byte) string

	// Globs leaves out of what a glob matches what would be left out of a folder:
	// material, and checksum files that say nothing new.
	Globs bool

	// Lists reads every checksum file among the artifacts for what it lists; those
	// named themselves bring the files that they list with them.
	Lists bool

	// Total is told how many bytes there are to read before the first is, and
	// again where lists bring more; Progress is told of bytes that were read, by
	// many goroutines at once.
	Total    func(bytes int64)
	Progress func(bytes int64)

	// Parallel is how many files are read side by side: as many as there are
	// processors if 0.
	Parallel int
}

// Collect finds what the arguments and the checksum files name, and hashes the
// files among it. Files of the same name and digest are one artifact; two
// digests for one name are refused, and so are two for one base name from
// different arguments. A set is never empty: a folder without a file, a glob
// without a match or no argument at all is a [UsageError].
func Collect(ctx context.Context, args []string, o Options) (*Set, error) {
	if err := checkAlgorithms(o.Algorithms); err != nil {
		return nil, err
	}
	c := &collector{limit: maxFiles, globs: o.Globs}
	for _, arg := range args {
		if err := c.argument(ctx, arg); err != nil {
			return nil, err
		}
	}
	if err := c.checksums(o.Checksums, o.Stdin); err != nil {
		return nil, err
	}
	if c.args == 0 {
		return nil, usage("no artifact is named")
	}
	tasks := c.tasks(c.order, o.algorithms())
	o.total(tasks)
	b := &batch{material: o.Material, progress: o.Progress, parallel: o.parallel(), lists: o.Lists}
	if b.progress == nil {
		b.progress = noProgress
	}
	if err := b.run(ctx, tasks); err != nil {
		return nil, err
	}
	if o.Lists {
		listed, err := c.listed(readLists(tasks), o.algorithms())
		if err != nil {
			return nil, err
		}
		o.total(slices.Concat(tasks, listed))
		if err := b.run(ctx, listed); err != nil {
			return nil, err
		}
		tasks = append(tasks, listed...)
	}
	if err := leaveOutChecksums(ctx, b, tasks); err != nil {
		return nil, err
	}
	return c.set(tasks)
}

// total tells how much there is to read.
func (o *Options) total(tasks []*task) {
	if o.Total == nil {
		return
	}
	var total int64
	for _, t := range tasks {
		total += t.info.Size()
	}
	o.Total(total)
}

func (o *Options) algorithms() []string {
	if len(o.Algorithms) == 0 {
		return []string{"sha256"}
	}
	return union(o.Algorithms, nil)
}

func (o *Options) parallel() int {
	if o.Parallel > 0 {
		return o.Parallel
	}
	return runtime.GOMAXPROCS(0)
}

// tasks are the files to hash, each with the algorithms of those digests that
// somebody stated for its name, so that the two can be compared.
func (c *collector) tasks(files []*found, algorithms []string) []*task {
	stated := map[string][]string{}
	for _, e := range c.known {
		stated[e.Name] = union(stated[e.Name], slices.Collect(maps.Keys(e.Digest)))
	}
	tasks := make([]*task, len(files))
	for i, f := range files {
		tasks[i] = &task{found: *f, algorithms: algorithms}
		if more := stated[f.name]; more != nil {
			tasks[i].algorithms = union(algorithms, more)
		}
	}
	return tasks
}

// set puts together what was found, hashed and known.
func (c *collector) set(tasks []*task) (*Set, error) {
	leftOut := c.leftOut
	var entries []*entry
	for _, t := range tasks {
		if t.leftOut != "" {
			leftOut = append(leftOut, LeftOut{t.name, t.leftOut})
			continue
		}
		entries = append(entries, &entry{Artifact: t.artifact(), origin: t.path, args: t.args})
	}
	artifacts, err := merge(append(entries, c.known...))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(leftOut, func(a, b LeftOut) int {
		return strings.Compare(a.Name+"\x00"+a.Reason, b.Name+"\x00"+b.Reason)
	})
	if len(artifacts) == 0 {
		return nil, usage("nothing to work on: all %d files were left out, such as %s: %s",
			len(leftOut), leftOut[0].Name, leftOut[0].Reason)
	}
	slices.SortFunc(c.lists, func(a, b *List) int { return strings.Compare(a.Name, b.Name) })
	return &Set{Artifacts: artifacts, LeftOut: slices.Compact(leftOut), Lists: c.lists}, nil
}

// artifact is what a task that was run has hashed.
func (t *task) artifact() *Artifact {
	return &Artifact{
		ResourceDescriptor: &intoto.ResourceDescriptor{Name: t.name, Digest: t.digests},
		Path:               t.path,
		Size:               t.info.Size(),
		Explicit:           t.explicit,
		info:               t.info,
	}
}

// Rehash computes further digests of the artifact's file and adds them. The
// file is read again and must be what it was, which its present digests show;
// an artifact known by its digest alone has no file, which is a [UsageError].
func (a *Artifact) Rehash(ctx context.Context, algorithms ...string) error {
	if err := checkAlgorithms(algorithms); err != nil {
		return err
	}
	if a.Path == "" {
		return usage("%s: known by its digest alone; give the file to compute others", a.Name)
	}
	t := &task{found: found{path: a.Path, info: a.info}, algorithms: union(algorithms, slices.Collect(maps.Keys(a.Digest)))}
	if err := (&batch{progress: noProgress, parallel: 1}).run(ctx, []*task{t}); err != nil {
		return err
	}
	if !agree(a.Digest, t.digests) {
		return changed(a.Path, "it has another digest")
	}
	a.Digest = t.digests
	return nil
}
