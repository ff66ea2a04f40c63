// Package actions_test holds the Actions and workflows of this repository to the
// house's rules for them, runs their steps with inputs that an attacker would
// choose, and installs from releases that are not what they should be.
package actions_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// file is an action.yml or a workflow, as it is written.
type file struct {
	path     string // from the root of the repository, with slashes
	workflow bool
	root     *yaml.Node
	text     string
}

// block is a step that runs a script.
type block struct {
	job    string // "" in an action
	name   string
	script string
	shell  string
	env    map[string]string
}

// files are all Actions and workflows of this repository.
func files(t *testing.T) []*file {
	t.Helper()
	var all []*file
	for _, pattern := range []string{"*/action.yml", "../.github/workflows/*.yml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v, %v", pattern, paths, err)
		}
		for _, path := range paths {
			all = append(all, mustRead(t, path))
		}
	}
	return all
}

func mustRead(t *testing.T, path string) *file {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	name := strings.TrimPrefix(filepath.ToSlash(filepath.Join("actions", path)), "../")
	return &file{path: name, workflow: at(root.Content[0], "jobs") != nil, root: root.Content[0], text: string(data)}
}

// at follows keys down from a mapping; nil where there is no such thing.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		i := slices.IndexFunc(n.Content, func(k *yaml.Node) bool { return k.Value == key })
		if i < 0 || i%2 != 0 {
			return nil
		}
		n = n.Content[i+1]
	}
	return n
}

func value(n *yaml.Node, keys ...string) string {
	if n = at(n, keys...); n == nil {
		return ""
	}
	return n.Value
}

// entries are the keys of a mapping with their values.
func entries(n *yaml.Node) map[string]*yaml.Node {
	all := map[string]*yaml.Node{}
	if n == nil || n.Kind != yaml.MappingNode {
		return all
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		all[n.Content[i].Value] = n.Content[i+1]
	}
	return all
}

func texts(n *yaml.Node) map[string]string {
	all := map[string]string{}
	for key, v := range entries(n) {
		all[key] = v.Value
	}
	return all
}

// jobs are a workflow's jobs by id; an action is one job without a name.
func (f *file) jobs() map[string]*yaml.Node {
	if f.workflow {
		return entries(at(f.root, "jobs"))
	}
	return map[string]*yaml.Node{"": at(f.root, "runs")}
}

func steps(job *yaml.Node) []*yaml.Node {
	if list := at(job, "steps"); list != nil {
		return list.Content
	}
	return nil
}

// blocks are all scripts of the file.
func (f *file) blocks() []block {
	var all []block
	for id, job := range f.jobs() {
		for _, step := range steps(job) {
			if at(step, "run") == nil {
				continue
			}
			shell := value(step, "shell")
			if shell == "" {
				shell = value(f.root, "defaults", "run", "shell")
			}
			all = append(all, block{id, value(step, "name"), value(step, "run"), shell, texts(at(step, "env"))})
		}
	}
	return all
}
