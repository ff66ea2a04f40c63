package review

import "time"

// RecordType is the media type of a record's document.
const RecordType = "application/vnd.hallmark.review-record.v1+json"

// A Record is everything that a judgement rests on: one document, and the
// bytes of bundles, workflows and texts beside it. It holds no time but those
// that were told, and its own clock.
type Record struct {
	MediaType  string        `json:"mediaType"`
	Tool       string        `json:"tool"`  // version of the collector
	Clock      time.Time     `json:"clock"` // when it was collected; "now" for the judgement
	Since      time.Time     `json:"since"` // releases published before were not looked at
	Repository Repository    `json:"repository"`
	Releases   List[Release] `json:"releases"` // every published one since then, in any order
	Git        Git           `json:"git"`
	Rules      Rules         `json:"rules"`
	Changes    List[Change]  `json:"changes"` // pull requests that changed a workflow
	Issues     List[Issue]   `json:"issues"`  // that Allstar may have opened
	Documents  []Document    `json:"documents,omitzero"`
	Blobs      Blobs         `json:"-"` // by SHA-256
}

// An Answer says how a question was answered: by whom, when, and what the
// answer's bytes were. Its zero value is a question that nobody asked.
type Answer struct {
	Source  string    `json:"source,omitzero"`  // address, path or git revision
	Time    time.Time `json:"time,omitzero"`    // when it was asked
	SHA256  string    `json:"sha256,omitzero"`  // of the answer's bytes, in hex
	Unknown string    `json:"unknown,omitzero"` // why it could not be answered
}

// Known tells whether the question was asked and answered.
func (a Answer) Known() bool { return a.Unknown == "" && a.Source != "" }

// Why says why an answer is not known.
func (a Answer) Why() string {
	if a.Unknown == "" {
		return "not asked"
	}
	return a.Unknown
}

// A List is an answer of many items. Without a known answer an empty one says
// nothing.
type List[T any] struct {
	Asked Answer `json:"asked,omitzero"`
	Items []T    `json:"items,omitzero"`
}

// Repository is the project as the forge knows it. Its numbers survive
// renames; certificates name them.
type Repository struct {
	Asked         Answer    `json:"asked,omitzero"`
	Name          string    `json:"name"` // OWNER/NAME
	ID            string    `json:"id,omitzero"`
	OwnerID       string    `json:"ownerId,omitzero"`
	DefaultBranch string    `json:"defaultBranch,omitzero"`
	Private       bool      `json:"private,omitzero"`
	Created       time.Time `json:"created,omitzero"`
}

// A Document is a text of the project or about it. Its content is the blob of
// the answer's digest.
type Document struct {
	Kind   Kind      `json:"kind"`
	Name   string    `json:"name"`            // its path, or how it was called by who gave it
	Commit string    `json:"commit,omitzero"` // of the project, at which it was read
	Added  time.Time `json:"added,omitzero"`  // by the first commit that has the path, in its author's word
	Asked  Answer    `json:"asked"`
}

// Kind says what a document is for.
type Kind string

// The kinds of documents.
const (
	WorkflowDocument    Kind = "workflow"           // of .github/workflows at a release's commit, or an action of the project's own
	GuideDocument       Kind = "guide"              // what users read and use: README, SECURITY, pages of docs, policy files
	AllstarDocument     Kind = "allstar"            // Allstar's configuration
	UpdatesDocument     Kind = "dependency-updates" // configuration of a dependency update tool
	FuzzingDocument     Kind = "fuzzing"            // a fuzz target or its configuration
	BadgeDocument       Kind = "badge"              // the project's entry at bestpractices.dev
	ScorecardDocument   Kind = "scorecard"          // a result of OpenSSF Scorecard
	CriticalityDocument Kind = "criticality"        // inputs or result of the criticality score
	CensusDocument      Kind = "census"             // list of critical projects, one repository a line
	PolicyDocument      Kind = "policy"             // the policy that was asked for
	RootDocument        Kind = "trusted-root"       // what was trusted
)

// content returns a document's text, if the record holds it.
func (r *Record) content(d Document) ([]byte, bool) {
	data, ok := r.Blobs[d.Asked.SHA256]
	return data, ok && d.Asked.Known()
}
