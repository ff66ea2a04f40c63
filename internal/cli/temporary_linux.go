package cli

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

const descriptors = "/proc/self/fd"

// openUnnamed makes a file in dir that has no name; open(2), O_TMPFILE.
func openUnnamed(dir string) (*os.File, error) {
	// Without /proc it could never be given one.
	if err := unix.Access(descriptors, unix.X_OK); err != nil {
		return nil, err
	}
	fd, err := unix.Open(dir, unix.O_RDWR|unix.O_TMPFILE|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	return os.NewFile(uintptr(fd), dir), nil
}

// linkUnnamed gives such a file its name.
func linkUnnamed(f *os.File, path string) error {
	err := unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("%s/%d", descriptors, f.Fd()), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: f.Name(), New: path, Err: err}
	}
	return nil
}
