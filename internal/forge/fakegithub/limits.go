package fakegithub

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

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
	who, most := s.allowed(r, f)
	spent, reset := s.limits.spend(who, s.now(), 1)
	now := s.now()
	refused := most > 0 && spent > most
	if slices.Contains(f.LimitAt, number) {
		refused, reset = true, now.Add(max(time.Second, f.LimitFor))
	}
	left := max(0, orMany(most)-spent)
	if refused {
		left = 0
	}
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(orMany(most)))
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

// allowed says who asks, and how many calls an hour that one may make.
func (s *Server) allowed(r *http.Request, f Faults) (who string, most int) {
	if t := s.token(r); t != nil {
		return t.Login, f.Token
	}
	return "anybody", f.Anonymous
}

// orMany is what is said of a limit that there is not.
func orMany(most int) int {
	if most == 0 {
		return 5000
	}
	return most
}

// spend counts calls, or none to learn how many there were.
func (l *limits) spend(who string, now time.Time, calls int) (spent int, reset time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spent == nil || !now.Before(l.reset) {
		l.spent, l.reset = map[string]int{}, now.Add(time.Hour)
	}
	l.spent[who] += calls
	return l.spent[who], l.reset
}

// getRateLimit says how many calls are left, and is none itself.
func (s *Server) getRateLimit(w http.ResponseWriter, r *http.Request, f Faults) {
	who, most := s.allowed(r, f)
	spent, reset := s.limits.spend(who, s.now(), 0)
	core := document{"limit": orMany(most), "used": spent, "remaining": max(0, orMany(most)-spent), "reset": reset.Unix()}
	give(w, http.StatusOK, document{"rate": core, "resources": document{"core": core, "search": core}})
}
