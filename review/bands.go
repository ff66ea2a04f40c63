package review

import (
	"fmt"
	"slices"
	"time"
)

// A Band is one of the programme's four, in its own words, with what speaks for
// it and what does not.
type Band struct {
	Reward   string      `json:"reward"`
	For      string      `json:"for"`
	Criteria []Criterion `json:"criteria"`
}

// A Criterion is a sign of complexity or of impact. A band's stand beside those
// of the bands below.
type Criterion struct {
	Kind     string    `json:"kind"` // complexity, impact or time
	Name     string    `json:"name"`
	Outcome  Outcome   `json:"outcome"`
	Says     string    `json:"says"`
	Findings []string  `json:"findings,omitzero"`
	Evidence []Pointer `json:"evidence,omitzero"`
}

// lasting is how long an improvement has to have held to be called so.
const lasting = 180 * 24 * time.Hour

// bands fills the worksheet. Which signs belong to which band is this
// project's reading of few words.
func (j *judge) bands(s *SOS) []Band {
	return []Band{
		{"$505", "small improvements that have merit for security", []Criterion{
			j.criterion("time", "the signing was adopted after 1 October 2021", "adopted-since"),
			j.anyVerified(),
		}},
		{"$1,000 to 5,000", "modest complexity and impact", []Criterion{
			j.reached("impact", "the latest releases verify, and nearly all since adoption", Verified, Enforced),
			j.criterion("impact", "users can follow a verification that works", "verification-documented"),
			j.criterion("complexity", "the change was reviewed by somebody else", "change-reviewed"),
		}},
		{"$5,000 to 10,000", "moderate complexity, compelling benefits for security", []Criterion{
			j.provenance(2),
			j.criterion("complexity", "no way to a publication leaves the signature out", "nothing-leaves-unsigned", "least-privilege"),
			j.criterion("impact", "what was signed stays as it is", "tags-protected", "releases-immutable"),
			critical(s.Criticality, 0.6, s.Criticality.Reaches06),
			j.downloads(),
		}},
		{"$10,000 or more", "complicated, lasting improvements of high impact that almost certainly prevent major vulnerabilities", []Criterion{
			j.provenance(3),
			j.reached("complexity", "signing is enforced", Enforced),
			j.held(),
			critical(s.Criticality, 0.7, s.Criticality.Reaches07),
		}},
	}
}

// criterion rests on findings that must all hold.
func (j *judge) criterion(kind, name string, findings ...string) Criterion {
	a := j.resting(Answered{}, findings...)
	return Criterion{Kind: kind, Name: name, Outcome: a.Outcome, Says: a.Says, Findings: findings, Evidence: a.Evidence}
}

func (j *judge) anyVerified() Criterion {
	n := j.report.Coverage.Since
	return Criterion{Kind: "impact", Name: "a release verifies", Outcome: outcomeOf(j.adopted != nil),
		Says: fmt.Sprintf("%d artifacts of %d releases since adoption are covered", n.Covered, n.Releases)}
}

func (j *judge) reached(kind, name string, verdicts ...Verdict) Criterion {
	v, reasons := j.verdict()
	c := Criterion{Kind: kind, Name: name, Outcome: outcomeOf(slices.Contains(verdicts, v)), Says: "the verdict is " + string(v)}
	if c.Outcome == False && len(reasons) > 0 {
		c.Says += ": " + reasons[0]
	}
	return c
}

func (j *judge) provenance(level int) Criterion {
	lowest, _ := j.levels()
	c := Criterion{Kind: "complexity", Name: fmt.Sprintf("provenance of SLSA Build L%d for every artifact since adoption", level)}
	switch whole := j.report.finding("artifacts-covered").Outcome; {
	case j.adopted == nil:
		c.Outcome, c.Says = False, "no release verifies"
	case lowest < level:
		c.Outcome, c.Says = False, fmt.Sprintf("the least is L%d", lowest)
	default:
		c.Outcome, c.Says = whole, fmt.Sprintf("what is covered reaches L%d", lowest)
	}
	return c
}

func (j *judge) downloads() Criterion {
	n := j.report.Coverage.Since
	c := Criterion{Kind: "impact", Name: "most of what is downloaded is covered", Outcome: Unknown, Says: "the forge counts no downloads"}
	if n.Downloads > 0 {
		c.Outcome = outcomeOf(n.DownloadsOfCovered*2 > n.Downloads)
		c.Says = fmt.Sprintf("%d of %d downloads since adoption are of covered artifacts", n.DownloadsOfCovered, n.Downloads)
	}
	return c
}

// held wants half a year and several releases without a gap.
func (j *judge) held() Criterion {
	c := Criterion{Kind: "impact", Name: "it lasts: half a year and three releases without a gap", Outcome: False, Says: "no release verifies", Findings: []string{"no-gap"}}
	if a := j.report.Adoption; a != nil {
		age, n := j.record.Clock.Sub(a.Time), len(j.sinceAdoption())
		c.Outcome = combine(outcomeOf(age >= lasting && n >= latest), j.report.finding("no-gap").Outcome)
		c.Says = fmt.Sprintf("%d releases in %d days since adoption", n, int(age.Hours()/24))
	}
	return c
}

func critical(c Criticality, threshold float64, reached Outcome) Criterion {
	says := fmt.Sprintf("criticality score between %.2f and %.2f", c.Least, c.Most)
	switch {
	case c.Why != "":
		says = c.Why
	case c.Official:
		says = fmt.Sprintf("criticality score %.2f", c.Least)
	case len(c.Missing) > 0:
		says += fmt.Sprintf(", %d inputs missing", len(c.Missing))
	}
	outcome := reached
	if c.Census == True {
		outcome, says = True, says+"; named by the census that was given"
	}
	return Criterion{Kind: "impact", Name: fmt.Sprintf("the project is critical: a score of %.1f or more, or in the census", threshold), Outcome: outcome, Says: says}
}
