package forge

import (
	"net/http"
	"testing"
	"time"
)

func TestRateLimit(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		code   int
		header map[string]string
		body   string
		reason string
		wait   time.Duration
	}{
		"no":        {code: 403, header: map[string]string{"X-RateLimit-Remaining": "12"}, body: "Resource not accessible by integration"},
		"not found": {code: 404, header: map[string]string{"Retry-After": "7"}},
		"primary": {
			code: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "60", "X-RateLimit-Reset": "1795186800"},
			reason: "403 rate limit of 60 calls an hour is spent until 15:00 UTC", wait: time.Hour + time.Second,
		},
		"reset is past": {
			code: 429, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795182400"},
			reason: "429 rate limit is spent until 13:46 UTC", wait: time.Second,
		},
		"reset is never": {
			code: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"},
			reason: "403 rate limit is spent until 09:46 UTC", wait: 1000*time.Hour + time.Second,
		},
		"reset is nonsense":            {code: 403, header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}},
		"secondary with a time":        {code: 403, header: map[string]string{"Retry-After": "7"}, reason: "403 secondary rate limit", wait: 7 * time.Second},
		"secondary without":            {code: 403, body: `{"message":"You have exceeded a secondary rate limit."}`, reason: "403 secondary rate limit", wait: time.Minute},
		"secondary that wants no time": {code: 429, header: map[string]string{"Retry-After": "0"}, reason: "429 secondary rate limit", wait: time.Second},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			resp := &http.Response{StatusCode: tc.code, Header: http.Header{}}
			for k, v := range tc.header {
				resp.Header.Set(k, v)
			}
			reason, wait := RateLimit(resp, []byte(tc.body), now)
			if reason != tc.reason || wait != tc.wait {
				t.Errorf("got %q, %s, want %q, %s", reason, wait, tc.reason, tc.wait)
			}
		})
	}
}
