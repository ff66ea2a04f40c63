package review

import (
	"fmt"
	"slices"
	"time"
)

// E6 and E7: when.

// programmeStart is the day from which the reward programme counts work.
var programmeStart = time.Date(2021, time.October, 1, 0, 0, 0, 0, time.UTC)

func signedInTime(j *judge) Finding {
	f := Finding{ID: "E6", Name: "signed-in-time", Grade: GradeA,
		Claim: "releases were signed when they were published, by the clock of a log or a timestamp authority"}
	return j.perRelease(f, func(r *release, a *asset) (string, bool) {
		if a.coverage.Signed.IsZero() || r.Published.IsZero() {
			return "", false
		}
		if !r.late(a.coverage.Signed) {
			return "", true
		}
		return fmt.Sprintf("signed %d days after publication, on %s: retro-signed", int(a.coverage.Signed.Sub(r.Published).Hours()/24),
			a.coverage.Signed.Format("2006-01-02")), true
	})
}

func adoptedSince(j *judge) Finding {
	f := Finding{ID: "E7", Name: "adopted-since", Grade: GradeA,
		Claim: "the first verified release is from after " + programmeStart.Format("2 January 2006")}
	var against []Case
	for _, r := range slices.Concat(j.older, j.releases) {
		if s := r.coverage.Signed; s.IsZero() || !s.Before(programmeStart) {
			continue
		}
		a := r.covered()[0]
		against = append(against, Case{Says: "pre-existing: signed on " + r.coverage.Signed.Format("2006-01-02")}.of(r, a))
	}
	return f.settle(j.adopted != nil || len(j.older) > 0, against)
}

// earliest is the release that was signed first of all, those of before the
// record's day included.
func (j *judge) earliest() *release {
	var first *release
	for _, r := range slices.Concat(j.older, j.releases) {
		if s := r.coverage.Signed; !s.IsZero() && (first == nil || s.Before(first.coverage.Signed)) {
			first = r
		}
	}
	return first
}

// longTime is how far a commit's own date may lie before its release without
// remark.
const longTime = 90 * 24 * time.Hour

func commitDates(j *judge) Finding {
	f := Finding{ID: "E7", Name: "commit-dates", Grade: GradeC,
		Claim: "the dates that commits give themselves agree with the clocks of the logs"}
	var newest time.Time // of the commits of earlier releases
	return j.perRelease(f, func(r *release, a *asset) (string, bool) {
		c := j.record.Git.commit(a.coverage.Commit)
		if c == nil || c.Committed.IsZero() || a.coverage.Signed.IsZero() || r.late(a.coverage.Signed) {
			return "", false
		}
		before := newest
		if c.Committed.After(newest) {
			newest = c.Committed
		}
		dated, signed := c.Committed.UTC().Format("2006-01-02"), a.coverage.Signed.Format("2006-01-02")
		switch {
		case c.Committed.After(a.coverage.Signed.Add(tolerance)):
			return fmt.Sprintf("its commit is dated %s, after it was signed on %s", dated, signed), true
		case a.coverage.Signed.Sub(c.Committed) > longTime:
			return fmt.Sprintf("its commit is dated %s; the first clock to see it says %s", dated, signed), true
		case c.Committed.Before(before.Add(-longTime)):
			return fmt.Sprintf("its commit is dated %s, long before an earlier release's", dated), true
		}
		return "", true
	})
}
