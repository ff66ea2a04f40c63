package fakegithub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// limits count the calls of an hour, for anybody and for each token.
type limits struct {
	mu    sync.Mutex
	spent map[string]int
	reset time.Time
}

// limited says in the header how many calls are left, and refuses where none
// are, or where the faults will it so.
func (s *Server) limited(w http.ResponseWriter, r *http.Request, f Faults, number int) bool {
	if slices.Contains(f.SecondaryAt, number) {
		if f.SecondaryFor > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(max(time.Second, f.SecondaryFor)/time.Second)))
		}
		refuseWith(w, http.StatusForbidden, document{
			"message":           "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
			"documentation_url": "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
		})
		return true
	}
	who, most := "anybody", f.Anonymous
	if t := s.token(r); t != nil {
		who, most = t.Login, f.Token
	}
	s.limits.mu.Lock()
	now := s.now()
	if s.limits.spent == nil || !now.Before(s.limits.reset) {
		s.limits.spent, s.limits.reset = map[string]int{}, now.Add(time.Hour)
	}
	s.limits.spent[who]++
	spent, reset := s.limits.spent[who], s.limits.reset
	s.limits.mu.Unlock()

	refused := most > 0 && spent > most
	if slices.Contains(f.LimitAt, number) {
		refused, reset = true, now.Add(max(time.Second, f.LimitFor))
	}
	if most == 0 {
		most = 5000
	}
	left := max(0, most-spent)
	if refused {
		left = 0
	}
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(most))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(left))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	if refused {
		refuseWith(w, http.StatusForbidden, document{
			"message":           fmt.Sprintf("API rate limit exceeded for %s.", who),
			"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
		})
	}
	return refused
}
