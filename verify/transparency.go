package verify

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
)

// transparency verifies every log entry of a log that the root knows, and
// wants at least one. An entry of a known log that fails is a refusal even
// beside a good one; an entry of an unknown log counts for nothing.
//
// Sigstore client specification, "Transparency log entry".
func transparency(e *entity, tm root.TrustedMaterial, p *Policy) ([]LogEntry, []Time, error) {
	logs := tm.RekorLogs()
	if len(logs) == 0 {
		return nil, nil, withoutLog(e, p)
	}
	var found []LogEntry
	var times []Time
	var unknown string
	for i, entry := range e.entries {
		log, ok := logs[hex.EncodeToString([]byte(entry.LogKeyID()))]
		if !ok {
			unknown = hex.EncodeToString([]byte(entry.LogKeyID()))
			continue
		}
		if duplicate(e.entries[:i], entry) {
			return nil, nil, &Rejection{Check: CheckTransparency, Why: "the same log entry stands twice in the bundle"}
		}
		verified, when, err := verifyEntry(e, entry, log, tm, p)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, verified)
		times = append(times, when...)
	}
	switch {
	case len(found) > 0 || p.AllowUnlogged:
		return found, times, nil
	case unknown != "":
		return nil, nil, &Rejection{Check: CheckTransparency, Want: "an entry in a log that the trusted root names", Got: "log " + unknown,
			Hint: "if this was signed with another Sigstore, give its root with --trusted-root FILE"}
	}
	return nil, nil, &Rejection{Check: CheckTransparency, Want: "a transparency log entry", Got: "none in the bundle"}
}

// withoutLog judges a signature in a trust domain that has no log, which is
// chosen with the root. A certificate of the domain then takes the log's
// place; a key alone belongs to no domain, so it cannot borrow this one's rule.
func withoutLog(e *entity, p *Policy) error {
	switch {
	case p.RequireInclusionProof:
		return &Rejection{Check: CheckTransparency, Want: "an inclusion proof", Got: "a trusted root that names no log"}
	case e.leaf == nil && !p.AllowUnlogged:
		return &Rejection{Check: CheckTransparency, Want: "an entry in a log that the trusted root names", Got: "a trusted root that names no log"}
	}
	return nil
}

func duplicate(before []*tlog.Entry, entry *tlog.Entry) bool {
	for _, b := range before {
		if b.LogKeyID() == entry.LogKeyID() && b.LogIndex() == entry.LogIndex() {
			return true
		}
	}
	return false
}

func verifyEntry(e *entity, entry *tlog.Entry, log *root.TransparencyLog, tm root.TrustedMaterial, p *Policy) (LogEntry, []Time, error) {
	fail := func(r *Rejection) (LogEntry, []Time, error) { return LogEntry{}, nil, r }
	if entry.HasInclusionPromise() && e.leaf != nil {
		if t := entry.IntegratedTime(); !validAt(e, t) {
			return fail(outsideValidity(e, t, "entry in the log"))
		}
	}
	if err := checkEntry(e, entry, log); err != nil {
		return LogEntry{}, nil, err
	}
	if !entry.HasInclusionPromise() && e.version == "v0.1" {
		return fail(&Rejection{Check: CheckTransparency, Want: "an inclusion promise, as bundle v0.1 must have", Got: "none"})
	}
	if !entry.HasInclusionProof() && (e.version == "v0.3" || entry.IsRekorV2()) {
		return fail(&Rejection{Check: CheckTransparency, Want: "an inclusion proof, as bundle " + e.version + " must have", Got: "none"})
	}
	if !entry.HasInclusionProof() && p.RequireInclusionProof {
		return fail(&Rejection{Check: CheckTransparency, Want: "an inclusion proof", Got: string(InclusionPromise)})
	}
	verified, err := proveEntry(e, entry, log, tm)
	if err != nil {
		return fail(&Rejection{Check: CheckTransparency, Why: "the log entry does not prove this signature", Err: err})
	}
	if entry.IsRekorV2() {
		if err := checkLoggedBody(entry.TransparencyLogEntry()); err != nil {
			return LogEntry{}, nil, err
		}
	}
	var times []Time
	for _, t := range verified {
		times = append(times, Time{Time: t.Time.UTC(), Source: LogTime, URI: log.BaseURL})
	}
	return describeEntry(entry, log), times, nil
}

// describeEntry says only what is authenticated: the outer index of a Rekor v1
// entry is signed by the promise, that of the shard by the proof.
func describeEntry(entry *tlog.Entry, log *root.TransparencyLog) LogEntry {
	tle := entry.TransparencyLogEntry()
	found := LogEntry{URI: log.BaseURL, Index: entry.LogIndex(), Proof: InclusionPromise,
		Kind: tle.GetKindVersion().GetKind() + "/" + tle.GetKindVersion().GetVersion()}
	if entry.HasInclusionProof() {
		found.Proof = InclusionProof
		if !entry.HasInclusionPromise() {
			found.Index = tle.GetInclusionProof().GetLogIndex()
		}
	}
	return found
}

// checkLogValidity refuses a signature made while its log's key was not in
// use. For a promise sigstore-go has compared the integrated time; a proof
// alone carries no time, so the timestamp authority's is compared here.
func checkLogValidity(e *entity, tm root.TrustedMaterial, times []Time) error {
	for _, entry := range e.entries {
		log, ok := tm.RekorLogs()[hex.EncodeToString([]byte(entry.LogKeyID()))]
		if !ok || entry.HasInclusionPromise() {
			continue
		}
		if log.ValidityPeriodStart.IsZero() {
			return &Rejection{Check: CheckTransparency, Want: fmt.Sprintf("log %s in use at the time of signing", log.BaseURL),
				Got: "a log key of which the trusted root does not say since when"}
		}
		for _, t := range times {
			if t.Time.Before(log.ValidityPeriodStart) || !log.ValidityPeriodEnd.IsZero() && t.Time.After(log.ValidityPeriodEnd) {
				return &Rejection{Check: CheckTransparency,
					Want: fmt.Sprintf("log %s in use at the time of signing", log.BaseURL),
					Got:  fmt.Sprintf("signed at %s, log key valid %s", stamp(t.Time), period(log.ValidityPeriodStart, log.ValidityPeriodEnd))}
			}
		}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func period(from, to time.Time) string {
	if to.IsZero() {
		return "since " + stamp(from)
	}
	return "from " + stamp(from) + " to " + stamp(to)
}
