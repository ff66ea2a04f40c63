package report

import (
	"io"
	"strings"

	"github.com/hallmark-project/hallmark/review"
)

// SARIF writes the claims that fail at a line of a file, as code scanning reads
// them. A place that fails in several releases is one result, which names them.
// What has no file, such as a release without a signature, cannot stand in it.
func (r *Review) SARIF(w io.Writer) error {
	run := newSARIF(r.Version)
	for i := range r.Findings {
		f := &r.Findings[i]
		run.rule(sarifRule{ID: f.Name, Name: f.Claim, Help: "The claim, of grade " + string(f.Grade) + ": " + f.Claim, URL: claimURL, Level: levelOf(f.Grade)})
	}
	for _, f := range r.with(review.False) {
		for _, p := range placesOf(f) {
			run.result(sarifResult{Rule: f.Name, Level: levelOf(f.Grade), Message: "not so: " + f.Claim + "; " + p.Says,
				Path: p.Path, Line: p.Line, Column: p.Column, Releases: p.releases})
		}
	}
	return run.write(w)
}

const claimURL = "https://github.com/hallmark-project/hallmark/blob/main/docs/review.md#claims"

// levelOf is SARIF's level for what rests on better or lesser evidence.
func levelOf(g review.Grade) string {
	if g == review.GradeA {
		return "error"
	}
	return "warning"
}

// A place is a line of a file with what is wrong there, in all the releases
// where it is.
type place struct {
	review.Case
	releases []string
}

// placesOf gathers a finding's cases that have a file, in their order.
func placesOf(f *review.Finding) []*place {
	type key struct {
		path, says   string
		line, column int
	}
	known := make(map[key]*place)
	var all []*place
	for _, c := range f.Cases {
		if c.Path == "" || strings.HasPrefix(c.Path, "/") {
			continue
		}
		k := key{c.Path, c.Says, c.Line, c.Column}
		p := known[k]
		if p == nil {
			p = &place{Case: c}
			known[k] = p
			all = append(all, p)
		}
		if n := len(p.releases); c.Release != "" && (n == 0 || p.releases[n-1] != c.Release) {
			p.releases = append(p.releases, c.Release)
		}
	}
	return all
}
