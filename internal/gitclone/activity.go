package gitclone

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Activity is how much the default branch was worked on, in the word of its
// commits.
type Activity struct {
	First, Last  time.Time // dates of commits
	Contributors int       // that have an address of their own
	LastYear     int       // commits of the year before the time of asking
}

// Activity counts commits and who made them, as of a time.
func (r *Repository) Activity(ctx context.Context, now time.Time) (Activity, error) {
	var a Activity
	out, err := r.git.run(ctx, nil, "log", "--format=%ct %ae", "HEAD")
	if err != nil {
		return a, err
	}
	who := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		seconds, address, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			continue // a date that is none
		}
		at := time.Unix(n, 0).UTC()
		if a.First.IsZero() || at.Before(a.First) {
			a.First = at
		}
		if at.After(a.Last) {
			a.Last = at
		}
		if at.After(now.AddDate(-1, 0, 0)) && !at.After(now) {
			a.LastYear++
		}
		who[strings.ToLower(address)] = true
	}
	a.Contributors = len(who)
	return a, nil
}
