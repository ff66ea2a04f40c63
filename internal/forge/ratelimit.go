package forge

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// unspokenWait is how long GitHub wants to be left alone after a secondary
// limit that names no time.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
const unspokenWait = time.Minute

// maxWait is more than anybody waits, and no more than can be added to.
const maxWait = 1000 * time.Hour

// RateLimit tells GitHub's refusals that mean later, which come with 403 as well
// as with 429, from those that mean never: it returns what ran out, and how
// long to wait, or nothing.
func RateLimit(resp *http.Response, body []byte, now time.Time) (reason string, wait time.Duration) {
	if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return "", 0
	}
	header := resp.Header
	if seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 31); err == nil {
		return fmt.Sprintf("%d secondary rate limit", resp.StatusCode), max(time.Second, time.Duration(seconds)*time.Second)
	}
	if header.Get("X-Ratelimit-Remaining") == "0" {
		if at, err := strconv.ParseInt(header.Get("X-Ratelimit-Reset"), 10, 64); err == nil {
			reset := time.Unix(at, 0).UTC()
			// A second more, for clocks that differ.
			return fmt.Sprintf("%d rate limit%s is spent until %s UTC", resp.StatusCode, anHour(header), reset.Format("15:04")), min(maxWait, max(0, reset.Sub(now))) + time.Second
		}
	}
	if bytes.Contains(body, []byte("secondary rate limit")) {
		return fmt.Sprintf("%d secondary rate limit", resp.StatusCode), unspokenWait
	}
	return "", 0
}

func anHour(header http.Header) string {
	limit, err := strconv.ParseUint(header.Get("X-Ratelimit-Limit"), 10, 31)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" of %d calls an hour", limit)
}
