package artifact

import (
	"errors"
	"fmt"
)

// UsageError is a mistake in what the operator gave: a path where nothing is, a
// glob or digest that cannot be read, a bad line of a checksum file, two
// artifacts of one name. Running the same command again cannot help.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

func usage(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// ErrChanged is wrapped, with the file's path, when a file was not the same
// from before it was hashed until after: something was still writing to it, so
// no digest of it means anything.
var ErrChanged = errors.New("changed while it was hashed")

func changed(path, how string) error {
	return fmt.Errorf("%s: %w: %s", path, ErrChanged, how)
}
