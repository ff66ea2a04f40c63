package verify

import (
	"errors"
	"fmt"
	"slices"

	serrors "github.com/slsa-framework/slsa-verifier/v2/errors"
)

// Check names what was examined. The names are the same in text, JSON,
// documentation and tests.
type Check string

// The checks, roughly in the order in which Verify makes them.
const (
	CheckBundle       Check = "bundle"       // well formed, of a known version, one signature
	CheckLimit        Check = "limit"        // within the limits of this package
	CheckSignature    Check = "signature"    // made by the key or certificate over these bytes
	CheckSubject      Check = "subject"      // is about this artifact
	CheckTransparency Check = "transparency" // is in a log that the root trusts, bound to this signature
	CheckTimestamp    Check = "timestamp"    // a trusted clock says when
	CheckCertificate  Check = "certificate"  // chains to the root, was valid then, is in a certificate log
	CheckIdentity     Check = "identity"     // the signer is the one asked for
	CheckIssuer       Check = "issuer"       // whoever vouched for the signer is the one asked for
	CheckSource       Check = "source"       // built from this repository
	CheckSigner       Check = "signer"       // signed by this workflow
	CheckRef          Check = "ref"          // from this tag or branch
	CheckCommit       Check = "commit"       // from this commit
	CheckEvent        Check = "event"        // started by an event that may release
	CheckRunner       Check = "runner"       // on a runner that may release
	CheckPredicate    Check = "predicate"    // a statement of the kind asked for, agreeing with the certificate
	CheckBuilder      Check = "builder"      // made by a builder that is trusted to make it
	CheckInput        Check = "input"        // the workflow was given these inputs
	CheckLevel        Check = "level"        // supports this SLSA Build level
	CheckCoverage     Check = "coverage"     // some bundle names this artifact at all
)

// A Rejection is the evidence saying no. It names the expectation that failed
// and puts what was wanted beside what was got. Want and Got come from policy,
// bundle and certificate as they are: escape them before they reach a person.
type Rejection struct {
	Check Check
	Want  string
	Got   string
	Why   string // what happened, in a sentence for a person; may be empty
	Hint  string // what to do about it; never a way around a check that an attack would fail
	Err   error  // the cause from a library, if there is one
}

func (r *Rejection) Error() string {
	msg := string(r.Check) + ": "
	switch {
	case r.Want != "" && r.Got != "":
		msg += fmt.Sprintf("want %s, got %s", r.Want, r.Got)
	case r.Want != "":
		msg += "want " + r.Want
	case r.Got != "":
		msg += "got " + r.Got
	}
	if r.Why != "" {
		if r.Want != "" || r.Got != "" {
			msg += ": "
		}
		msg += r.Why
	}
	if r.Err != nil {
		msg += ": " + r.Err.Error()
	}
	return msg
}

func (r *Rejection) Unwrap() error { return r.Err }

// Is lets callers who know slsa-verifier's errors ask for them by errors.Is.
func (r *Rejection) Is(target error) bool { return slices.Contains(equivalents[r.Check], target) }

// equivalents are slsa-verifier's names of the same failed expectations.
var equivalents = map[Check][]error{
	CheckSource:    {serrors.ErrorMismatchSource},
	CheckRef:       {serrors.ErrorMismatchTag, serrors.ErrorMismatchBranch, serrors.ErrorMismatchVersionedTag, serrors.ErrorInvalidRef},
	CheckSubject:   {serrors.ErrorMismatchHash},
	CheckBuilder:   {serrors.ErrorMismatchBuilderID},
	CheckSigner:    {serrors.ErrorMismatchBuilderID, serrors.ErrorUntrustedReusableWorkflow},
	CheckSignature: {serrors.ErrorInvalidSignature},
	CheckIssuer:    {serrors.ErrorInvalidOIDCIssuer},
	CheckInput:     {serrors.ErrorMismatchWorkflowInputs},
	CheckLevel:     {serrors.ErrorInvalidSLSALevel},
}

// ErrPolicy marks a policy that cannot be meant: empty, contradictory or
// malformed. It is the operator's mistake and says nothing of the evidence.
var ErrPolicy = errors.New("policy")

func policyError(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrPolicy}, args...)...)
}
