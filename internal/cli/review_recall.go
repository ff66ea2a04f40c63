package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/hallmark-project/hallmark/review"
)

// A review that was broken off goes on where it was: what an earlier run made of
// an asset's bytes is kept in the user's cache, where the bytes themselves serve
// for nothing more. GitHub never gives an asset's number to other bytes.

// recalled is what is kept of an asset.
type recalled struct {
	Digests map[string]string `json:"digests"`
	Flipped string            `json:"flipped"`
	Time    time.Time         `json:"time"` // of the download
}

func (c *collector) recalledAt(a *review.Asset) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s %s", c.project, a.ID, a.Size, a.Updated, a.Stated))
	return filepath.Join(c.cache, "assets", hex.EncodeToString(sum[:]))
}

// recall tells whether an earlier run has downloaded the asset.
func (c *collector) recall(a *review.Asset) bool {
	if c.cache == "" {
		return false
	}
	content, err := os.ReadFile(c.recalledAt(a))
	var r recalled
	if err != nil || json.Unmarshal(content, &r) != nil || len(r.Digests["sha256"]) != 2*sha256.Size {
		return false
	}
	a.Digests, a.Flipped = r.Digests, r.Flipped
	a.Bytes.SHA256, a.Bytes.Time = r.Digests["sha256"], r.Time
	return true
}

// remember keeps what was made of an asset, or does without.
func (c *collector) remember(a *review.Asset) {
	if c.cache == "" {
		return
	}
	content, err := json.Marshal(recalled{a.Digests, a.Flipped, a.Bytes.Time})
	if err != nil {
		return
	}
	name := c.recalledAt(a)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".hallmark-")
	if err != nil {
		return
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err != nil || closeErr != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}
