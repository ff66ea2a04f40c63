package artifact

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// stat follows symbolic links, as is right for what the operator named, and
// tells a path where nothing is from one that cannot be looked at.
func stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if nowhere(err) {
		return nil, usage("%s: no such file or folder", path)
	}
	return info, err
}

func nowhere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) ||
		errors.Is(err, syscall.ENAMETOOLONG) ||
		errors.Is(err, syscall.EINVAL)
}

// kind says what a file is that is not a regular one.
func kind(mode fs.FileMode) string {
	switch mode.Type() {
	case fs.ModeDir:
		return "folder"
	case fs.ModeSymlink:
		return "symbolic link"
	case fs.ModeNamedPipe:
		return "named pipe"
	case fs.ModeSocket:
		return "socket"
	case fs.ModeDevice, fs.ModeDevice | fs.ModeCharDevice:
		return "device"
	}
	return "not a regular file"
}

// open opens the regular file that was listed as info, and no other: not one
// that has come to stand in its place, and never waiting for a pipe's writer.
func open(path string, info fs.FileInfo) (*os.File, error) {
	file, err := os.OpenFile(path, openFlags, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, changed(path, "it was removed")
	}
	if err != nil {
		return nil, err
	}
	if err := same(path, info, file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// same tells whether file is still what was listed as info.
func same(path string, info fs.FileInfo, file *os.File) error {
	now, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !os.SameFile(info, now):
		return changed(path, "another file stands in its place")
	case now.Size() != info.Size():
		return changed(path, "it has another size")
	case !now.ModTime().Equal(info.ModTime()):
		return changed(path, "it has another modification time")
	}
	return nil
}

// still tells whether path leads to the file that was listed as info.
func still(path string, info fs.FileInfo) error {
	now, err := os.Stat(path)
	if nowhere(err) {
		return changed(path, "it was removed")
	}
	if err == nil && !os.SameFile(info, now) {
		return changed(path, "another file stands in its place")
	}
	return err
}

// target follows the symbolic link at path, somewhere below root, and tells
// whether that leads out of root or, broken, nowhere. root is absolute and free
// of links, and path begins with it.
func target(root, path string) (outside, broken bool, err error) {
	end, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrPermission) {
		return false, false, err
	}
	if err != nil {
		// A link to nothing, or a loop, has no content that could be missed.
		return false, true, nil
	}
	rel, err := filepath.Rel(root, end)
	return err != nil || !filepath.IsLocal(rel), false, nil
}
