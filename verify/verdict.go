package verify

import (
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
)

// A Verdict says what was established about one artifact by one bundle. It
// exists only when every check passed; there is no field that says so.
type Verdict struct {
	// Artifact is the artifact that was asked about.
	Artifact *intoto.ResourceDescriptor
	// Question is the question that the policy asked and the bundle answered.
	Question Question
	// Signer is who signed.
	Signer Signer
	// Facts are what is known of the build, each with who established it.
	Facts []Fact
	// Times are the trusted times of the signature, earliest first.
	Times []Time
	// Uncounted says why a timestamp in the bundle counts for nothing: it is
	// no trusted authority's, or not over this signature, or a second one.
	Uncounted []error
	// Logs are the transparency log entries that were verified.
	Logs []LogEntry
	// Statement sums up the in-toto statement; nil for a message signature.
	Statement *Statement
	// Level is the SLSA Build level that the evidence supports, or that the
	// verifier names whose summary was asked for; nil where nothing was asked of
	// the build, or the verifier names none.
	Level *Level
	// Summary is what the verifier says whose summary was asked for; nil where
	// none was.
	Summary *Summary
	// NotBelieved lists what a statement says against its certificate. Only
	// the signature question lets that pass, and believes none of it.
	NotBelieved []Disagreement
	// InputsNotChecked names the workflow inputs that no policy spoke of.
	InputsNotChecked []string
}

// Signer is who signed: an identity from a certificate, or a key.
type Signer struct {
	Identity string // the certificate's subject alternative name
	Issuer   string // who vouched for the identity
	Key      string // SHA-256 of the public key, where a key signed
}

// Established says who vouches for a fact.
type Established string

// Who may vouch. The certificate cannot be forged by the workflow that signs,
// the statement is written by it.
const (
	ByCertificate Established = "certificate"
	SelfAsserted  Established = "self-asserted"
)

// A Fact is one thing known of a build.
type Fact struct {
	Name  FactName
	Value string
	By    Established
}

// Fact returns the value of the named fact and who established it, or zeros.
func (v *Verdict) Fact(name FactName) Fact {
	for _, f := range v.Facts {
		if f.Name == name {
			return f
		}
	}
	return Fact{}
}

// Time is a moment at which the signature existed, and who says so.
type Time struct {
	Time   time.Time
	Source TimeSource
	URI    string // of the log or authority
}

// TimeSource is the kind of service that vouches for a time.
type TimeSource string

// The two kinds of trusted clock.
const (
	LogTime       TimeSource = "log"
	AuthorityTime TimeSource = "timestamp authority"
)

// LogEntry is one verified transparency log entry.
type LogEntry struct {
	URI   string // the log's base URL, as the trusted root names it
	Index int64  // the entry's index in the log; with Proof alone, in its shard
	Kind  string // kind and version, such as dsse/0.0.1
	Proof Proof
}

// Proof is what shows that an entry is in a log.
type Proof string

// An inclusion proof shows that the entry is in the log; a promise is the
// log's signed word that it will be.
const (
	InclusionProof   Proof = "inclusion proof"
	InclusionPromise Proof = "inclusion promise only"
)

// Statement sums up a verified in-toto statement.
type Statement struct {
	PredicateType string
	Subject       string // the name under which the statement knows the artifact
	Subjects      int
	Dependencies  int      // resolved dependencies or materials that it lists
	Parameters    int      // external parameters that it lists
	UnknownFields []string // members of the statement that in-toto does not define
}

// Level is a SLSA Build level and the reason for it.
type Level struct {
	Build int
	Why   string
}

// A Disagreement is a fact on which the statement contradicts the certificate.
type Disagreement struct {
	Name        FactName
	Certificate string
	Statement   string
}
