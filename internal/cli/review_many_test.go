package cli

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/internal/schematest"
	"github.com/hallmark-project/hallmark/review"
)

// many is a past beside a project that has released nothing, a list of both and
// of one that is not there, and a folder for their reviews.
type many struct {
	*past
	list, out string
}

func newMany(t *testing.T, files int) *many {
	t.Helper()
	p := newPast(t, 3, 1, files)
	p.must(p.gitHub.Add(fakegithub.Repository{Owner: "octo", Name: "gadget", ID: 4712, OwnerID: 42, CreatedAt: reviewtest.FirstRelease}))
	p.git("", "push", "--quiet", p.gitHub.GitDir("octo", "gadget"), "main")
	m := &many{p, filepath.Join(t.TempDir(), "list.txt"), filepath.Join(t.TempDir(), "reviews")}
	m.write(m.list, "# the programme's\nocto/widget\nocto/gone # renamed?\nocto/gadget\n")
	return m
}

func (m *many) write(path, text string) {
	m.t.Helper()
	m.must(os.WriteFile(path, []byte(text), 0o644))
}

// all reviews the list, and wants an exit code.
func (m *many) all(want int, args ...string) (stdout, stderr string) {
	m.t.Helper()
	return m.review(want, append([]string{"--list", m.list, "--out", m.out}, args...)...)
}

// calls is how often GitHub was asked about a project.
func (m *many) calls(project string) int {
	m.t.Helper()
	return strings.Count(m.requests(), "/repos/"+project)
}

func (m *many) file(elements ...string) string {
	return filepath.Join(append([]string{m.out}, elements...)...)
}

func TestReviewList(t *testing.T) {
	t.Parallel()
	m := newMany(t, 1)
	out, errs := m.all(exitUsage)
	wantIn(t, out, "enforced  octo/widget  2 of 2 artifacts since", "declared  octo/gadget", "absent    octo/gone", "3 projects: 1 enforced, 1 declared, 1 absent")
	wantIn(t, errs, "octo/gone, 2 of 3", "is it spelt right?")

	// All that a report rests on lies beside it.
	written, err := os.ReadFile(m.file("octo_widget", "report.json"))
	m.must(err)
	schematest.Want(t, "review.v1", written)
	again, _ := m.replay(exitDone, m.file("octo_widget", "review.pack"), "--format", "json", "--trusted-root", m.root)
	if again != string(written) {
		t.Error("the pack gives another report")
	}
	page, err := os.ReadFile(m.file("octo_widget", "report.html"))
	m.must(err)
	wantIn(t, string(page), "<!doctype html>", "octo/widget")
	failure, err := os.ReadFile(m.file("octo_gone", "failure.json"))
	m.must(err)
	schematest.Want(t, "review-summary.v1", failure)

	// What is finished is not asked for again, what is not is.
	widget, gone := m.calls("octo/widget"), m.calls("octo/gone")
	out, _ = m.all(exitUsage, "--format", "json")
	schematest.Want(t, "review-summary.v1", []byte(out))
	if m.calls("octo/widget") != widget || m.calls("octo/gone") == gone {
		t.Errorf("asked again: %s", m.requests()[len(m.requests())-500:])
	}

	// A pack that does not read is none, and a project that comes back has no failure.
	m.spoil(m.file("octo_widget", "review.pack"))
	m.must(m.gitHub.Add(fakegithub.Repository{Owner: "octo", Name: "gone", ID: 4713, OwnerID: 42, CreatedAt: reviewtest.FirstRelease}))
	m.git("", "push", "--quiet", m.gitHub.GitDir("octo", "gone"), "main")
	out, _ = m.all(exitDone)
	wantIn(t, out, "3 projects: 1 enforced, 2 declared")
	if _, err := os.Lstat(m.file("octo_gone", "failure.json")); m.calls("octo/widget") == widget || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the spoilt pack counts, or the failure stands: %v", err)
	}

	// Asked otherwise, all is asked again; and --fail-on means any of them.
	widget = m.calls("octo/widget")
	out, _ = m.all(exitRefused, "--since", "2022-01-01", "--profile", "sos", "--fail-on", "unverified")
	wantIn(t, out, "3 projects: 1 enforced, 2 declared")
	if m.calls("octo/widget") == widget {
		t.Error("another profile, and the same report")
	}
}

// spoil changes a byte in the middle of a file.
func (m *many) spoil(path string) {
	m.t.Helper()
	data, err := os.ReadFile(path)
	m.must(err)
	data[len(data)/2] ^= 1
	m.must(os.WriteFile(path, data, 0o644))
}

// TestReviewShards: each part does its own, in a process of its own, and together
// they are the whole.
func TestReviewShards(t *testing.T) {
	t.Parallel()
	m := newMany(t, 1)
	out, _ := m.all(exitDone, "--shard", "3/3")
	wantIn(t, out, "1 project: 1 declared")
	if m.calls("octo/widget") > 0 {
		t.Error("another part's project was asked about")
	}

	out, _ = m.replay(exitDone, "--merge", m.out, "--list", m.list)
	wantIn(t, out, "missing   octo/widget  not looked at", "3 projects: 1 declared, 2 missing")
	m.all(exitUsage, "--shard", "1/3")
	m.all(exitDone, "--shard", "2/3")

	out, _ = m.replay(exitDone, "--merge", m.out, "--format", "json")
	schematest.Want(t, "review-summary.v1", []byte(out))
	s, err := review.ParseSummary([]byte(out))
	m.must(err)
	var got []string
	for _, p := range s.Projects {
		got = append(got, p.Project+" "+string(p.Verdict)+string(p.Failed))
	}
	if want := []string{"octo/gadget declared", "octo/gone absent", "octo/widget enforced"}; !slices.Equal(want, got) {
		t.Errorf("got %q", got)
	}

	table, _ := m.replay(exitDone, "--merge", m.out, "--format", "csv")
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 4 || rows[3][0] != "octo/widget" || rows[3][1] != "enforced" {
		t.Errorf("got %q, %v", rows, err)
	}
	index := filepath.Join(m.out, "index.html")
	m.replay(exitDone, "--merge", m.out, "--format", "html", "--output", index)
	page, err := os.ReadFile(index)
	m.must(err)
	wantIn(t, string(page), `href="octo_widget/report.html"`, "Content-Security-Policy")
	m.replay(exitRefused, "--merge", m.out, "--fail-on", "unverified")

	// A report without its evidence is not believed.
	m.must(os.Rename(m.file("octo_gadget", "review.pack"), m.file("octo_widget", "review.pack")))
	out, _ = m.replay(exitRefused, "--merge", m.out)
	wantIn(t, out, "refused  octo/gadget  pack: review.pack: it cannot be read", "refused  octo/widget  pack: review.pack: it holds another record", "2 refused, 1 absent")
	m.write(m.file("octo_gone", "failure.json"), "{}")
	out, _ = m.replay(exitRefused, "--merge", m.out)
	wantIn(t, out, "3 projects: 3 refused")
}

// TestReviewListSpent: where GitHub answers no more, the run ends before anything
// is written down that would be unknown for that reason, and says when to go on.
func TestReviewListSpent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calls  int
		stored bool
		want   string
	}{
		"not enough to begin with": {calls: 10, want: "3 projects: 3 missing"},
		"the first uses them up":   {calls: 16, stored: true, want: "3 projects: 3 missing"},
		"too few are left":         {calls: 40, want: "3 projects: 1 enforced, 2 missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMany(t, 6)
			if test.stored {
				m.stored()
			}
			m.env["GITHUB_TOKEN"] = ""
			m.must(m.gitHub.SetFaults(fakegithub.Faults{Anonymous: test.calls}))
			out, errs := m.all(exitUndecided)
			wantIn(t, out, test.want)
			wantIn(t, errs, "GitHub answers no more calls until", "run the same command")
		})
	}
}

func TestReviewManyMistakes(t *testing.T) {
	t.Parallel()
	m := &many{past: &past{project: &project{t: t}}, list: filepath.Join(t.TempDir(), "list")}
	m.write(m.list, "octo/widget\nocto/gadget\n")
	bad := filepath.Join(t.TempDir(), "bad")
	m.write(bad, "octo/widget\nwidget\n")
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no place":            {[]string{"--list", m.list}, "--out DIR"},
		"no list":             {[]string{"--out", "x"}, "--out goes with --list"},
		"a part of nothing":   {[]string{"octo/widget", "--shard", "1/2"}, "--shard goes with --list"},
		"a list not there":    {[]string{"--list", m.list + ".absent", "--out", "x"}, "no such file"},
		"a bad line":          {[]string{"--list", bad, "--out", "x"}, "line 2: \"widget\": want OWNER/NAME"},
		"a bad part":          {[]string{"--list", m.list, "--out", "x", "--shard", "3/2"}, "there are only 2"},
		"a project beside":    {[]string{"--list", m.list, "--out", "x", "octo/widget"}, "beside many projects"},
		"one pack":            {[]string{"--list", m.list, "--out", "x", "--pack", "y"}, "--pack is of no use"},
		"one policy":          {[]string{"--list", m.list, "--out", "x", "--policy", "y"}, "--policy is of no use"},
		"SARIF of many":       {[]string{"--list", m.list, "--out", "x", "--format", "sarif"}, "for one project"},
		"CSV of one":          {[]string{"octo/widget", "--format", "csv"}, "for many projects"},
		"nothing to merge":    {[]string{"--merge", m.list + ".absent"}, "no such file"},
		"merged, and judged":  {[]string{"--merge", ".", "--profile", "sos"}, "--profile is of no use"},
		"merged, and trusted": {[]string{"--merge", ".", "--trusted-root", "x"}, "--trusted-root is of no use"},
		"merged, and signed":  {[]string{"--merge", ".", "--identity-token", "x"}, "--identity-token is of no use"},
		"many signed":         {[]string{"--list", m.list, "--out", "x", "--sign"}, "--sign is of no use"},
		"merged, and written": {[]string{"--merge", ".", "--out", "x", "--list", m.list}, "--out is of no use"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs := m.replay(exitUsage, test.args...)
			if out != "" || !strings.Contains(errs, test.want) {
				t.Errorf("got %s%s, want %q", out, errs, test.want)
			}
		})
	}
}
