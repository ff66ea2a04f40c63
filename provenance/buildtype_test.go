package provenance_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hallmark-project/hallmark/provenance"
)

// pages are the published build types and the golden statements that are
// their examples.
var pages = map[string]struct{ folder, golden string }{
	provenance.GitBuildType:      {"docs/buildtypes/git/v1", "testdata/git.json"},
	provenance.RecordedBuildType: {"docs/buildtypes/github/v1", "testdata/recorded.json"},
}

// TestBuildTypePages holds each published page to what is written: the URI in a
// statement must lead to it, its example must be the golden statement's
// predicate.
func TestBuildTypePages(t *testing.T) {
	for uri, tc := range pages {
		t.Run(tc.folder, func(t *testing.T) {
			if !strings.HasSuffix(uri, "/"+tc.folder) {
				t.Errorf("build type %s does not lead to %s", uri, tc.folder)
			}
			page, err := os.ReadFile("../" + tc.folder + "/README.md")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page), "`"+uri+"`") {
				t.Errorf("the page does not name %s", uri)
			}
			_, example, _ := strings.Cut(string(page), "```json")
			example, _, _ = strings.Cut(example, "```")
			golden, err := os.ReadFile(tc.golden)
			if err != nil {
				t.Fatal(err)
			}
			var want struct{ Predicate any }
			var got any
			if err := json.Unmarshal(golden, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(example), &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.Predicate, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func mustSchema(t *testing.T, uri string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../" + pages[uri].folder + "/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestGitSchema: the schema accepts the parameters that are written, and no
// others.
func TestGitSchema(t *testing.T) {
	schema := mustSchema(t, provenance.GitBuildType)
	for name, git := range map[string]provenance.Git{
		"published":     {Remote: "https://mona:hunter2@github.com/octo/widget.git", Commit: commit, Ref: "refs/tags/v1", Dirty: true},
		"scp form":      {Remote: "git@github.com:octo/widget.git", Commit: commit},
		"not published": {Commit: commit},
	} {
		build, err := provenance.FromGit(git)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(build.ExternalParameters); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := build.Add(provenance.Extras{Params: map[string]string{"target": "linux"}}); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(build.ExternalParameters); err != nil {
			t.Errorf("%s, with a parameter: %v", name, err)
		}
	}
	if schema.Validate(map[string]any{"source": map[string]any{}, "dirty": false, "extra": 1}) == nil {
		t.Error("the schema accepts a parameter that the page does not name")
	}
}

// TestRecordedSchema does the same for workflow runs.
func TestRecordedSchema(t *testing.T) {
	schema := mustSchema(t, provenance.RecordedBuildType)
	for name, extras := range map[string]provenance.Extras{
		"alone":  {},
		"inputs": {Inputs: map[string]any{"a": "x", "b": true}},
		"params": {Params: map[string]string{"a": ""}},
		"both":   {Inputs: map[string]any{"a": "x"}, Params: map[string]string{"b": "y"}},
	} {
		build := mustGitHub(t)
		if err := build.Add(extras); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(build.ExternalParameters); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	workflow := mustGitHub(t).ExternalParameters["workflow"]
	for name, parameters := range map[string]map[string]any{
		"another parameter": {"workflow": workflow, "vars": map[string]any{"a": "x"}},
		"no workflow":       {"params": map[string]any{"a": "x"}},
		"number":            {"workflow": workflow, "inputs": map[string]any{"a": 1}},
		"empty inputs":      {"workflow": workflow, "inputs": map[string]any{}},
		"bool parameter":    {"workflow": workflow, "params": map[string]any{"a": true}},
	} {
		if schema.Validate(parameters) == nil {
			t.Errorf("%s: the schema accepts what the page does not allow", name)
		}
	}
}
