package artifact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// checksum is one line of a checksum file.
type checksum struct {
	name, algorithm, digest string
	line                    int
}

// maxLine holds a name of the longest kind with every byte escaped, its digest
// and what stands between.
const maxLine = 2*maxName + 256

// taggedLine is the form of BSD's tools and of GNU's with --tag. The other form
// is digest, space, a space or an asterisk, name; some tools leave the mark out.
var taggedLine = regexp.MustCompile(`(?s)^SHA(256|384|512) \((.+)\) = (.*)$`)

var byLength = map[int]string{64: "sha256", 96: "sha384", 128: "sha512"}

// readChecksums reads the checksum file at path, "-" being stdin. Every line
// must be good, there must be at least one and at most limit.
func readChecksums(path string, stdin io.Reader, limit int) ([]checksum, error) {
	source := stdin
	switch {
	case path == "-" && stdin == nil:
		return nil, usage("checksums -: there is no standard input")
	case path == "-":
		path = "standard input"
	default:
		info, err := stat(path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, usage("checksums %s: %s, not a regular file", path, kind(info.Mode()))
		}
		file, err := os.OpenFile(path, openFlags, 0)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		source = file
	}
	lines, err := parseChecksums(source, limit)
	if bad, ok := errors.AsType[*lineError](err); ok {
		return nil, usage("checksums %s:%d: %w", path, bad.line, bad.err)
	}
	if err != nil {
		return nil, fmt.Errorf("checksums %s: %w", path, err)
	}
	return lines, nil
}

// lineError is what is wrong with a line, as against with reading it.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

func parseChecksums(r io.Reader, limit int) ([]checksum, error) {
	var sums []checksum
	in := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		text, err := in.ReadSlice('\n')
		switch {
		case err == io.EOF && len(text) == 0 && n == 1:
			return nil, &lineError{n, errors.New("the file is empty")}
		case err == io.EOF && len(text) == 0:
			return sums, nil
		case err == bufio.ErrBufferFull:
			return nil, &lineError{n, fmt.Errorf("longer than %d bytes", maxLine)}
		case err != nil && err != io.EOF:
			return nil, err
		case n > limit:
			return nil, &lineError{n, fmt.Errorf("more than %d files", limit)}
		}
		sum, err := parseLine(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			return nil, &lineError{n, err}
		}
		sum.line = n
		sums = append(sums, sum)
	}
}

// parseLine reads one line without its line feed. Which of the SHA-2 family an
// untagged digest belongs to is told by its length alone: the format has no
// other mark. GNU puts a backslash before a line whose name is escaped.
func parseLine(text string) (checksum, error) {
	if strings.HasPrefix(text, "\ufeff") {
		return checksum{}, errors.New("begins with a byte order mark; save the file as plain UTF-8")
	}
	if strings.ContainsRune(text, '\r') {
		return checksum{}, errors.New("holds a carriage return; end the lines with a line feed alone")
	}
	var sum checksum
	body, escaped := strings.CutPrefix(text, `\`)
	if m := taggedLine.FindStringSubmatch(body); m != nil {
		sum = checksum{algorithm: "sha" + m[1], name: m[2], digest: m[3]}
	} else {
		digest, name, _ := strings.Cut(body, " ")
		if name != "" && (name[0] == ' ' || name[0] == '*') {
			name = name[1:]
		}
		sum = checksum{algorithm: byLength[len(digest)], name: name, digest: digest}
	}
	if sum.algorithm == "" || sum.name == "" || strings.Trim(sum.digest, "0123456789abcdef") != "" {
		return checksum{}, fmt.Errorf("%.100q is no line of a SHA-256, SHA-384 or SHA-512 checksum file", text)
	}
	if _, err := parseHex(sum.algorithm, sum.digest); err != nil {
		return checksum{}, err
	}
	var err error
	if escaped {
		if sum.name, err = unescape(sum.name); err != nil {
			return checksum{}, err
		}
	}
	sum.name, err = cleanName(sum.name)
	return sum, err
}

// unescape undoes what GNU's tools do to a name that holds a backslash, a line
// feed or a carriage return.
func unescape(name string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '\\' {
			i++
			switch {
			case i < len(name) && name[i] == '\\':
			case i < len(name) && name[i] == 'n':
				c = '\n'
			case i < len(name) && name[i] == 'r':
				c = '\r'
			default:
				return "", fmt.Errorf(`name %.200q: \\, \n and \r are the only escapes`, name)
			}
		}
		out.WriteByte(c)
	}
	return out.String(), nil
}
