package fakegithub

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Faults are what shall go wrong. The zero value is a good day.
type Faults struct {
	// Seed makes the dice fall the same way again.
	Seed uint64 `json:"seed,omitempty"`
	// Calls is the share of calls of the API that end in 502, 503 or a cut
	// connection; half of these are carried out nevertheless.
	Calls float64 `json:"calls,omitempty"`
	// Uploads is the share of uploads that fail: without a trace, with a
	// starter left behind, or with only the answer lost.
	Uploads float64 `json:"uploads,omitempty"`
	// Downloads is the share of transfers that break off half way.
	Downloads float64 `json:"downloads,omitempty"`
	// LimitAt numbers the requests of the API, from 1, that a spent rate limit
	// refuses; it is renewed after LimitFor, a second if zero.
	LimitAt  []int         `json:"limit_at,omitempty"`
	LimitFor time.Duration `json:"limit_for,omitempty"`
	// SecondaryAt numbers those that a secondary limit refuses, with
	// Retry-After if SecondaryFor is not zero.
	SecondaryAt  []int         `json:"secondary_at,omitempty"`
	SecondaryFor time.Duration `json:"secondary_for,omitempty"`
	// Anonymous and Token are how many calls an hour are allowed; zero is as
	// many as one likes.
	Anonymous int `json:"anonymous,omitempty"`
	Token     int `json:"token,omitempty"`
	// Inline has attestations come with their bundles, as until July 2026.
	Inline bool `json:"inline,omitempty"`
	// NoBundle has them come with neither bundle nor address.
	NoBundle bool `json:"no_bundle,omitempty"`
}

func (s *Server) faultsFile() string { return filepath.Join(s.dir, "faults.json") }

// SetFaults has things go wrong from the next request on.
func (s *Server) SetFaults(f Faults) error {
	content, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.faultsFile()+".new", content, 0o644); err != nil {
		return err
	}
	return os.Rename(s.faultsFile()+".new", s.faultsFile())
}

func (s *Server) faults() (Faults, error) {
	var f Faults
	content, err := os.ReadFile(s.faultsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &f)
	}
	return f, err
}

// dice fall as their seed wills.
type dice struct {
	mu   sync.Mutex
	seed uint64
	from *rand.Rand
}

// roll gives a number from 0 to 1.
func (d *dice) roll(seed uint64) float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.from == nil || d.seed != seed {
		d.seed, d.from = seed, rand.New(rand.NewPCG(seed, 0))
	}
	return d.from.Float64()
}
