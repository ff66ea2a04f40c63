package forge_test

import (
	"errors"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
	"github.com/hallmark-project/hallmark/internal/weather"
)

// TestLimitsAreWaitedOut: GitHub's refusals that mean later cost time on the
// clock, and nothing else.
func TestLimitsAreWaitedOut(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		faults fakegithub.Faults
		waits  time.Duration // at least
	}{
		"primary":                {fakegithub.Faults{LimitAt: []int{1, 3, 6}, LimitFor: 10 * time.Minute}, 30 * time.Minute},
		"secondary":              {fakegithub.Faults{SecondaryAt: []int{2, 4}, SecondaryFor: 90 * time.Second}, 3 * time.Minute},
		"secondary, without end": {fakegithub.Faults{SecondaryAt: []int{2, 5}}, 2 * time.Minute},
		"budget":                 {fakegithub.Faults{Token: 6}, 59 * time.Minute},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := mustWorld(t)
			must(t, w.SetFaults(tc.faults))
			start := w.now()
			mustRelease(t, w.client(maintainer), file("a", "a"), file("b", "b"), file("c", "c"), file("d", "d"))
			if waited := w.now().Sub(start); waited < tc.waits {
				t.Errorf("it took %s, want at least %s", waited, tc.waits)
			}
		})
	}
}

// TestLimitBeyondTheBudget: what does not come back in time is bad weather, not
// a denial.
func TestLimitBeyondTheBudget(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	must(t, w.SetFaults(fakegithub.Faults{LimitAt: []int{1}, LimitFor: 24 * time.Hour}))
	_, err := w.client("").Project(t.Context(), widget)
	var gone *weather.Error
	if !errors.As(err, &gone) || errors.Is(err, forge.ErrDenied) {
		t.Errorf("got %v, want a weather.Error", err)
	}
	if want := "repository octo/widget: https://api.github.com: 403 rate limit of 5000 calls an hour is spent until 14:00 UTC"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
