package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/hallmark-project/hallmark/verify"
)

// usageError is the operator's mistake: exit code 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usagef is an error that blames the operator.
func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hintedError is an error with advice for whoever can act on it.
type hintedError struct {
	error
	hint  string
	lines []string
}

func (e *hintedError) Unwrap() error { return e.error }

// withHint adds the exact flag, file or command that helps. A hint never
// proposes to weaken a check that an attack would fail.
func withHint(err error, format string, args ...any) error {
	return &hintedError{err, fmt.Sprintf(format, args...), nil}
}

// withLines adds a hint that ends in lines to be copied as they are.
func withLines(err error, hint string, lines ...string) error {
	return &hintedError{err, hint, lines}
}

// reportedError is an error that stdout has told in full.
type reportedError struct{ error }

func (e *reportedError) Unwrap() error { return e.error }

// alreadyReported keeps err's exit code and hint and prints no error line.
func alreadyReported(err error) error { return &reportedError{err} }

// cancelledError is whatever a run ended with after it was told to stop: how
// that went wrong is of no interest, what it advises may be.
type cancelledError struct{ err error }

func (e *cancelledError) Error() string   { return "cancelled" }
func (e *cancelledError) Unwrap() []error { return []error{context.Canceled, e.err} }

// hintsOf are the hints that err carries, each once: of several errors those
// of all, of one that wraps another the outermost.
func hintsOf(err error) []string {
	hint := ""
	switch e := err.(type) {
	case *hintedError:
		hint = e.hint
	case *verify.Rejection:
		hint = e.Hint
	case interface{ Unwrap() error }:
		return hintsOf(e.Unwrap())
	case interface{ Unwrap() []error }:
		var hints []string
		for _, one := range e.Unwrap() {
			for _, hint := range hintsOf(one) {
				if !slices.Contains(hints, hint) {
					hints = append(hints, hint)
				}
			}
		}
		return hints
	}
	if hint == "" {
		return nil
	}
	return []string{hint}
}
