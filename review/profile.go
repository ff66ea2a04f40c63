package review

import "time"

// Profile is a programme's own questions, answered from the findings.
type Profile string

// The profiles. None asks nothing more.
const (
	NoProfile   Profile = ""
	SOSProfile  Profile = "sos"
	OSPSProfile Profile = "osps"
)

// An Answered is one question of a programme with what answers it.
type Answered struct {
	Name      string    `json:"name"`
	Asks      string    `json:"asks"`
	Outcome   Outcome   `json:"outcome"`
	Grade     Grade     `json:"grade,omitzero"`
	Says      string    `json:"says"`
	Completed time.Time `json:"completed,omitzero"` // when the work was there at the latest
	By        string    `json:"by,omitzero"`        // who says when
	InTime    Outcome   `json:"inTime,omitzero"`    // completed after the programme's first day
	Findings  []string  `json:"findings,omitzero"`  // names of those it rests on
	Evidence  []Pointer `json:"evidence,omitzero"`
}

// finding returns the finding of a name.
func (r *Report) finding(name string) Finding {
	for _, f := range r.Findings {
		if f.Name == name {
			return f
		}
	}
	return Finding{Name: name, Outcome: Unknown}
}

// combine gives the outcome of several claims that must all hold.
func combine(outcomes ...Outcome) Outcome {
	all := NotApplicable
	for _, o := range outcomes {
		switch {
		case o == False:
			return False
		case o == Unknown:
			all = Unknown
		case o == True && all == NotApplicable:
			all = True
		}
	}
	return all
}
