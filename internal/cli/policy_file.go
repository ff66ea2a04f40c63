package cli

import (
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/verify"
)

// readPolicy reads a policy file once; the zero policy without one.
func readPolicy(path string) (*verify.Policy, error) {
	if path == "" {
		return new(verify.Policy), nil
	}
	data, err := readSmall("policy", path, verify.MaxPolicy)
	if err != nil {
		return nil, err
	}
	p, err := verify.ParsePolicy(data)
	if err != nil {
		return nil, usagef("%s: %w", shown(path), err)
	}
	return p, nil
}

// readSmall reads a file that an operator names and that is small by nature.
func readSmall(what, path string, limit int64) ([]byte, error) {
	large := usagef("%s %s: want a file of at most %d bytes", what, shown(path), limit)
	info, err := os.Stat(path)
	if err != nil {
		return nil, usagef("%s %s: %w", what, shown(path), err)
	}
	if !info.Mode().IsRegular() {
		return nil, large
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%s %s: %w", what, shown(path), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, usagef("%s %s: %w", what, shown(path), err)
	case int64(len(data)) > limit:
		return nil, large
	}
	return data, nil
}

// printPolicy prints the policy that the flags make, for a project to publish
// with its releases. It does that and nothing else: whoever takes its exit code
// for a verdict is told.
func (env *Env) printPolicy(c *cli.Context, p *verify.Policy) error {
	if c.NArg() > 0 {
		return withHint(usagef("--print-policy verifies nothing, got target %s", shown(c.Args().First())), "leave out the one or the other")
	}
	text, err := p.YAML()
	if err != nil {
		return err
	}
	_, err = env.Stdout.Write(text)
	return err
}

// inputsFromFlags reads NAME=VALUE; a value may be empty and hold anything.
func inputsFromFlags(c *cli.Context) (map[string]string, error) {
	var inputs map[string]string
	for _, given := range c.StringSlice("input") {
		name, value, ok := strings.Cut(given, "=")
		if !ok || name == "" {
			return nil, usagef("--input %s: want NAME=VALUE", shown(given))
		}
		if other, twice := inputs[name]; twice && other != value {
			return nil, usagef("--input %s is given twice, as %s and as %s", shown(name), shown(other), shown(value))
		}
		if inputs == nil {
			inputs = make(map[string]string)
		}
		inputs[name] = value
	}
	return inputs, nil
}
