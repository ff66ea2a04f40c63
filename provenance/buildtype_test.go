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

const gitPage = "../docs/buildtypes/git/v1/"

// TestGitBuildTypePage holds the published page to what is written: the URI in
// a statement must lead to it, its schema must accept the parameters, its
// example must be the golden statement's predicate.
func TestGitBuildTypePage(t *testing.T) {
	if want := "docs/buildtypes/git/v1"; !strings.HasSuffix(provenance.GitBuildType, want) {
		t.Errorf("build type %s does not end in %s", provenance.GitBuildType, want)
	}
	schema, err := jsonschema.NewCompiler().Compile(gitPage + "schema.json")
	if err != nil {
		t.Fatal(err)
	}
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
	}
	if schema.Validate(map[string]any{"source": map[string]any{}, "dirty": false, "extra": 1}) == nil {
		t.Error("the schema accepts a parameter that the page does not name")
	}

	page, err := os.ReadFile(gitPage + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "`"+provenance.GitBuildType+"`") {
		t.Errorf("the page does not name %s", provenance.GitBuildType)
	}
	_, example, _ := strings.Cut(string(page), "```json")
	example, _, _ = strings.Cut(example, "```")
	golden, err := os.ReadFile("testdata/git.json")
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
}
