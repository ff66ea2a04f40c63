package report

import (
	"fmt"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// VSAs sums each release up as [Verification.VSA] does what was verified. The
// policy is about a release as a whole: it passed where every artifact in it is
// covered, and where one is not, all of it failed. A release of which too much is
// unknown has no summary, and neither has one that offers nothing. A file that
// only serves to verify others is no subject unless it was verified itself. The
// error is that a control was accepted, which must be refused.
//
// Of about, the resource is what a tag's release is called, and the policy that of
// a project of which nothing verified; else it is the report's, as it stands there.
func (r *Review) VSAs(about VSA, resource func(tag string) string) ([]*intoto.Statement, error) {
	if r.Identity != nil {
		about.Policy = []byte(r.Identity.Policy)
	}
	for _, c := range r.Controls {
		if c.Outcome == review.False {
			return nil, fmt.Errorf("control %s was accepted, so nothing here can be vouched for", name(c.Name))
		}
	}
	about.Time = r.Clock
	var all []*intoto.Statement
	for i := range r.Releases {
		s := newReleaseSummary(&r.Releases[i])
		if len(s.subjects) == 0 {
			continue
		}
		about.Resource = resource(r.Releases[i].Tag)
		predicate, err := about.predicate(s.result, s.levels, s.inputs)
		if err != nil {
			return nil, fmt.Errorf("verification summary of %s: %w", r.Releases[i].Tag, err)
		}
		all = append(all, &intoto.Statement{Type: intoto.StatementTypeUri, Subject: s.subjects, PredicateType: verify.SummaryPredicate, Predicate: predicate})
	}
	return all, nil
}

// A releaseSummary is what a summary says of a release; without subjects nothing.
type releaseSummary struct {
	result   string
	levels   []any
	subjects []*intoto.ResourceDescriptor
	inputs   []string
}

func newReleaseSummary(c *review.ReleaseCoverage) releaseSummary {
	n := c.Count
	s := releaseSummary{result: "PASSED", levels: levelsOf(c)}
	switch {
	case n.Artifacts == 0 || n.Covered+n.Unknown == n.Artifacts && n.Unknown > 0:
		return s
	case n.Covered < n.Artifacts:
		s.result, s.levels = "FAILED", []any{"FAILED"}
	}
	for _, a := range c.Assets {
		verified := a.State == review.MaterialFile && a.Bundle != "" && s.result == "PASSED"
		if a.SHA256 == "" || a.State == review.UnknownState || a.State == review.MaterialFile && !verified {
			continue
		}
		s.subjects = append(s.subjects, &intoto.ResourceDescriptor{Name: a.Name, Digest: map[string]string{"sha256": a.SHA256}})
		s.inputs = append(s.inputs, a.Bundle)
		for _, refused := range a.Refused {
			s.inputs = append(s.inputs, refused.Bundle)
		}
	}
	return s
}

// levelsOf is the lowest level of a release's artifacts. Where one was not asked
// how it was built, or only the checksum file that lists it, there is none.
func levelsOf(c *review.ReleaseCoverage) []any {
	lowest := 0
	for _, a := range c.Assets {
		if a.State == review.MaterialFile {
			continue
		}
		if a.State != review.Covered || a.Level == 0 {
			return []any{}
		}
		if lowest == 0 || a.Level < lowest {
			lowest = a.Level
		}
	}
	return []any{fmt.Sprintf("SLSA_BUILD_LEVEL_%d", lowest)}
}
