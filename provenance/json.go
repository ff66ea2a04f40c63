package provenance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxDepth   = 64
	maxMembers = 4096
)

// checkJSON wants one JSON object that has one reading: no name twice, no
// invalid UTF-8, nothing behind it, and no more depth and width than verifiers
// read. Numbers must pass where a test for them is given.
func checkJSON(data []byte, number func(string) bool) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	if d.PeekKind() != '{' {
		if _, err := d.ReadToken(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		return errors.New("no JSON object")
	}
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		depth := d.StackDepth()
		if depth > maxDepth {
			return fmt.Errorf("nested deeper than %d", maxDepth)
		}
		if kind, n := d.StackIndex(depth); kind == '{' && n > 2*maxMembers {
			return fmt.Errorf("an object of more than %d members", maxMembers)
		}
		if token.Kind() == '0' && number != nil && !number(token.String()) {
			return fmt.Errorf("line %d: number %.40s cannot be held exactly", lineAt(data, d.InputOffset()), token.String())
		}
		if depth == 0 {
			if rest := bytes.TrimLeft(data[d.InputOffset():], " \t\r\n"); len(rest) > 0 {
				return errors.New("something follows the document")
			}
			return nil
		}
	}
}

// exact tells whether a number survives being read as a double, as RFC 8785
// does: an integer to the last digit, a fraction in its shortest spelling.
func exact(number string) bool {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return false
	}
	if strings.ContainsAny(number, ".eE") {
		return true
	}
	integer, ok := new(big.Int).SetString(number, 10)
	if !ok {
		return false
	}
	read, _ := big.NewFloat(f).Int(nil)
	return read.Cmp(integer) == 0
}

// lineAt is the number of the line that holds an offset.
func lineAt(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(offset, int64(len(data)))], []byte{'\n'})
}
