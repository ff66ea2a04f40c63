package cli

import (
	"strings"

	"github.com/xrash/smetrics"
)

// nearest is the name that word was most likely meant to be, or "" if none is
// near. A name that holds the word, or is held by it, counts as near: an option
// known from another tool is often ours with a prefix.
func nearest(word string, names []string) string {
	bare := strings.TrimLeft(word, "-")
	if len(bare) == 0 || len(bare) > 64 {
		return ""
	}
	best, bestDistance := "", (len(bare)+1)/2+1
	for _, name := range names {
		target := strings.TrimLeft(name, "-")
		distance := smetrics.WagnerFischer(bare, target, 1, 1, 1)
		if len(bare) > 2 && len(target) > 2 && (strings.Contains(target, bare) || strings.Contains(bare, target)) {
			distance = min(distance, len(bare)/2)
		}
		if distance < bestDistance {
			best, bestDistance = name, distance
		}
	}
	return best
}
