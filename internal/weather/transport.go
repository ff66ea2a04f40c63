// Package weather carries API calls through bad network weather.
//
// Releases are signed while logs are restarted, proxies hiccup and rate limits
// bite, and a release that dies at artifact 37 of 40 costs a maintainer an
// evening. The clients of the Sigstore services each retry in a way of their
// own: some sleep and then return the wrong error, none honours Retry-After,
// and one takes no transport at all. So upstream's retries are switched off and
// all of them are handed one [Transport], which is what this package is: a
// package of its own because it knows HTTP and nothing about signing, trust or
// forges, and because signing, trust and the forge client all stand on it.
//
// It is for calls whose bodies are small enough to hold: a request is replayed
// from memory and an answer is read whole, under a limit, before it is handed
// on, so that an answer that breaks off half way is retried too. Transfers of
// artifacts do not go through it: their clients make each try by themselves, and
// [Transport.Repeat] says whether there is another.
package weather

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Transport is an [http.RoundTripper] that tries again after connection errors,
// timeouts, 408, 429, 499 and 5xx, with jittered exponential backoff that honours
// Retry-After, until RetryFor is spent.
//
// The zero value tries once, for 30 seconds, and reads up to 10 MiB. One
// Transport serves a whole run and is safe for concurrent use; the http.Client
// above it must have no Timeout, which would span all tries together.
type Transport struct {
	// Base makes each try; nil is http.DefaultTransport, proxies included.
	Base http.RoundTripper
	// RetryFor is how long a server may go on failing before calls to it are
	// given up. It is counted for the server, not for the call, so a queue of
	// calls to a dead log ends with the first. Zero tries once.
	RetryFor time.Duration
	// TryFor limits one try, answer included. Zero is 30 seconds.
	TryFor time.Duration
	// MaxBody limits an answer's body in bytes. Zero is 10 MiB.
	MaxBody int64
	// Limit recognises a refusal that means later rather than never, by the
	// answer's header and the first of its body: it names what ran out, and how
	// long to wait. Services say this in ways of their own; nil knows of 429 and
	// Retry-After alone.
	Limit func(resp *http.Response, body []byte, now time.Time) (reason string, wait time.Duration)
	// Waiting is told, once an outage, that a server has failed for a while or asks
	// for one, and is tried for so much longer; nil is told nothing. It is not called
	// twice at a time.
	Waiting func(failing *Error, left time.Duration)
	// Now is the clock; without one there are no second tries.
	Now func() time.Time
	// Sleep waits between tries; nil waits on a timer.
	Sleep func(context.Context, time.Duration) error

	mu      sync.Mutex
	outages map[string]outage
	telling sync.Mutex
}

const (
	patience       = 10 * time.Second // before Waiting is told
	defaultTryFor  = 30 * time.Second
	defaultMaxBody = 10 << 20
)

// RoundTrip answers with the first answer that is not bad weather, whatever its
// status below 500, or with an [*Error] once the budget is spent.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if err := checkRequest(req); err != nil {
		return nil, err
	}
	body, err := replayable(req)
	if err != nil {
		return nil, err
	}
	ctx := req.Context()
	waits := newBackoff()
	start := t.now()
	for tries := 1; ; tries++ {
		resp, failure := t.try(req, body)
		switch {
		case failure == nil:
			t.recovered(serverOf(req))
			return resp, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case failure.permanent:
			return nil, failure.cause
		}
		if err := t.pause(ctx, req.URL.Scheme+"://"+req.URL.Host, serverOf(req), waits, start, tries, failure); err != nil {
			return nil, err
		}
	}
}

// pause waits after a failure, or says that there is no time left to. The last
// try is made when the time is up; a server that asks for longer than that is not
// waited for in vain.
func (t *Transport) pause(ctx context.Context, origin, server string, waits *backoff.ExponentialBackOff, start time.Time, tries int, failure *failure) error {
	now := t.now()
	since := t.failing(server, start, now)
	left := t.RetryFor - now.Sub(since)
	asked := retryAfter(failure.retryAfter, now)
	wait := max(min(waits.NextBackOff(), left), failure.wait, asked)
	gone := &Error{
		Origin:  origin,
		Status:  failure.status,
		Tries:   tries,
		Elapsed: now.Sub(since),
		Err:     failure.cause,
	}
	if t.Now != nil && left > 0 && wait <= left {
		if gone.Elapsed+wait > patience {
			t.tell(server, gone, left)
		}
		return t.sleep(ctx, wait)
	}
	if asked > left && failure.wait == 0 {
		gone.Asked = asked
	}
	return gone
}

// tell says of an outage, once, that it is being waited out.
func (t *Transport) tell(server string, failing *Error, left time.Duration) {
	if t.Waiting == nil {
		return
	}
	t.mu.Lock()
	o := t.outages[server]
	told := o.told
	o.told = true
	t.outages[server] = o
	t.mu.Unlock()
	if told {
		return
	}
	t.telling.Lock()
	defer t.telling.Unlock()
	t.Waiting(failing, left)
}

// now is the zero time without a clock, and then no budget is ever left.
func (t *Transport) now() time.Time {
	if t.Now == nil {
		return time.Time{}
	}
	return t.Now()
}

func (t *Transport) sleep(ctx context.Context, d time.Duration) error {
	if t.Sleep != nil {
		return t.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Error is what is left when a service could not be reached in time.
type Error struct {
	Origin  string        // scheme and host of the service
	Status  string        // the last answer's status line, "" if there was none
	Tries   int           // made for this call
	Elapsed time.Duration // since the service began to fail
	Asked   time.Duration // for longer than there was time, by Retry-After; else 0
	Err     error         // the last error, nil if there was an answer
}

// Error names the service, its last word, and how long it was asked.
func (e *Error) Error() string {
	last := e.Status
	if e.Err != nil {
		last = e.Err.Error()
	}
	if e.Asked > 0 {
		last += ", to be tried again in " + short(e.Asked)
	}
	if e.Tries == 1 && e.Elapsed < time.Second {
		return e.Origin + ": " + last
	}
	unit := "tries"
	if e.Tries == 1 {
		unit = "try"
	}
	return fmt.Sprintf("%s: %s, %d %s in %s", e.Origin, last, e.Tries, unit, short(e.Elapsed))
}

// Unwrap gives the connection error, so that callers can tell a refused
// connection from a name that does not resolve.
func (e *Error) Unwrap() error { return e.Err }
