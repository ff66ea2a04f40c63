package review

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// MaxProjects bounds a list of projects, and the summary of one.
const MaxProjects = 100_000

// maxListLine is longer than any project's name with a comment of some length.
const maxListLine = 4096

// ParseList reads a list of projects, OWNER/NAME one a line. Blank lines count
// for nothing, nor does what a # begins that stands first or after a space. A
// line that is no name fails all, and so does a project that stands twice.
func ParseList(r io.Reader) ([]string, error) {
	var projects []string
	seen := make(map[string]int)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxListLine)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(withoutComment(lines.Text()))
		if text == "" {
			continue
		}
		folder := Folder(text)
		switch {
		case folder == "":
			return nil, fmt.Errorf("line %d: %.150q: want OWNER/NAME", n, text)
		case seen[folder] > 0:
			return nil, fmt.Errorf("line %d: %s stands in line %d already", n, text, seen[folder])
		case len(projects) == MaxProjects:
			return nil, fmt.Errorf("more than %d projects", MaxProjects)
		}
		seen[folder] = n
		projects = append(projects, text)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(projects) == 0 {
		return nil, errors.New("no project in it")
	}
	return projects, nil
}

func withoutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// Folder is the folder of a project among those of many, "" for what is no
// project's name. Names that GitHub takes for one have one folder; no two
// others have the same, on whatever file system.
func Folder(project string) string {
	owner, name, _ := strings.Cut(lower(project), "/")
	if !repositoryName.MatchString(project) || name == "." || name == ".." {
		return ""
	}
	// An owner has no underscore. Windows drops a dot at the end.
	if rest, dots := strings.CutSuffix(name, "."); dots {
		name = rest + "%2E"
	}
	return owner + "_" + name
}

// A Shard is one part of several of a list. The zero value is all of it.
type Shard struct {
	Index int // from 1
	Of    int
}

var shardForm = regexp.MustCompile(`^([1-9][0-9]{0,3})/([1-9][0-9]{0,3})$`)

// ParseShard reads I/N, the Ith of N parts.
func ParseShard(s string) (Shard, error) {
	m := shardForm.FindStringSubmatch(s)
	if m == nil {
		return Shard{}, fmt.Errorf("shard %.30q: want I/N, as 2/8", s)
	}
	index, _ := strconv.Atoi(m[1])
	of, _ := strconv.Atoi(m[2])
	if index > of {
		return Shard{}, fmt.Errorf("shard %s: there are only %d", s, of)
	}
	return Shard{index, of}, nil
}

// Has tells whether a project is of this part. Its name alone decides: a list
// may be sorted otherwise, or grow, and no project moves to another part.
func (s Shard) Has(project string) bool {
	if s.Of == 0 {
		return true
	}
	sum := sha256.Sum256([]byte(lower(project)))
	return binary.BigEndian.Uint64(sum[:])%uint64(s.Of) == uint64(s.Index-1)
}
