// Package trust is the one place that knows where trust comes from: whom to
// believe when verifying ([Options.Root]), whom to ask when signing
// ([Options.SigningConfig]), and who is signing ([Identity.Token]).
//
// A trusted root is, in this order, the file that a flag names; what the TUF
// repository of the public Sigstore instance, or of the mirror that a flag
// names, signs at most a day ago; the newest valid copy of that in the user's
// cache; the copy compiled into the program. Which one it was, and its digest,
// go into every result. No environment variable and no file in the current
// directory takes part.
//
// Bad weather is told from bad metadata: a repository that cannot be reached
// leads to the next source with a warning, metadata that is expired, rolled back
// or wrongly signed is an error, and nothing is fallen back on.
package trust

import (
	"errors"
	"net/http"
	"time"
)

// ErrRoot marks a trusted root, signing config or TUF root that was named by
// the operator and cannot be used. Its other errors are weather or attack.
var ErrRoot = errors.New("unusable trust material")

// Options choose the trust material of a run. The zero value is the embedded
// root, offline.
type Options struct {
	// RootFile and ConfigFile replace the TUF repository's targets.
	RootFile, ConfigFile string
	// Mirror and TUFRoot name another TUF repository and the root metadata to
	// begin with; both or neither. Empty is the public Sigstore instance.
	Mirror  string
	TUFRoot []byte
	// Dir is the folder for the cache, the user's own; empty keeps none.
	Dir string
	// Transport makes the requests. nil is offline: no socket is opened.
	Transport http.RoundTripper
	// Now is the time by which a day is over and ages are given.
	Now time.Time
}

// maxFile limits a trusted root or signing config; the public one is 7 kB.
const maxFile = 16 << 20
