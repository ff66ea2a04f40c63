package review_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/gitclone"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// A repository is a real one, with the commits of a project's releases.
type repository struct {
	t   *testing.T
	dir string
}

func (r *repository) git(at time.Time, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"}, args...)...)
	cmd.Dir = r.dir
	date := at.Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "HOME="+r.t.TempDir(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_COMMITTER_DATE="+date, "GIT_AUTHOR_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) commit(at time.Time, name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	r.git(at, "add", ".")
	r.git(at, "commit", "--quiet", "--allow-empty", "-m", text)
	return r.git(at, "rev-parse", "HEAD")
}

// read fills the record from a clone, as a collector does.
func (r *repository) read(p *reviewtest.Project) {
	r.t.Helper()
	must := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	ctx, record := r.t.Context(), p.Record
	clone, err := gitclone.Clone(ctx, "file://"+r.dir, filepath.Join(r.t.TempDir(), "clone"), gitclone.Options{Protocols: []string{"file"}})
	must(err)
	record.Git.Tags, err = clone.Tags(ctx)
	must(err)
	_, record.Git.Head, err = clone.Head(ctx)
	must(err)
	record.Git.Commits, err = clone.Commits(ctx, record.WantedCommits())
	must(err)
	record.Documents, err = clone.Documents(ctx, record.Git.Head, p.Clock, record.Blobs)
	must(err)
	for _, c := range record.Git.Commits {
		if !c.Missing {
			workflows, err := clone.Workflows(ctx, []string{c.ID}, p.Clock, record.Blobs)
			must(err)
			record.Documents = append(record.Documents, workflows...)
		}
	}
}

func TestRealRepository(t *testing.T) {
	s := reviewtest.New(t)
	tests := map[string]struct {
		after func(r *repository, at time.Time) // what happens to the repository behind the last release
		want  review.Verdict
		false string // the finding that says so
	}{
		"as it was": {func(*repository, time.Time) {}, review.Enforced, ""},
		"annotated tag": {func(r *repository, at time.Time) {
			r.git(at, "tag", "-f", "-a", "-m", "x", "v1.2.0", "v1.2.0^{commit}")
		}, review.Enforced, ""},
		"tag moved": {func(r *repository, at time.Time) {
			r.commit(at, "later.txt", "later")
			r.git(at, "tag", "-f", "v1.2.0")
		}, review.Partial, "tag-commit"},
		"history rewritten": {func(r *repository, at time.Time) {
			r.git(at, "checkout", "--quiet", "--orphan", "new")
			r.commit(at, "README.md", reviewtest.Guide)
			r.git(at, "branch", "-f", "main")
			r.git(at, "checkout", "--quiet", "main")
			r.git(at, "branch", "-D", "new")
		}, review.Partial, "commit-on-branch"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, r := reviewtest.NewProject(t, s), &repository{t, t.TempDir()}
			r.git(reviewtest.FirstRelease, "init", "--quiet", "--initial-branch=main")
			r.commit(reviewtest.FirstRelease, "README.md", reviewtest.Guide)
			for i := range 3 {
				b := p.Prepare(i)
				b.Bare = i < 1
				b.Commit = r.commit(b.Committed, ".github/workflows/release.yml", reviewtest.SigningWorkflow)
				b.Job.Commit = b.Commit
				r.git(b.Committed, "tag", b.Tag)
				p.Publish(b)
			}
			tt.after(r, p.Clock)
			r.read(p)
			report := p.Judge(review.NoProfile)
			if report.Verdict != tt.want {
				t.Errorf("verdict %s %q, want %s", report.Verdict, report.Reasons, tt.want)
			}
			for _, f := range report.Findings {
				if want := f.Name == tt.false; (f.Outcome == review.False) != want && f.Name != "tags-signed" {
					t.Errorf("%s: %s %v", f.Name, f.Outcome, f.Cases)
				}
			}
		})
	}
}
