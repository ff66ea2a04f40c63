package gitclone

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// maxDocuments bounds the texts of one kind at one commit.
const maxDocuments = 100

// Workflows are the workflow files at each of the commits, and the project's own
// actions that they may use. Their contents go to the blobs; one that is too
// large is unknown.
func (r *Repository) Workflows(ctx context.Context, commits []string, at time.Time, blobs review.Blobs) ([]review.Document, error) {
	var all []review.Document
	for _, commit := range commits {
		files, err := r.Files(ctx, commit, "")
		if err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(files, func(name string) bool { return !workflowFile.MatchString(name) })
		for _, name := range files[:min(len(files), maxDocuments)] {
			d, err := r.document(ctx, review.WorkflowDocument, commit, name, at, blobs)
			if err != nil {
				return nil, err
			}
			all = append(all, d)
		}
	}
	return all, nil
}

// workflowFile matches what GitHub takes for a workflow, and for an action.
var workflowFile = regexp.MustCompile(`^(?:\.github/workflows/[^/]+\.ya?ml|(?:.+/)?action\.ya?ml)$`)

// kinds tells what the files of a default branch are for, by their paths. The
// update tools' are those that their own documentation names.
var kinds = []struct {
	kind review.Kind
	path *regexp.Regexp
}{
	{review.GuideDocument, regexp.MustCompile(`(?i)^(?:\.github/|docs?/)?(?:README|SECURITY|VERIFY|VERIFYING|INSTALL|RELEASE|RELEASES)(?:\.(?:md|rst|txt|adoc))?$`)},
	{review.GuideDocument, regexp.MustCompile(`(?i)^docs?/.*(?:verif|security|install|provenance|signing|supply-chain).*\.(?:md|rst|txt|adoc)$`)},
	{review.GuideDocument, regexp.MustCompile(`^(?:\.github/|docs?/)?[^/]*policy[^/]*\.ya?ml$`)},
	{review.UpdatesDocument, regexp.MustCompile(`^(?:\.github/dependabot\.ya?ml|(?:\.github/|\.gitlab/)?renovate\.json5?|\.renovaterc(?:\.json)?|\.pyup\.yml|\.scala-steward\.conf)$`)},
	{review.FuzzingDocument, regexp.MustCompile(`^(?:\.clusterfuzzlite/Dockerfile|(?:.*/)?fuzz/Cargo\.toml|(?:.*/)?[A-Za-z0-9_]*fuzz[A-Za-z0-9_]*_test\.go)$`)},
	{review.AllstarDocument, regexp.MustCompile(`^\.allstar/[a-z_]+\.yaml$`)},
}

// Documents are the texts at a commit, the default branch's, that a judgement
// looks at beside workflows, with the date of the commit that first had them.
func (r *Repository) Documents(ctx context.Context, commit string, at time.Time, blobs review.Blobs) ([]review.Document, error) {
	files, err := r.Files(ctx, commit, "")
	if err != nil {
		return nil, err
	}
	found := make(map[review.Kind]int)
	seen := make(map[string]bool)
	var all []review.Document
	for _, k := range kinds {
		for _, name := range files {
			if !k.path.MatchString(name) || seen[name] || found[k.kind] == maxDocuments {
				continue
			}
			seen[name] = true
			found[k.kind]++
			d, err := r.document(ctx, k.kind, commit, name, at, blobs)
			if err != nil {
				return nil, err
			}
			if k.kind != review.GuideDocument {
				if _, d.Added, err = r.Added(ctx, name); err != nil {
					return nil, err
				}
			}
			all = append(all, d)
		}
	}
	return all, nil
}

func (r *Repository) document(ctx context.Context, kind review.Kind, commit, name string, at time.Time, blobs review.Blobs) (review.Document, error) {
	d := review.Document{Kind: kind, Name: name, Commit: commit, Asked: review.Answer{Source: "git " + commit + ":" + name, Time: at}}
	if strings.ContainsAny(name, "\n\x00") {
		d.Asked.Unknown = "its name cannot be asked for"
		return d, nil
	}
	text, err := r.File(ctx, commit, name)
	switch {
	case ctx.Err() != nil:
		return d, err
	case err != nil:
		d.Asked.Unknown = err.Error()
	default:
		d.Asked.SHA256 = blobs.Add(text)
	}
	return d, nil
}
