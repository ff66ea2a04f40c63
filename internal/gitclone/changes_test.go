package gitclone

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSteps(t *testing.T) {
	t.Parallel()
	dir, at := origin(t)
	git(t, dir, "", "checkout", "--quiet", "-b", "topic")
	for _, text := range []string{"on: [push]\n", "on: [push, pull_request]\n"} {
		write(t, dir, ".github/workflows/release.yml", text)
		git(t, dir, "", "commit", "--quiet", "-a", "-m", text)
	}
	git(t, dir, "", "checkout", "--quiet", "main")
	git(t, dir, "", "merge", "--quiet", "--no-ff", "-m", "merged", "topic")
	merge := git(t, dir, "", "rev-parse", "HEAD")
	r := mustClone(t, dir)
	before := git(t, dir, "", "rev-parse", "HEAD^1")
	all := []Step{{merge, before}, {at["v2"], at["v1"]}}
	for most, want := range map[int][]Step{10: all, 1: all[:1]} {
		got, err := r.Steps(t.Context(), ".github/workflows", most)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at most %d: %s", most, diff)
		}
	}
	if got, err := r.Steps(t.Context(), "nowhere", 10); err != nil || len(got) > 0 {
		t.Errorf("nowhere: %v, %v", got, err)
	}
}
