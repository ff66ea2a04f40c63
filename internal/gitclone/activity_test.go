package gitclone

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestActivity(t *testing.T) {
	t.Parallel()
	dir, _ := origin(t)
	git(t, dir, "2026-07-01T00:00:00Z", "-c", "user.email=Other@example.com", "commit", "--quiet", "--allow-empty", "-m", "more")
	got, err := mustClone(t, dir).Activity(t.Context(), date("2026-07-01T12:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	want := Activity{First: date("2025-06-01T10:00:00Z"), Last: date("2026-07-01T00:00:00Z"), Contributors: 2, LastYear: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
