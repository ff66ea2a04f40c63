package actions_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hallmark-project/hallmark/workflow"
)

// rules are what every Action and workflow of this repository keeps, by the number
// that docs/action.md gives them. They are stricter than what hallmark init
// --check asks of others.
var rules = []struct {
	id    string
	check func(*file) []string
}{
	{"A-01", noExpressionsInScripts},
	{"A-03", plainScripts},
	{"A-04", guardedOutputs},
	{"A-05", pinnedActions},
	{"A-06", ownSource},
	{"A-07", leastPermissions},
	{"A-08", signingRunsNothingElse},
	{"A-09", knownTriggers},
	{"A-11", exactDownloads},
	{"A-14", noSecrets},
	{"A-15", hostedRunners},
}

func TestRules(t *testing.T) {
	for _, f := range files(t) {
		for _, r := range rules {
			for _, what := range r.check(f) {
				t.Errorf("%s: %s: %s", r.id, f.path, what)
			}
		}
	}
}

// TestRulesFire: on each bad file exactly the rule fires that its name begins with.
func TestRulesFire(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	fired := map[string]bool{}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, want := mustRead(t, path), filepath.Base(path)[:4]
			var got []string
			for _, r := range rules {
				if found := r.check(f); len(found) > 0 {
					got = append(got, r.id)
					t.Logf("%s: %q", r.id, found)
				}
			}
			if diff := cmp.Diff([]string{want}, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			fired[want] = true
		})
	}
	for _, r := range rules {
		if !fired[r.id] {
			t.Errorf("no bad file for %s", r.id)
		}
	}
}

// TestOwnMedicine: hallmark init --check finds nothing here, nor in the project
// that is released in tests.
func TestOwnMedicine(t *testing.T) {
	project, err := filepath.Glob("../testdata/project/.github/workflows/*.yml")
	if err != nil || project == nil {
		t.Fatal(project, err)
	}
	all := files(t)
	for _, path := range project {
		all = append(all, mustRead(t, path))
	}
	for _, f := range all {
		if f.workflow {
			wantClean(t, workflow.Parse, f.path, f.text)
		} else {
			wantClean(t, workflow.ParseAction, f.path, f.text)
		}
	}
}

// TestDocumentedWorkflows: nor in what the documentation tells to write, but that a
// job which builds and signs has no more than level 2.
func TestDocumentedWorkflows(t *testing.T) {
	data, err := os.ReadFile("../docs/action.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(permissions:.*?)```").FindAllStringSubmatch(string(data), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d workflows", len(blocks))
	}
	for i, block := range blocks {
		text := strings.NewReplacer("COMMIT", strings.Repeat("4", 40), "vX.Y.Z", "v1.0.0").Replace(block[1])
		wantClean(t, workflow.Parse, fmt.Sprintf("docs/action.md, workflow %d", i+1), "on:\n  push:\n    tags: [\"v*\"]\n"+text)
	}
}

func wantClean(t *testing.T, parse func(string, []byte) (*workflow.Workflow, error), path, text string) {
	t.Helper()
	w, err := parse(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range w.Check() {
		if finding.Rule.Severity > workflow.Note || !strings.HasPrefix(path, "docs/") {
			t.Errorf("%s:%d: %s: %s", path, finding.Line, finding.Rule.ID, finding.Message)
		}
	}
}

// What is expanded inside a script is part of it, whatever it holds.
func noExpressionsInScripts(f *file) (found []string) {
	for _, job := range f.jobs() {
		for _, step := range append(steps(job), at(job, "defaults", "run"), at(f.root, "defaults", "run")) {
			for _, key := range []string{"run", "shell", "working-directory"} {
				if strings.Contains(value(step, key), "${{") {
					found = append(found, key+" of "+value(step, "name"))
				}
			}
			if strings.Contains(value(step, "with", "script"), "${{") {
				found = append(found, "script of "+value(step, "name"))
			}
		}
	}
	return found
}

const maxLines = 15

// A script stops at the first failure, is short, and evaluates nothing.
func plainScripts(f *file) (found []string) {
	for _, b := range f.blocks() {
		lines := strings.Split(strings.TrimSpace(b.script), "\n")
		switch {
		case b.shell != "bash":
			found = append(found, b.name+": its shell is not said to be bash")
		case lines[0] != "set -euo pipefail":
			found = append(found, b.name+": does not begin with set -euo pipefail")
		case len(lines) > maxLines:
			found = append(found, fmt.Sprintf("%s: %d lines", b.name, len(lines)))
		case regexp.MustCompile(`(^|[\s;&|(])(eval|source|\.)\s`).MatchString(b.script):
			found = append(found, b.name+": evaluates")
		}
	}
	return found
}

// Outputs end at a delimiter that nobody can foresee; the environment of later
// steps is nobody's to write, and PATH only actions/setup's.
func guardedOutputs(f *file) (found []string) {
	for _, b := range f.blocks() {
		if strings.Contains(b.script, "GITHUB_ENV") || strings.Contains(b.script, "GITHUB_PATH") && f.path != "actions/setup/action.yml" {
			found = append(found, b.name+": writes later steps' environment")
		}
		if strings.Contains(b.script, "GITHUB_OUTPUT") && !strings.Contains(b.script, "delimiter=$(od -An -N16 -tx1 /dev/urandom") {
			found = append(found, b.name+": an output without a random delimiter")
		}
	}
	return found
}

var pinned = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)

// ownPaths are what may be named by a path: for these the caller's checkout is
// this repository at the commit of the run.
var ownPaths = map[string]string{
	"./.github/workflows/hallmark.yml": ".github/workflows/release.yml",
	"./actions/verify":                 ".github/workflows/release.yml",
}

// Others' Actions are named by commit, with the version beside it.
func pinnedActions(f *file) (found []string) {
	for _, job := range f.jobs() {
		for _, step := range append(steps(job), job) {
			uses := at(step, "uses")
			switch {
			case uses == nil || ownPaths[uses.Value] == f.path:
			case !pinned.MatchString(uses.Value):
				found = append(found, uses.Value)
			case !regexp.MustCompile(`^# v\d+\.\d+\.\d+$`).MatchString(uses.LineComment):
				found = append(found, uses.Value+" without its version in a comment")
			}
		}
	}
	return found
}

// An Action runs what lies beside it, and the reusable workflow gets its own
// source by what the runner says of it: a path would be the caller's.
func ownSource(f *file) (found []string) {
	for _, job := range f.jobs() {
		for _, step := range steps(job) {
			if uses := value(step, "uses"); !f.workflow && uses != "" && !strings.HasPrefix(uses, "actions/upload-artifact@") {
				found = append(found, "an Action that fetches "+value(step, "uses"))
			}
			if at(f.root, "on", "workflow_call") == nil || !strings.HasPrefix(value(step, "uses"), "actions/checkout@") {
				continue
			}
			with := texts(at(step, "with"))
			if with["repository"] != "${{ job.workflow_repository }}" || with["ref"] != "${{ job.workflow_sha }}" || with["path"] == "" {
				found = append(found, "a checkout that is not of the workflow's own source")
			}
		}
	}
	return found
}

// permissions are what each job that may more than read may do.
var permissions = map[string]map[string]string{
	".github/workflows/hallmark.yml look":    {"contents": "write"},
	".github/workflows/hallmark.yml sign":    {"contents": "read", "id-token": "write"},
	".github/workflows/hallmark.yml publish": {"contents": "write"},
	".github/workflows/release.yml release":  {"contents": "write", "id-token": "write"}, // hands on to the two above
}

func leastPermissions(f *file) (found []string) {
	if !f.workflow {
		return nil
	}
	if top := at(f.root, "permissions"); top == nil || top.Kind != yaml.MappingNode || len(top.Content) > 0 {
		found = append(found, "the workflow's own are not {}")
	}
	for id, job := range f.jobs() {
		want := permissions[f.path+" "+id]
		if want == nil {
			want = map[string]string{"contents": "read"}
		}
		if got := texts(at(job, "permissions")); !maps.Equal(got, want) {
			found = append(found, fmt.Sprintf("%s may %v, want %v", id, got, want))
		}
	}
	return found
}

// ownUses are the only Actions in a job that has an identity.
var ownUses = []string{"actions/checkout", "actions/download-artifact", "actions/upload-artifact"}

// A job with an identity runs hallmark, and nothing that others wrote or cached.
func signingRunsNothingElse(f *file) (found []string) {
	for id, job := range f.jobs() {
		if f.workflow && value(job, "permissions", "id-token") != "write" {
			continue
		}
		for _, step := range steps(job) {
			uses, _, _ := strings.Cut(value(step, "uses"), "@")
			if uses != "" && !slices.Contains(ownUses, uses) {
				found = append(found, id+" uses "+uses)
			}
			if uses == "actions/checkout" && value(step, "with", "persist-credentials") != "false" {
				found = append(found, id+" leaves its token in a checkout")
			}
			if regexp.MustCompile(`\b(npm|npx|yarn|pnpm|pip|apt-get|apt|brew|make|docker|curl|wget|cargo|go)\b`).MatchString(value(step, "run")) {
				found = append(found, id+" runs what others wrote: "+value(step, "name"))
			}
		}
	}
	return found
}

func knownTriggers(f *file) (found []string) {
	if !f.workflow {
		return nil
	}
	for event := range entries(at(f.root, "on")) {
		if !slices.Contains([]string{"push", "pull_request", "workflow_call"}, event) {
			found = append(found, event)
		}
	}
	if at(f.root, "on") == nil || at(f.root, "on").Kind != yaml.MappingNode {
		found = append(found, "triggers that are no mapping")
	}
	return found
}

// An artifact comes by its whole name to a folder of its own.
func exactDownloads(f *file) (found []string) {
	for id, job := range f.jobs() {
		folders := map[string]bool{}
		for _, step := range steps(job) {
			if !strings.HasPrefix(value(step, "uses"), "actions/download-artifact@") {
				continue
			}
			with := texts(at(step, "with"))
			if with["name"] == "" || with["path"] == "" || len(with) != 2 || folders[with["path"]] {
				found = append(found, fmt.Sprintf("%s downloads %v", id, with))
			}
			folders[with["path"]] = true
		}
	}
	return found
}

func noSecrets(f *file) (found []string) {
	if strings.Contains(f.text, "secrets.") || strings.Contains(f.text, "secrets:") {
		found = append(found, "secrets")
	}
	return found
}

// The runners are GitHub's, of a version that is named.
func hostedRunners(f *file) (found []string) {
	for id, job := range f.jobs() {
		on := at(job, "runs-on")
		if on == nil || on.Value == "${{ matrix.os }}" {
			on = at(job, "strategy", "matrix", "os")
		}
		if on == nil {
			continue
		}
		for _, label := range append(on.Content, on) {
			if label.Kind == yaml.ScalarNode && !regexp.MustCompile(`^(ubuntu-\d\d\.\d\d|macos-\d\d|windows-20\d\d)$`).MatchString(label.Value) {
				found = append(found, id+" runs on "+label.Value)
			}
		}
	}
	return found
}
