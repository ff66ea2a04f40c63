package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hallmark-project/hallmark/internal/report"
)

// These lines are all that a person sees beside results, each on stderr:
// lower case, no final period, escaped as results are, and without tokens.
const (
	errorPrefix   = "hallmark: error: "
	hintPrefix    = "hallmark: hint: "
	warningPrefix = "hallmark: warning: "
	columns       = 80
)

// printError prints err and its hints. Several errors joined with errors.Join
// are printed one by one.
func (env *Env) printError(err error) {
	if err == nil {
		return
	}
	if many := joined(err); len(many) > 1 {
		for _, one := range many {
			env.printError(one)
		}
		return
	}
	var reported *reportedError
	var cancelled *cancelledError
	if !errors.As(err, &reported) || errors.As(err, &cancelled) {
		fmt.Fprintln(env.Stderr, errorPrefix+report.Escape(maskTokens(err.Error())))
	}
	for _, hint := range hintsOf(err) {
		fmt.Fprintln(env.Stderr, hang(hintPrefix, report.Escape(hint)))
	}
	var hinted *hintedError
	if errors.As(err, &hinted) {
		for _, line := range hinted.lines {
			fmt.Fprintf(env.Stderr, "%*s%s\n", len(hintPrefix), "", report.Escape(line))
		}
	}
}

// joined takes apart what errors.Join put together. An error that wraps several
// with words of its own is one error.
func joined(err error) []error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	if same := errors.Join(many.Unwrap()...); same == nil || same.Error() != err.Error() {
		return nil
	}
	return many.Unwrap()
}

// warnf tells a person something that changes neither result nor exit code.
func (env *Env) warnf(format string, args ...any) {
	fmt.Fprintln(env.Stderr, warningPrefix+report.Escape(maskTokens(fmt.Sprintf(format, args...))))
}

// hang puts text behind prefix, broken at spaces so that it fits the screen,
// its further lines below its first word.
func hang(prefix, text string) string {
	var b strings.Builder
	b.WriteString(prefix)
	at := len(prefix)
	for i, word := range strings.Fields(text) {
		width := len([]rune(word))
		switch {
		case i == 0:
		case at+1+width > columns:
			b.WriteString("\n" + strings.Repeat(" ", len(prefix)))
			at = len(prefix)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += width
	}
	return b.String()
}

// shown is a word of argv as an error names it: as it is where it reads as one
// word, else quoted.
func shown(word string) string {
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) {
		return strconv.QuoteToASCII(word)
	}
	return word
}
