package weather

import (
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// maxWait is the longest pause that hallmark chooses by itself; a server may
// ask for a longer one.
const maxWait = 30 * time.Second

func newBackoff() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     500 * time.Millisecond,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		MaxInterval:         maxWait,
	}
}

// outage is a time in which a server has only failed.
type outage struct {
	since, last time.Time
	told        bool // to Waiting
}

// serverOf names what fails and recovers as one. A private Sigstore may have all
// its services on one host, and a timestamp authority is not back because Fulcio
// answers: what is posted to counts for itself.
func serverOf(req *http.Request) string {
	if req.Method == http.MethodPost {
		return req.URL.Host + req.URL.Path
	}
	return req.URL.Host
}

// failing notes a failure at now of a call begun at start, and returns when the
// outage began. Failures that lie far apart are different outages: the run was
// busy elsewhere in between.
func (t *Transport) failing(server string, start, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	o, ongoing := t.outages[server]
	if !ongoing || start.Sub(o.last) > 2*maxWait {
		o = outage{since: start}
	}
	o.last = now
	if t.outages == nil {
		t.outages = map[string]outage{}
	}
	t.outages[server] = o
	return o.since
}

func (t *Transport) recovered(server string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.outages, server)
}

// retryAfter reads both forms of RFC 9110, section 10.2.3; what is neither, or
// lies in the past, asks for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
