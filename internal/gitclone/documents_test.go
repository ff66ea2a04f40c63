package gitclone

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/review"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	dir, at := origin(t)
	for name, content := range map[string]string{
		"README.md": "readme", "docs/verifying.md": "verify", "docs/api.md": "api", ".github/SECURITY.md": "security",
		".github/dependabot.yml": "version: 2", "sub/fuzz_test.go": "package p", "hallmark-policy.yml": "policy: v1", ".allstar/branch_protection.yaml": "x: 1",
		".github/workflows/nested/x.yml": "on: push", ".github/workflows/notes.txt": "no", "actions/x/action.yml": "name: x", ".github/workflows/large.yml": strings.Repeat("#", MaxFile+1),
	} {
		write(t, dir, name, content)
	}
	git(t, dir, "", "add", ".")
	git(t, dir, "2026-01-02T03:04:05Z", "commit", "--quiet", "-m", "texts")
	head := git(t, dir, "", "rev-parse", "HEAD")
	r, asked, blobs := mustClone(t, dir), date("2026-11-20T12:00:00Z"), review.Blobs{}

	type found struct {
		Kind    review.Kind
		Name    string
		Text    string
		Added   time.Time
		Unknown bool
	}
	list := func(documents []review.Document, err error) []found {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var all []found
		for _, d := range documents {
			all = append(all, found{d.Kind, d.Name, string(blobs[d.Asked.SHA256]), d.Added, !d.Asked.Known()})
		}
		return all
	}
	added := date("2026-01-02T03:04:05Z")
	want := []found{
		{Kind: review.GuideDocument, Name: ".github/SECURITY.md", Text: "security"},
		{Kind: review.GuideDocument, Name: "README.md", Text: "readme"},
		{Kind: review.GuideDocument, Name: "docs/verifying.md", Text: "verify"},
		{Kind: review.GuideDocument, Name: "hallmark-policy.yml", Text: "policy: v1"},
		{Kind: review.UpdatesDocument, Name: ".github/dependabot.yml", Text: "version: 2", Added: added},
		{Kind: review.FuzzingDocument, Name: "sub/fuzz_test.go", Text: "package p", Added: added},
		{Kind: review.AllstarDocument, Name: ".allstar/branch_protection.yaml", Text: "x: 1", Added: added},
	}
	if diff := cmp.Diff(want, list(r.Documents(t.Context(), head, asked, blobs))); diff != "" {
		t.Errorf("documents: %s", diff)
	}
	want = []found{
		{Kind: review.WorkflowDocument, Name: ".github/workflows/release.yml", Text: "on: push\n"},
		{Kind: review.WorkflowDocument, Name: ".github/workflows/large.yml", Unknown: true},
		{Kind: review.WorkflowDocument, Name: ".github/workflows/release.yml", Text: "on: push\n"},
		{Kind: review.WorkflowDocument, Name: "actions/x/action.yml", Text: "name: x"},
	}
	if diff := cmp.Diff(want, list(r.Workflows(t.Context(), []string{at["v2"], head}, asked, blobs))); diff != "" {
		t.Errorf("workflows: %s", diff)
	}
}
