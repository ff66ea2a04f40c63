package verify

import "fmt"

// Evidence that exceeds a limit is refused evidence (check limit). They bound
// what a hostile bundle can cost; real ones stay far below.
const (
	maxPayload     = 8 << 20  // bytes of a DSSE payload
	maxDepth       = 64       // nested objects and arrays in a payload
	maxKeys        = 4096     // members of one JSON object
	maxSignatures  = 8        // signatures of an envelope, of which one is read
	maxLogEntries  = 8        // transparency log entries in a bundle
	maxTimestamps  = 8        // RFC 3161 timestamps in a bundle
	maxTimestamp   = 64 << 10 // bytes of one timestamp
	maxSubjects    = 1024     // subjects of a statement
	maxDigests     = 16       // digests of one subject
	maxChain       = 8        // certificates in a chain
	maxCertificate = 64 << 10 // bytes of one certificate
	maxEntryBody   = 1 << 20  // bytes of a log entry's canonical body
	maxProofHashes = 64       // hashes of an inclusion proof: a tree of 2^64 leaves
)

func overLimit(what string, got, limit int) *Rejection {
	return &Rejection{Check: CheckLimit,
		Want: fmt.Sprintf("at most %d %s", limit, what),
		Got:  fmt.Sprint(got)}
}
