// Package archtest holds the project to its architecture (docs/architecture.md):
// who may import whom, what is handed down rather than taken from the process,
// and how much others' code the binary links.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "github.com/hallmark-project/hallmark"
	root   = "../.."
	binary = module + "/cmd/hallmark"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	GoFiles    []string
	Imports    []string
}

// packages lists the packages of this module and all they stand on, tests left
// aside. The go command is asked once.
var packages = sync.OnceValues(func() (map[string]*pkg, error) {
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,Standard,GoFiles,Imports", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		if exit := new(exec.ExitError); errors.As(err, &exit) {
			err = errors.New(string(exit.Stderr))
		}
		return nil, err
	}
	all := map[string]*pkg{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := new(pkg)
		if err := dec.Decode(p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

func mustPackages(t *testing.T) map[string]*pkg {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ours is a package's path below the module, "" for those of others.
func ours(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return rest
}

// chain is a shortest path of imports from a package to one that match wants.
func chain(all map[string]*pkg, from string, match func(string) bool) []string {
	parent := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at != from && match(at) {
			var steps []string
			for ; at != ""; at = parent[at] {
				steps = append(steps, at)
			}
			slices.Reverse(steps)
			return steps
		}
		for _, next := range all[at].Imports {
			if _, seen := parent[next]; !seen && all[next] != nil {
				parent[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// below says whether an import path is prefix or in a folder of it.
func below(importPath, prefix string) bool {
	return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
}

// layer is the first folder of a package, two for internal/ and cmd/.
func layer(ours string) string {
	words := strings.SplitN(ours, "/", 3)
	if len(words) > 1 && (words[0] == "internal" || words[0] == "cmd") {
		return path.Join(words[0], words[1])
	}
	return words[0]
}
