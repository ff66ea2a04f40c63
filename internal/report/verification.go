package report

import (
	"errors"

	"github.com/hallmark-project/hallmark/verify"
)

// Verification is the outcome of verifying one or more targets.
type Verification struct {
	Results  []Result
	LeftOut  []LeftOut
	Root     RootInfo
	Question verify.Question
}

// Result is what was found of one target. It is verified where it has a verdict
// and in no other case. Verdict is about the target or, where Via names one, about
// the checksum file that lists the target with its digest.
type Result struct {
	Name    string
	Digest  map[string]string // lower-case hex by algorithm
	Stated  bool              // Digest is what GitHub states of a file that nobody here has read
	Verdict *verify.Verdict
	Bundle  string    // what Verdict rests on
	Via     string    // the checksum file that the verdict is about; "" where it is about the target
	Refused []Refusal // the bundles that did not satisfy the policy, or why there are none
	Inputs  []string  // SHA-256 of the bundles that the outcome rests on, in hex
}

// Refusal is one bundle that did not satisfy the policy. Err is a
// *verify.Rejection where the evidence says no; any other error means that it
// could not be decided. A refusal that is about no bundle at all names none.
type Refusal struct {
	Bundle string
	Err    error
	Via    string // the checksum file that the bundle is of, where it is not the target
}

// LeftOut is a file among those named that is no artifact, and why not.
type LeftOut struct{ Name, Reason string }

// RootInfo says whom the verdicts trust.
type RootInfo struct {
	Source  string // where the trusted root came from, for a person
	SHA256  string // of its bytes, in hex
	Default bool   // the one that is trusted where nobody chooses; goes without saying in text
}

// Status is the outcome of one target, in the word that people and programs see.
type Status string

// A target is verified, rejected by the evidence, or undecided: no bundle
// satisfied the policy, and one at least could not be looked at.
const (
	Verified  Status = "verified"
	Rejected  Status = "rejected"
	Undecided Status = "undecided"
)

// Status is the target's outcome.
func (r *Result) Status() Status {
	if r.Verdict != nil {
		return Verified
	}
	for _, refusal := range r.Refused {
		if !isRejection(refusal.Err) {
			return Undecided
		}
	}
	return Rejected
}

// refusals are why the target was refused, never none where it was.
func (r *Result) refusals() []Refusal {
	if len(r.Refused) == 0 && r.Verdict == nil {
		return []Refusal{{Err: &verify.Rejection{Check: verify.CheckCoverage, Why: "no bundle names this file"}}}
	}
	return r.Refused
}

// Failed joins the errors of the targets that are not verified, or returns nil
// if all are: those that refused a rejected target, those that left an undecided
// one open. No targets at all is a failure of coverage.
func (v *Verification) Failed() error {
	if len(v.Results) == 0 {
		return &verify.Rejection{Check: verify.CheckCoverage, Want: "something to verify", Got: "no target"}
	}
	var all []error
	for i := range v.Results {
		r := &v.Results[i]
		if r.Verdict != nil {
			continue
		}
		for _, refusal := range r.refusals() {
			if r.Status() == Rejected || !isRejection(refusal.Err) {
				all = append(all, refusal.Err)
			}
		}
	}
	return errors.Join(all...)
}

func (v *Verification) count(s Status) int {
	n := 0
	for i := range v.Results {
		if v.Results[i].Status() == s {
			n++
		}
	}
	return n
}

func isRejection(err error) bool {
	var r *verify.Rejection
	return errors.As(err, &r)
}
