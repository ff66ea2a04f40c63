package review

// A Finding is a claim that would speak for the project, and whether it holds.
type Finding struct {
	ID       string   `json:"id"`   // E1 to E21
	Name     string   `json:"name"` // of the claim, unique
	Claim    string   `json:"claim"`
	Grade    Grade    `json:"grade"`
	Outcome  Outcome  `json:"outcome"`
	Why      string   `json:"why,omitzero"`
	Baseline []string `json:"baseline,omitzero"` // OSPS Baseline controls that it speaks to
	Cases    []Case   `json:"cases,omitzero"`    // what made the outcome
}

// Grade says what a finding rests on.
type Grade string

// The grades, best first.
const (
	GradeA Grade = "A" // cryptographic, with a clock of its own
	GradeB Grade = "B" // recorded by the forge's server
	GradeC Grade = "C" // said by the project
)

// Outcome says whether a claim holds.
type Outcome string

// The outcomes. Unknown is what could not be asked.
const (
	True          Outcome = "true"
	False         Outcome = "false"
	Unknown       Outcome = "unknown"
	NotApplicable Outcome = "not applicable"
)

// A Case is one place that a finding rests on.
type Case struct {
	Release  string    `json:"release,omitzero"`
	Asset    string    `json:"asset,omitzero"`
	Says     string    `json:"says"`
	Path     string    `json:"path,omitzero"` // of a file of the repository, for line and column
	Line     int       `json:"line,omitzero"`
	Column   int       `json:"column,omitzero"`
	Evidence []Pointer `json:"evidence,omitzero"`
}

// A Pointer names an item of the record.
type Pointer struct {
	Source string `json:"source"`
	SHA256 string `json:"sha256,omitzero"`
}

func (a Answer) pointer() Pointer { return Pointer{Source: a.Source, SHA256: a.SHA256} }
