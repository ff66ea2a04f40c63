package artifact

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles bounds what one call works on.
const maxFiles = 1_000_000

// found is a regular file that an argument leads to.
type found struct {
	name, path string
	info       fs.FileInfo
	args       []int // which arguments lead to it, in order
	explicit   bool  // named itself
	walked     bool  // reached by no way but those that judge files by their content
}

// walk goes through one folder without following symbolic links.
type walk struct {
	root     string // as the operator wrote it
	resolved string // absolute and free of links
	pattern  pattern
	limit    int

	files   []found
	leftOut []LeftOut
}

// walkFolder lists the regular files below root whose name the pattern matches.
func walkFolder(ctx context.Context, root string, p pattern, limit int) (*walk, error) {
	resolved, err := filepath.EvalSymlinks(root)
	if err == nil {
		resolved, err = filepath.Abs(resolved)
	}
	if err != nil {
		return nil, err
	}
	w := &walk{root: root, resolved: resolved, pattern: p, limit: limit}
	return w, w.folder(ctx, "", p.start())
}

func (w *walk) folder(ctx context.Context, name string, at positions) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	entries, err := w.list(filepath.Join(w.root, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		next := w.pattern.step(at, entry.Name())
		if len(next) == 0 {
			continue
		}
		if err := w.entry(ctx, path.Join(name, entry.Name()), entry, next); err != nil {
			return err
		}
	}
	return nil
}

// list reads a folder in the order of names. Nothing larger than the limit is
// ever held, since one folder of that many entries is refused.
func (w *walk) list(dir string) ([]fs.DirEntry, error) {
	file, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	entries, err := file.ReadDir(w.limit + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) > w.limit {
		return nil, w.tooMany()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (w *walk) entry(ctx context.Context, name string, entry fs.DirEntry, at positions) error {
	full := filepath.Join(w.root, filepath.FromSlash(name))
	switch {
	case entry.IsDir() && w.pattern.ended(at):
		w.leftOut = append(w.leftOut, LeftOut{name, "folder"})
		return nil
	case entry.IsDir():
		return w.folder(ctx, name, at)
	case !w.pattern.accepts(at):
		return nil
	case entry.Type()&fs.ModeSymlink != 0:
		return w.link(name, full)
	case !entry.Type().IsRegular():
		w.leftOut = append(w.leftOut, LeftOut{name, kind(entry.Type())})
		return nil
	}
	if _, err := cleanName(name); err != nil {
		return usage("%s: %w", w.root, err)
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return changed(full, "it was removed")
	}
	if err != nil {
		return err
	}
	if w.files = append(w.files, found{name: name, path: full, info: info}); len(w.files) > w.limit {
		return w.tooMany()
	}
	return nil
}

// link leaves a symbolic link out, or refuses it when what it shows lies
// elsewhere: whoever packed the folder meant that content to be part of it.
func (w *walk) link(name, full string) error {
	outside, broken, err := target(w.resolved, filepath.Join(w.resolved, filepath.FromSlash(name)))
	switch {
	case err != nil:
		return err
	case outside:
		return usage("%s: symbolic link that leaves the folder %s; name the file itself, or remove the link", full, w.root)
	case broken:
		w.leftOut = append(w.leftOut, LeftOut{name, "symbolic link to nothing"})
	default:
		w.leftOut = append(w.leftOut, LeftOut{name, "symbolic link"})
	}
	return nil
}

func (w *walk) tooMany() error {
	return usage("%s: more than %d files", w.root, w.limit)
}
