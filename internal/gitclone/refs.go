package gitclone

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// Tags are all tags that name a commit, peeled.
func (r *Repository) Tags(ctx context.Context) ([]review.Tag, error) {
	out, err := r.git.run(ctx, nil, "for-each-ref", "refs/tags/",
		"--format=%(refname:strip=2)%00%(objectname)%00%(taggerdate:iso-strict)%00%(contents:signature)%01")
	if err != nil {
		return nil, err
	}
	var tags []review.Tag
	var names strings.Builder
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x01\n"), "\x01\n") {
		f := strings.Split(entry, "\x00")
		if entry == "" {
			continue
		}
		if len(f) != 4 {
			return nil, fmt.Errorf("git for-each-ref: unreadable tag %.100q", entry)
		}
		tags = append(tags, review.Tag{Name: f[0], Object: f[1], Signature: signatureKind(f[3]), Time: parseTime(f[2])})
		names.WriteString(f[1] + "^{commit}\n")
	}
	peeled, err := r.git.run(ctx, []byte(names.String()), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(peeled), "\n"), "\n")
	if len(tags) > 0 && len(lines) != len(tags) {
		return nil, fmt.Errorf("git cat-file: %d answers for %d tags", len(lines), len(tags))
	}
	named := tags[:0]
	for i, t := range tags {
		if t.Commit = lines[i]; !strings.Contains(t.Commit, " ") { // else it names no commit
			named = append(named, t)
		}
	}
	return named, nil
}

func signatureKind(text string) string {
	switch {
	case strings.HasPrefix(text, "-----BEGIN PGP "):
		return "pgp"
	case strings.HasPrefix(text, "-----BEGIN SSH "):
		return "ssh"
	case strings.HasPrefix(text, "-----BEGIN SIGNED MESSAGE"):
		return "x509"
	}
	return ""
}

// parseTime reads git's strict ISO 8601; a date that git itself cannot write is
// none.
func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// Commits describes the commits of these ids, each once: when they say they
// were made, and which branches reach them. Where the default branch does, no
// others are looked for.
func (r *Repository) Commits(ctx context.Context, ids []string) ([]review.Commit, error) {
	branch, _, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	there, err := r.present(ctx, ids)
	if err != nil {
		return nil, err
	}
	var commits []review.Commit
	seen := make(map[string]bool)
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		c := review.Commit{ID: id, Missing: !there[id]}
		if !c.Missing {
			if err := r.describe(ctx, &c, branch); err != nil {
				return nil, err
			}
		}
		commits = append(commits, c)
	}
	return commits, nil
}

// present tells which of the ids are commits of the clone.
func (r *Repository) present(ctx context.Context, ids []string) (map[string]bool, error) {
	for _, id := range ids {
		if strings.Trim(id, "0123456789abcdef") != "" || len(id) < 40 {
			return nil, fmt.Errorf("commit %.100q: not an id", id)
		}
	}
	out, err := r.git.run(ctx, []byte(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch-check=%(objectname) %(objecttype)")
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		if id, kind, _ := strings.Cut(strings.TrimSpace(line), " "); kind == "commit" {
			there[id] = true
		}
	}
	return there, nil
}

func (r *Repository) describe(ctx context.Context, c *review.Commit, branch string) error {
	dates, err := r.git.line(ctx, "log", "-1", "--format=%cI %aI", "--end-of-options", c.ID)
	if err != nil {
		return err
	}
	committed, authored, _ := strings.Cut(dates, " ")
	c.Committed, c.Authored = parseTime(committed), parseTime(authored)
	_, err = r.git.run(ctx, nil, "merge-base", "--is-ancestor", c.ID, "refs/heads/"+branch)
	if err == nil {
		c.Branches = []string{branch}
		return nil
	}
	if !errors.Is(err, errNothing) {
		return err
	}
	out, err := r.git.run(ctx, nil, "for-each-ref", "--contains="+c.ID, "--format=%(refname:strip=2)", "refs/heads/")
	if err != nil {
		return err
	}
	if names := strings.Fields(string(out)); len(names) > 0 { // a branch's name holds no space
		c.Branches = names
	}
	return nil
}
