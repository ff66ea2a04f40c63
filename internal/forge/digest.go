package forge

import (
	"fmt"
	"regexp"
)

var sha256Pattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// checkSHA256 keeps what is no digest out of addresses.
func checkSHA256(digest string) error {
	if !sha256Pattern.MatchString(digest) {
		return fmt.Errorf("%w of content, sha256:HEX: %.100q", ErrName, digest)
	}
	return nil
}
