package artifact

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
)

// collector gathers what arguments lead to, before anything is hashed. A file
// that several arguments lead to by one name is kept once.
type collector struct {
	limit int
	globs bool // what globs match is judged as files of folders are
	args  int  // how many were read

	files   map[[2]string]*found // by path and name
	order   []*found
	known   []*entry
	leftOut []LeftOut
	lists   []*List
}

// argument reads one argument as the first of these that it can be: a digest, a
// file or folder that exists, a glob.
func (c *collector) argument(ctx context.Context, arg string) error {
	defer func() { c.args++ }()
	if arg == "" {
		return usage("an artifact is named by an empty word")
	}
	if strings.HasPrefix(arg, "oci://") {
		return usage("%s: an image in a registry, where a file, folder, glob or digest is wanted", arg)
	}
	if name, algorithm, digest, ok := splitDigest(arg); ok {
		return c.digest(arg, name, algorithm, digest)
	}
	info, err := stat(arg)
	_, absent := err.(*UsageError)
	switch {
	case absent && isGlob(arg):
		return c.glob(ctx, arg)
	case err != nil:
		return err
	case info.IsDir():
		return c.folder(ctx, arg)
	case !info.Mode().IsRegular():
		return usage("%s: %s, not a regular file", arg, kind(info.Mode()))
	}
	name, err := cleanName(filepath.Base(arg))
	if err != nil {
		return err
	}
	return c.add(found{name: name, path: filepath.Clean(arg), info: info, explicit: true})
}

func (c *collector) digest(arg, name, algorithm, digest string) error {
	name, err := cleanName(name)
	if err != nil {
		return fmt.Errorf("%.300s: %w", arg, err)
	}
	digest, err = parseHex(algorithm, digest)
	if err != nil {
		return fmt.Errorf("%.300s: %w", arg, err)
	}
	return c.know(name, algorithm, digest, arg)
}

func (c *collector) folder(ctx context.Context, arg string) error {
	w, err := walkFolder(ctx, arg, everything, c.limit)
	if err != nil {
		return err
	}
	if len(w.files)+len(w.leftOut) == 0 {
		return usage("%s: no file in this folder", arg)
	}
	return c.take(w, true)
}

func (c *collector) glob(ctx context.Context, arg string) error {
	root, p, err := parseGlob(arg)
	if err != nil {
		return err
	}
	info, err := stat(root)
	if err != nil {
		return fmt.Errorf("glob %s: %w", arg, err)
	}
	if !info.IsDir() {
		return usage("glob %s: %s is not a folder", arg, root)
	}
	w, err := walkFolder(ctx, root, p, c.limit)
	if err != nil {
		return err
	}
	if len(w.files) == 0 {
		return usage("glob %s: matches no regular file", arg)
	}
	return c.take(w, c.globs)
}

// take adds what a walk found, each file to be judged by its content or taken as
// it is.
func (c *collector) take(w *walk, judged bool) error {
	c.leftOut = append(c.leftOut, w.leftOut...)
	for _, f := range w.files {
		f.walked = judged
		if err := c.add(f); err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) checksums(paths []string, stdin io.Reader) error {
	read := false
	for _, path := range paths {
		if path == "-" && read {
			return usage("checksums -: standard input can be read once only")
		}
		read = read || path == "-"
		lines, err := readChecksums(path, stdin, c.limit)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := c.know(l.name, l.algorithm, l.digest, fmt.Sprintf("%s:%d", path, l.line)); err != nil {
				return err
			}
		}
		c.args++
	}
	return nil
}

func (c *collector) add(f found) error {
	f.args = []int{c.args}
	key := [2]string{f.path, f.name}
	if same := c.files[key]; same != nil {
		same.args = union(same.args, f.args)
		same.explicit = same.explicit || f.explicit
		same.walked = same.walked && f.walked
		return nil
	}
	if c.files == nil {
		c.files = map[[2]string]*found{}
	}
	c.files[key] = &f
	c.order = append(c.order, &f)
	return c.bound()
}

// know adds an artifact of which the digest is all there is.
func (c *collector) know(name, algorithm, digest, origin string) error {
	c.known = append(c.known, &entry{
		Artifact: &Artifact{
			ResourceDescriptor: &intoto.ResourceDescriptor{Name: name, Digest: map[string]string{algorithm: digest}},
			Explicit:           true,
		},
		origin: origin,
		args:   []int{c.args},
	})
	return c.bound()
}

func (c *collector) bound() error {
	if len(c.order)+len(c.known) > c.limit {
		return usage("more than %d artifacts", c.limit)
	}
	return nil
}
