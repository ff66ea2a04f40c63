package review

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// What others say of the project: quoted, never imitated.

// scorecardResult is what is read of a Scorecard result, of its API or its
// command.
type scorecardResult struct {
	Date      string `json:"date"`
	Scorecard struct {
		Version string `json:"version"`
	} `json:"scorecard"`
	Checks []struct {
		Name   string `json:"name"`
		Score  int    `json:"score"`
		Reason string `json:"reason"`
	} `json:"checks"`
}

// badge is what is read of an entry at bestpractices.dev, which is what the
// project says of itself; the server keeps the dates.
type badge struct {
	Level          string    `json:"badge_level"`
	Passing        time.Time `json:"achieved_passing_at"`
	FirstPassing   time.Time `json:"first_achieved_passing_at"`
	SignedReleases string    `json:"signed_releases_status"`
}

// readScorecard returns the newest result that can be read, and its document.
func readScorecard(r *Record) (*scorecardResult, Document) {
	for _, d := range r.Documents {
		data, ok := r.content(d)
		if !ok || d.Kind != ScorecardDocument {
			continue
		}
		var s scorecardResult
		if json.Unmarshal(data, &s) == nil && len(s.Checks) > 0 {
			return &s, d
		}
	}
	return nil, Document{}
}

// readBadge returns the project's entry: the API answers with a list of those
// that have its address.
func readBadge(r *Record) (*badge, Document) {
	for _, d := range r.Documents {
		data, ok := r.content(d)
		if !ok || d.Kind != BadgeDocument {
			continue
		}
		var list []badge
		if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
			list = make([]badge, 1)
			if json.Unmarshal(data, &list[0]) != nil {
				continue
			}
		} else if json.Unmarshal(data, &list) != nil || len(list) == 0 {
			continue
		}
		return &list[0], d
	}
	return nil, Document{}
}

// grade is who vouches for a document: the server that it was had from, or
// whoever gave the file.
func (d Document) grade(server string) Grade {
	if strings.HasPrefix(d.Asked.Source, server) {
		return GradeB
	}
	return GradeC
}
