package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // for the schema in its source
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hallmark-project/hallmark/workflow"
)

func sampleWorkflows() *Workflows {
	rules := workflow.Rules()
	return &Workflows{
		Version: "v1.2.3",
		Files:   []string{".github/workflows/release.yml", "a b/\u202eevil.yml"},
		Findings: []workflow.Finding{
			{Rule: rules[0], Path: ".github/workflows/release.yml", Line: 7, Column: 9,
				Message: "octo/action at the branch main", Fix: "name the commit of a release: octo/action@COMMIT # VERSION"},
			{Rule: rules[1], Path: "a b/\u202eevil.yml", Line: 1, Column: 1, Message: "::error::\x1b[31m", Fix: "##[group]"},
			{Rule: rules[1], Path: "a b/\u202eevil.yml", Line: 3, Column: 1, Message: "::error::\x1b[31m", Fix: "##[group]"},
			{Rule: rules[6], Path: "/abs/release.yml", Line: 2, Column: 4, Message: "job a signs, and runs make", Fix: "build elsewhere"},
		},
	}
}

func TestWorkflows(t *testing.T) {
	wantGolden(t, "workflows", "workflows.v1", sampleWorkflows())
	wantGolden(t, "workflows_none", "workflows.v1", &Workflows{Files: []string{"release.yml"}})
}

// TestSARIF holds the log to the schema of SARIF 2.1.0.
func TestSARIF(t *testing.T) {
	for name, workflows := range map[string]*Workflows{"workflows": sampleWorkflows(), "workflows_none": {}} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			if err := workflows.SARIF(&log); err != nil {
				t.Fatal(err)
			}
			wantHarmless(t, log.String())
			wantFile(t, name+".sarif", log.Bytes())
			wantSARIF(t, log.Bytes())
		})
	}
}

func wantSARIF(t *testing.T, log []byte) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	if err := sarifSchema(t).Validate(document); err != nil {
		t.Error(err)
	}
}

// sarifSchema is the schema that go-sarif holds in its source: what its own
// Validate checks is what it would write.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const module = "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema.go"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(source), "`")
	if len(parts) != 3 {
		t.Fatalf("%s: want the schema between two backquotes", module)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(parts[1]))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}
