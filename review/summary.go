package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
)

// SummaryType is the media type of a summary's document.
const SummaryType = "application/vnd.hallmark.review-summary.v1+json"

// A Summary is where each of many projects stands.
type Summary struct {
	MediaType string     `json:"mediaType"`
	Projects  []Standing `json:"projects"`
}

// A Standing is one project's: of its report what fits on a line, or why there
// is none.
type Standing struct {
	Project   string    `json:"project"`          // OWNER/NAME
	Folder    string    `json:"folder"`           // of its report and what that rests on
	Failed    Failed    `json:"failed,omitzero"`  // empty where it was judged
	Why       string    `json:"why,omitzero"`     // it has failed
	Verdict   Verdict   `json:"verdict,omitzero"` // this and what follows are the report's
	Reasons   []string  `json:"reasons,omitzero"`
	Clock     time.Time `json:"clock,omitzero"`
	Record    string    `json:"record,omitzero"`
	Adopted   time.Time `json:"adopted,omitzero"`
	AdoptedIn string    `json:"adoptedIn,omitzero"` // the release's tag
	Signer    string    `json:"signer,omitzero"`
	Coverage  *Coverage `json:"coverage,omitzero"`
	False     []string  `json:"false,omitzero"`   // names of the claims that do not hold
	Unknown   []string  `json:"unknown,omitzero"` // and of those of which that is not known
	Scorecard int       `json:"scorecard"`        // -1 where it would not say
}

// Failed says why a project has no verdict.
type Failed string

// Why there may be none. What is missing was never begun, or is in another shard.
const (
	FailedRefused   Failed = "refused"   // its evidence cannot be believed
	FailedAbsent    Failed = "absent"    // there is no such project, as far as strangers see
	FailedUndecided Failed = "undecided" // a service did not answer
	FailedMissing   Failed = "missing"
)

// Standing is the report on a line.
func (r *Report) Standing(folder string) Standing {
	s := Standing{Project: r.Project, Folder: folder, Verdict: r.Verdict, Reasons: r.Reasons, Clock: r.Clock, Record: r.Record,
		Coverage: &r.Coverage, Scorecard: r.Scorecard.Score}
	if a := r.Adoption; a != nil {
		s.Adopted, s.AdoptedIn = a.Time, a.Tag
	}
	if r.Identity != nil {
		s.Signer = r.Identity.Signer
	}
	for _, f := range r.Findings {
		switch f.Outcome {
		case False:
			s.False = append(s.False, f.Name)
		case Unknown:
			s.Unknown = append(s.Unknown, f.Name)
		}
	}
	return s
}

// Failure is the standing of a project that has no report.
func Failure(project string, failed Failed, why string) Standing {
	return Standing{Project: project, Folder: Folder(project), Failed: failed, Why: why, Scorecard: -1}
}

// NewSummary puts standings in the order of their folders.
func NewSummary(standings []Standing) *Summary {
	sorted := slices.SortedStableFunc(slices.Values(standings), func(a, b Standing) int { return cmp.Compare(a.Folder, b.Folder) })
	return &Summary{MediaType: SummaryType, Projects: sorted}
}

// Encode writes the summary's document.
func (s *Summary) Encode() ([]byte, error) { return encode(s) }

// ParseSummary reads a summary's document.
func ParseSummary(document []byte) (*Summary, error) {
	var s Summary
	if err := parse(document, &s); err != nil {
		return nil, err
	}
	if s.MediaType != SummaryType {
		return nil, recordError("media type %.100q: want %s", s.MediaType, SummaryType)
	}
	if len(s.Projects) > MaxProjects {
		return nil, recordError("more than %d projects", MaxProjects)
	}
	for _, p := range s.Projects {
		if !repositoryName.MatchString(p.Project) || p.Failed == "" && !p.Verdict.known() {
			return nil, recordError("project %.150q: no name, or no verdict", p.Project)
		}
	}
	return &s, nil
}

// ParseReport reads a report's document. That it is what a judgement came to is
// the word of whoever gave it: the record tells, judged again.
func ParseReport(document []byte) (*Report, error) {
	var r Report
	if err := parse(document, &r); err != nil {
		return nil, err
	}
	switch {
	case r.MediaType != ReportType:
		return nil, recordError("media type %.100q: want %s", r.MediaType, ReportType)
	case !repositoryName.MatchString(r.Project):
		return nil, recordError("project %.150q: want OWNER/NAME", r.Project)
	case !r.Verdict.known():
		return nil, recordError("verdict %.100q: nobody knows it", r.Verdict)
	case !hexSHA256.MatchString(r.Record):
		return nil, recordError("no digest of what was judged")
	}
	return &r, nil
}

func parse(document []byte, into any) error {
	if len(document) > MaxRecord {
		return recordError("more than %d bytes", MaxRecord)
	}
	if err := json.Unmarshal(document, into, json.RejectUnknownMembers(true)); err != nil {
		return recordError("%w", err)
	}
	return nil
}

func (v Verdict) known() bool {
	return slices.Contains([]Verdict{None, Declared, Present, Partial, Verified, Enforced}, v)
}
