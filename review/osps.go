package review

// OSPSVersion is the version of the OSPS Baseline whose controls are named.
const OSPSVersion = "2026.02.19"

// A control of the OSPS Baseline, in few words, with the findings that answer
// it. What a control asks beyond them is said.
type baselineControl struct {
	id, asks, beyond string
	findings         []string
}

// baselineControls are those of which the record tells anything.
var baselineControls = []baselineControl{
	{"OSPS-AC-03.01", "direct commits to the primary branch are stopped", "", []string{"branch-protected"}},
	{"OSPS-AC-03.02", "deletion of the primary branch is guarded", "", []string{"branch-protected"}},
	{"OSPS-AC-04.01", "a job that names no permissions gets the least", "the repository's own default is shown to administrators alone", []string{"least-privilege"}},
	{"OSPS-AC-04.02", "a job has no more permissions than it needs", "only the release's workflows were looked at", []string{"least-privilege"}},
	{"OSPS-BR-06.01", "every release is signed, or in a signed manifest with its hashes", "", []string{"artifacts-covered", "no-gap"}},
	{"OSPS-DO-03.01", "users are told how to verify integrity and authenticity", "", []string{"verification-documented"}},
	{"OSPS-DO-03.02", "users are told whom to expect as the author", "", []string{"verification-documented"}},
	{"OSPS-QA-07.01", "somebody else approves each change to the primary branch", "only the change that brought the signing was looked at", []string{"change-reviewed"}},
}

// assessOSPS answers the controls from the findings.
func assessOSPS(r *Report) []Answered {
	var all []Answered
	for _, c := range baselineControls {
		a := Answered{Name: c.id, Asks: c.asks, Says: c.beyond, Findings: c.findings}
		var outcomes []Outcome
		for _, name := range c.findings {
			f := r.finding(name)
			outcomes = append(outcomes, f.Outcome)
			a.Grade = max(a.Grade, f.Grade) // the weakest of them
			a.Evidence = append(a.Evidence, f.evidence()...)
		}
		if a.Outcome = combine(outcomes...); a.Outcome == NotApplicable {
			a.Outcome = Unknown
		}
		all = append(all, a)
	}
	return all
}

// evidence names the items that a finding's cases rest on, each once.
func (f Finding) evidence() []Pointer {
	const few = 5
	var all []Pointer
	seen := make(map[Pointer]bool)
	for _, c := range f.Cases {
		for _, p := range c.Evidence {
			if !seen[p] && len(all) < few {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	return all
}
