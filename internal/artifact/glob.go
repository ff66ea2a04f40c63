package artifact

import (
	"path/filepath"
	"slices"
	"strings"
)

// pattern is a glob cut at its slashes. Each element is matched against one
// element of a name as [filepath.Match] does it; "**" stands for any number of
// folders, none included.
//
// A walk carries the set of positions in the pattern that the name so far may
// have reached, so a folder that can no longer match is never read, and many
// "**" cost no more than one.
type pattern []string

type positions []int

// everything is the pattern of a folder named itself.
var everything = pattern{"**", "*"}

// isGlob tells whether arg is to be read as a glob where no such file exists.
func isGlob(arg string) bool { return strings.ContainsAny(arg, "*?[") }

// parseGlob splits a glob into the folder before its first special character
// and the pattern below it.
func parseGlob(arg string) (root string, p pattern, err error) {
	slashed := filepath.ToSlash(arg)
	cut := strings.LastIndexByte(slashed[:strings.IndexAny(slashed, "*?[")], '/') + 1
	root = filepath.FromSlash(slashed[:cut])
	if root == "" {
		root = "."
	}
	for element := range strings.SplitSeq(slashed[cut:], "/") {
		if element == "" || element == "." {
			continue
		}
		if element == ".." {
			return "", nil, usage("glob %s: .. after a special character", arg)
		}
		if strings.Contains(element, "[!") {
			return "", nil, usage("glob %s: write [^ for [!", arg)
		}
		if _, err := filepath.Match(element, ""); err != nil {
			return "", nil, usage("glob %s: %w in %s", arg, err, element)
		}
		p = append(p, element)
	}
	// What ends in folders means the files below them.
	switch {
	case strings.HasSuffix(slashed, "/"):
		p = append(p, "**", "*")
	case p[len(p)-1] == "**":
		p = append(p, "*")
	}
	return root, p, nil
}

func (p pattern) start() positions { return p.closure(nil, 0) }

// step goes from the positions before a name's element to those after it.
func (p pattern) step(at positions, element string) positions {
	var next positions
	for _, i := range at {
		switch {
		case i == len(p):
		case p[i] == "**":
			next = p.closure(next, i)
		default:
			// A bad pattern was refused when it was parsed.
			if ok, _ := filepath.Match(p[i], element); ok {
				next = p.closure(next, i+1)
			}
		}
	}
	return next
}

// closure adds position i and those that a "**" for no element leads on to.
func (p pattern) closure(at positions, i int) positions {
	for ; ; i++ {
		if !slices.Contains(at, i) {
			at = append(at, i)
		}
		if i == len(p) || p[i] != "**" {
			return at
		}
	}
}

// accepts tells whether a name that reached these positions matches.
func (p pattern) accepts(at positions) bool { return slices.Contains(at, len(p)) }

// ended tells whether no longer name can match.
func (p pattern) ended(at positions) bool { return len(at) == 1 && at[0] == len(p) }
