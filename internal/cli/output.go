package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeOutput writes the file at path with what write gives it, whole or not at
// all: it is made under a temporary name in the same folder and renamed once
// write has returned and ctx is not done. An existing file stays as it is where
// its content is the same, and is else replaced only with force. The path "-"
// is stdout; a device or a pipe is written to directly.
//
// The file is not synced to disk first: what a power cut could leave is a file
// that does not verify.
func (env *Env) writeOutput(ctx context.Context, path string, force bool, write func(io.Writer) error) error {
	if path == "-" {
		return write(env.Stdout)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return usagef("%s is a folder", shown(path))
		}
		return writeDirectly(path, write)
	}
	temp, err := beginOutput(path)
	if err != nil {
		return err
	}
	defer temp.remove() // gone already where the rename was made
	err = write(temp)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = temp.name()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("%s: %w", shown(path), err)
	}
	return replace(temp.path, path, force)
}

// beginOutput makes the temporary file of what is to be written at path. Its own
// name is nobody's concern, and stands in no error.
func beginOutput(path string) (*temporary, error) {
	temp, err := createTemp(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(usagef("no folder %s to write %s in", shown(filepath.Dir(path)), shown(filepath.Base(path))),
			"make it first: mkdir -p %s", shown(filepath.Dir(path)))
	}
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		err = of.Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", shown(path), err)
	}
	return temp, nil
}

// canWrite finds out whether outputs can be written where they are to go, before
// anything is signed: what stands in a public log by then stands there for ever.
// What is there already need not be, unless by force.
func canWrite(force bool, paths ...string) error {
	tried := make(map[string]bool)
	for _, path := range paths {
		if dir := filepath.Dir(path); path == "-" || tried[dir] {
			continue
		}
		switch info, err := os.Stat(path); {
		case err == nil && info.IsDir():
			return usagef("%s is a folder", shown(path))
		case err == nil && (!force || !info.Mode().IsRegular()):
			continue
		}
		temp, err := beginOutput(path)
		if err != nil {
			return err
		}
		temp.remove()
		tried[filepath.Dir(path)] = true
	}
	return nil
}

func replace(temp, path string, force bool) error {
	if _, err := os.Lstat(path); err == nil {
		same, err := sameContent(temp, path)
		if err != nil || same {
			return err
		}
		if !force {
			return withHint(usagef("%s exists with other content", shown(path)), "--force replaces it")
		}
	}
	return os.Rename(temp, path)
}

func writeDirectly(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = write(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("%s: %w", shown(path), err)
	}
	return nil
}

// sameContent compares two files. A link is not followed: what it points to is
// not what would be replaced.
func sameContent(a, b string) (bool, error) {
	infoA, err := os.Lstat(a)
	if err != nil {
		return false, err
	}
	infoB, err := os.Lstat(b)
	if err != nil || infoA.Size() != infoB.Size() || !infoB.Mode().IsRegular() {
		return false, err
	}
	fileA, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fileA.Close()
	fileB, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fileB.Close()
	return sameBytes(fileA, fileB)
}

func sameBytes(a, b io.Reader) (bool, error) {
	bufA, bufB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(a, bufA)
		m, errB := io.ReadFull(b, bufB)
		if !bytes.Equal(bufA[:n], bufB[:m]) {
			return false, nil
		}
		switch {
		case errA == io.EOF || errA == io.ErrUnexpectedEOF:
			return errB == errA, nil
		case errA != nil:
			return false, errA
		case errB != nil:
			return false, errB
		}
	}
}
