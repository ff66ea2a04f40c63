package review_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
)

func TestWantedCommits(t *testing.T) {
	p := reviewtest.NewProject(t, reviewtest.New(t))
	p.History(func(b *reviewtest.Build) { b.MovedTo = reviewtest.CommitOf("later") })
	want := []string{reviewtest.CommitOf("later")}
	for _, tag := range []string{"v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0"} {
		want = append(want, reviewtest.CommitOf(tag))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, p.Record.WantedCommits()); diff != "" {
		t.Error(diff)
	}
}
