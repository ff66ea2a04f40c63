package sign

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hallmark-project/hallmark/internal/weather"
)

// TestOutageLongerThanTheCertificate: a service comes back when the certificate
// is no longer valid. What it would have dated then, nobody would believe.
func TestOutageLongerThanTheCertificate(t *testing.T) {
	for _, test := range []struct {
		name, service string
		outage        time.Duration
		certificates  int32
	}{
		{"authority for minutes", "/tsa", 8 * time.Minute, 1},
		{"authority for longer", "/tsa", 11 * time.Minute, 2},
		{"log for longer", "/api/v2/log/entries", 11 * time.Minute, 2},
		{"log for twice as long", "/api/v2/log/entries", 25 * time.Minute, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newLocalFake(t, time.Now)
				back := time.Now().Add(test.outage)
				f.before = func(w http.ResponseWriter, r *http.Request) bool {
					down := strings.HasSuffix(r.URL.Path, test.service) && time.Now().Before(back)
					if down {
						w.WriteHeader(http.StatusBadGateway)
					}
					return down
				}
				s := f.signer()
				s.Transport = &weather.Transport{Base: f, Now: time.Now, RetryFor: time.Hour}
				b, err := s.Message(t.Context(), artifact("widget"))
				if err != nil {
					t.Fatal(err)
				}
				content, err := b.VerificationContent()
				if err != nil {
					t.Fatal(err)
				}
				if c := content.Certificate(); time.Now().After(c.NotAfter) {
					t.Errorf("certificate valid until %s, signed at %s", c.NotAfter, time.Now())
				}
				if n := f.certificates.Load(); n != test.certificates {
					t.Errorf("%d certificates, want %d", n, test.certificates)
				}
				if n := f.entries.Load(); n != 1 {
					t.Errorf("%d log entries, want 1", n)
				}
			})
		})
	}
}

// TestOutageLongerThanPatience: a certificate that is renewed meanwhile does not
// begin the wait anew.
func TestOutageLongerThanPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLocalFake(t, time.Now)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			down := strings.HasSuffix(r.URL.Path, "/tsa")
			if down {
				w.WriteHeader(http.StatusBadGateway)
			}
			return down
		}
		s := f.signer()
		s.Transport = &weather.Transport{Base: f, Now: time.Now, RetryFor: 15 * time.Minute}
		began := time.Now()
		_, err := s.Message(t.Context(), artifact("widget"))
		if err == nil || !strings.HasPrefix(err.Error(), "timestamp authority http://fake.test: 502 Bad Gateway, ") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took > 15*time.Minute {
			t.Errorf("gave up after %s", took)
		}
		if n := f.certificates.Load(); n != 2 {
			t.Errorf("%d certificates, want 2", n)
		}
	})
}
