package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// Blobs are bytes by their SHA-256 in lower-case hexadecimal.
type Blobs map[string][]byte

// Add keeps bytes and returns their digest.
func (b Blobs) Add(data []byte) string {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	b[digest] = data
	return digest
}

// check refuses blobs that are too large or not what their digest says, naming
// the first.
func (b Blobs) check() error {
	for _, digest := range slices.Sorted(maps.Keys(b)) {
		if len(b[digest]) > MaxBlob {
			return fmt.Errorf("blob %s: more than %d bytes", digest, MaxBlob)
		}
		sum := sha256.Sum256(b[digest])
		if got := hex.EncodeToString(sum[:]); got != digest {
			return fmt.Errorf("blob %s: its bytes have SHA-256 %s", digest, got)
		}
	}
	return nil
}
