package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hallmark-project/hallmark/internal/weather"
)

// artifactError is what went wrong with one artifact of several.
type artifactError struct {
	name string
	err  error
}

func (e *artifactError) Error() string { return shown(e.name) + ": " + e.err.Error() }
func (e *artifactError) Unwrap() error { return e.err }

// sameFailure is one thing that went wrong with several artifacts: a service
// that does not answer is told of once, not a thousand times.
type sameFailure struct {
	names []string
	err   error
}

func (f *sameFailure) Unwrap() error { return f.err }

func (f *sameFailure) Error() string {
	switch n := len(f.names); {
	case n == 0:
		return f.err.Error()
	case n == 1:
		return shown(f.names[0]) + ": " + f.err.Error()
	case n == 2:
		return fmt.Sprintf("%s and %s: %s", shown(f.names[0]), shown(f.names[1]), f.err)
	default:
		return fmt.Sprintf("%s and %d others: %s", shown(f.names[0]), n-1, f.err)
	}
}

// ofSeveral joins what some of several bundles failed with, each failure once,
// and says below the last how the run is finished. failures[i] is nil where a
// bundle is written; in is the folder where that is, "" where it is obvious.
func ofSeveral(failures []error, in string) error {
	groups := map[string]*sameFailure{}
	var joined []error
	last, failed := -1, 0
	for _, err := range failures {
		if err == nil {
			continue
		}
		failed++
		if f := groups[kindOf(err)]; f != nil {
			f.add(err)
			continue
		}
		f := new(sameFailure)
		f.add(err)
		groups[kindOf(err)] = f
		if exitCode(err) == exitUndecided {
			last = len(joined)
		}
		joined = append(joined, f)
	}
	if last >= 0 {
		joined[last] = withWayOn(joined[last], len(failures)-failed, failed, in)
	}
	return errors.Join(joined...)
}

// add counts one more failure of the kind; the service that was borne with for
// longest says for how long.
func (f *sameFailure) add(err error) {
	one := err
	if a := (*artifactError)(nil); errors.As(err, &a) {
		f.names, one = append(f.names, a.name), a.err
	}
	var was, is *weather.Error
	if f.err == nil || errors.As(f.err, &was) && errors.As(one, &is) && is.Elapsed > was.Elapsed {
		f.err = one
	}
}

// kindOf is the same for failures that are one: of bad weather the service, of
// others their words.
func kindOf(err error) string {
	if a := (*artifactError)(nil); errors.As(err, &a) {
		err = a.err
	}
	text := err.Error()
	var gone *weather.Error
	if errors.As(err, &gone) {
		if service, _, found := strings.Cut(text, gone.Origin); found {
			return service + gone.Origin
		}
	}
	return text
}

// withWayOn says how a run that bad weather broke off is finished. Where something
// else has to be done first, that stands before it.
func withWayOn(err error, done, failed int, in string) error {
	if done == 0 {
		return whileNothingIsWritten(err)
	}
	if in != "" {
		in = ", in " + shown(in)
	}
	first := ""
	if gone := (*weather.Error)(nil); !errors.As(err, &gone) {
		for _, hint := range hintsOf(err) {
			first += hint + "; "
		}
	}
	return withHint(err, "%snothing is lost: %d of %d bundles are written%s; run the same command again to finish the other %s",
		first, done, done+failed, in, otherNumber(failed))
}

// whileNothingIsWritten says how to go on where bad weather ended a run that had
// hardly begun.
func whileNothingIsWritten(err error) error {
	if gone := (*weather.Error)(nil); errors.As(err, &gone) {
		return withHint(err, "nothing is written yet: run the same command again, with a longer --retry-for if it is to wait longer")
	}
	return err
}

func otherNumber(n int) string {
	if n == 1 {
		return "one"
	}
	return fmt.Sprint(n)
}
