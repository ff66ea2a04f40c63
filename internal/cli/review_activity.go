package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// askActivity makes, of what the clone and the list of releases tell, the part
// that is known of the inputs of OpenSSF's criticality score: months since the
// project was created and last changed, contributors, commits a week and releases
// in the last year. A table that the operator has stands in its place.
func (c *collector) askActivity(ctx context.Context) error {
	given := slices.ContainsFunc(c.options.files, func(f givenFile) bool { return f.kind == review.CriticalityDocument })
	if c.clone == nil || given {
		return nil
	}
	now := c.record.Clock
	d := review.Document{Kind: review.CriticalityDocument, Name: "computed from the clone", Commit: c.record.Git.Head,
		Asked: review.Answer{Source: "git log " + c.record.Git.Head, Time: c.now()}}
	a, err := c.clone.Activity(ctx, now)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	created := a.First
	if at := c.record.Repository.Created; !at.IsZero() && at.Before(created) {
		created = at
	}
	columns := "repo.url,legacy.created_since,legacy.updated_since,legacy.contributor_count,legacy.commit_frequency"
	row := fmt.Sprintf("https://github.com/%s,%d,%d,%d,%.2f", c.project, months(created, now), months(a.Last, now), a.Contributors, float64(a.LastYear)/52)
	if year := now.AddDate(-1, 0, 0); c.options.releases == 0 && c.options.since.Before(year) { // else not all of them are here
		releases := 0
		for _, rel := range c.record.Releases.Items {
			if rel.Published.After(year) {
				releases++
			}
		}
		columns, row = columns+",legacy.recent_release_count", fmt.Sprintf("%s,%d", row, releases)
	}
	if err != nil {
		d.Asked.Unknown = err.Error()
	} else {
		d.Asked.SHA256 = c.keep([]byte(columns + "\n" + row + "\n"))
	}
	c.record.Documents = append(c.record.Documents, d)
	return nil
}

// months are those of thirty days that have passed.
func months(since, now time.Time) int {
	return max(0, int(now.Sub(since)/(30*24*time.Hour)))
}
