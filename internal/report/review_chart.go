package report

import (
	"fmt"

	"github.com/hallmark-project/hallmark/review"
)

// A chart draws a column for each release, oldest first, as high as what is
// covered of it.
type chart struct {
	Width, Height int
	Base, Top     float64 // of the columns
	Columns       []column
	Adopted       *marker
	Before        int // releases that are not drawn
	Says          string
}

// A column is one release.
type column struct {
	X, Width  float64
	Segments  []segment
	Title     string
	Tag, Date string // where there is room for them
	Middle    float64
	Late      bool // something of grade A speaks against it
}

// A segment is a part of a bar in one state: where it begins, and its length.
type segment struct {
	State    string
	At, Size float64
}

// A marker stands where signing begins.
type marker struct {
	X      float64
	Anchor string // of its text: start or end
	Text   string
}

const (
	chartWidth   = 720
	chartHeight  = 190
	chartTop     = 34.0
	chartBase    = 146.0
	chartColumns = 120
	columnRoom   = 56.0 // at least, for a column's name
)

func (r *Review) chart() chart {
	c := chart{Width: chartWidth, Height: chartHeight, Base: chartBase, Top: chartTop, Before: max(0, len(r.Releases)-chartColumns)}
	drawn := r.Releases[c.Before:]
	if len(drawn) == 0 {
		return c
	}
	against := r.graveFor()
	room := float64(chartWidth) / float64(len(drawn))
	width := min(room*0.72, 34)
	every := 1
	for float64(every)*room < columnRoom {
		every++
	}
	whole := 0
	for i := range drawn {
		rel := &drawn[i]
		at := float64(i)*room + (room-width)/2
		col := column{X: round(at), Width: round(width), Middle: round(at + width/2), Late: against[rel.Tag],
			Title: fmt.Sprintf("%s, %s: %s covered", fileName(rel.Tag), date(rel.Published), covered(rel.Count))}
		for _, s := range segments(rel, chartBase-chartTop) {
			col.Segments = append(col.Segments, segment{s.State, round(chartBase - s.At - s.Size), s.Size})
		}
		if i%every == 0 {
			col.Tag, col.Date = clipTag(rel.Tag), rel.Published.UTC().Format("Jan 2006")
		}
		if rel.Count.Artifacts > 0 && rel.Count.Covered == rel.Count.Artifacts {
			whole++
		}
		if r.Adoption != nil && rel.Tag == r.Adoption.Tag && c.Adopted == nil {
			c.Adopted = &marker{X: round(float64(i) * room), Anchor: "start", Text: "first verified " + spelled(r.Adoption.Time)}
			if c.Adopted.X > chartWidth/2 {
				c.Adopted.Anchor = "end"
			}
		}
		c.Columns = append(c.Columns, col)
	}
	c.Says = fmt.Sprintf("%s from %s to %s, %d of them covered whole", count(len(drawn), "release"),
		spelled(drawn[0].Published), spelled(drawn[len(drawn)-1].Published), whole)
	if c.Adopted != nil {
		c.Says += "; " + c.Adopted.Text + ", " + fileName(r.Adoption.Tag)
	}
	return c
}

// graveFor tells for which releases a claim of grade A fails.
func (r *Review) graveFor() map[string]bool {
	tags := make(map[string]bool)
	for _, f := range r.with(review.False) {
		for _, c := range f.Cases {
			if f.Grade == review.GradeA {
				tags[c.Release] = true
			}
		}
	}
	return tags
}

// segments divide a length among the states of a release's artifacts.
func segments(r *review.ReleaseCoverage, length float64) []segment {
	n := make(map[review.State]int)
	for _, a := range r.Assets {
		n[a.State]++
	}
	all := n[review.Covered] + n[review.ViaManifest] + n[review.Refused] + n[review.UnknownState] + n[review.Uncovered]
	if all == 0 {
		return nil
	}
	var parts []segment
	at := 0.0
	for _, p := range []struct {
		state string
		n     int
	}{
		{"covered", n[review.Covered] + n[review.ViaManifest]}, {"refused", n[review.Refused]},
		{"unknown", n[review.UnknownState]}, {"uncovered", n[review.Uncovered]},
	} {
		if p.n > 0 {
			size := round(length * float64(p.n) / float64(all))
			parts = append(parts, segment{p.state, round(at), size})
			at += size
		}
	}
	return parts
}

// clipTag keeps a tag within its column.
func clipTag(tag string) string {
	const most = 9
	if runes := []rune(tag); len(runes) > most {
		tag = string(runes[:most-1]) + "…"
	}
	return name(tag)
}

// round keeps a page's numbers short, and the same on every machine.
func round(v float64) float64 { return float64(int64(v*100+0.5)) / 100 }
