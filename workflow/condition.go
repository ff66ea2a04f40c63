package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// statusCheck finds the functions that let a step run although another failed.
var statusCheck = regexp.MustCompile(`(?i)\b(always|failure|cancelled|success)\s*\(\s*\)`)

// conditions are the parts of an if: all of which must hold. What GitHub adds by
// itself, success(), is left out.
func conditions(t Text) []string {
	var all []string
	for _, part := range conjuncts(strings.TrimSpace(t.Value)) {
		if part != "" && part != "true" && !strings.EqualFold(part, "success()") {
			all = append(all, part)
		}
	}
	return all
}

// conjuncts splits an expression at its outermost &&. Strings are in single
// quotes, in which a doubled one stands for itself.
func conjuncts(e string) []string {
	e = bare(e)
	var parts []string
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(e); i++ {
		switch c := e[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case depth == 0 && strings.HasPrefix(e[i:], "||"):
			return []string{normal(e)}
		case depth == 0 && strings.HasPrefix(e[i:], "&&"):
			parts = append(parts, e[start:i])
			i++
			start = i + 1
		}
	}
	if len(parts) == 0 {
		return []string{normal(e)}
	}
	var all []string
	for _, part := range append(parts, e[start:]) {
		all = append(all, conjuncts(part)...)
	}
	return all
}

// bare drops what stands around a whole expression: ${{ }} and parentheses.
func bare(e string) string {
	for {
		e = strings.TrimSpace(e)
		switch {
		case strings.HasPrefix(e, "${{") && strings.HasSuffix(e, "}}") && strings.Count(e, "${{") == 1:
			e = e[3 : len(e)-2]
		case strings.HasPrefix(e, "(") && closing(e) == len(e)-1:
			e = e[1 : len(e)-1]
		default:
			return e
		}
	}
}

// closing finds the parenthesis that closes the one at the beginning, or -1.
func closing(e string) int {
	depth, quoted := 0, false
	for i := 0; i < len(e); i++ {
		switch c := e[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// normal makes expressions comparable that differ in blanks alone.
func normal(e string) string { return strings.ToLower(strings.Join(strings.Fields(e), " ")) }

// never tells whether the if: can hold in no run.
func never(t Text) bool { return slices.Contains(conditions(t), "false") }

// outlivesFailure tells whether the if: lets something run although what came
// before it has failed or was skipped.
func outlivesFailure(t Text) bool { return len(failureConditions(t)) > 0 }

func failureConditions(t Text) []string {
	return slices.DeleteFunc(conditions(t), func(c string) bool { return !statusCheck.MatchString(c) })
}

// holds tells whether each of wanted is among given, or is true of each run of
// the workflow that can reach it.
func (w *Workflow) holds(wanted, given []string) (missing string) {
	for _, c := range wanted {
		if !slices.Contains(given, c) && !(w.onlyTags() && ofTags(c)) {
			return c
		}
	}
	return ""
}

// ofTags tells a condition that holds in each run of a tag.
func ofTags(c string) bool {
	c = strings.ReplaceAll(c, " ", "")
	return c == "startswith(github.ref,'refs/tags/')" || c == "startswith(github.ref,'refs/tags')" ||
		c == "github.ref_type=='tag'" || c == "contains(github.ref,'refs/tags/')"
}

// steady are the conditions that mean the same in every job of a run.
func steady(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(c string) bool {
		for _, changing := range []string{"steps.", "env.", "job.", "runner.", "matrix.", "needs."} {
			if strings.Contains(c, changing) {
				return true
			}
		}
		return statusCheck.MatchString(c)
	})
}
