package review_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
)

func TestWantedCommits(t *testing.T) {
	p := newProject(t, reviewtest.New(t))
	p.history(func(b *build) { b.movedTo = commitOf("later") })
	want := []string{commitOf("later")}
	for _, tag := range []string{"v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0"} {
		want = append(want, commitOf(tag))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, p.record.WantedCommits()); diff != "" {
		t.Error(diff)
	}
}
