package cli

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func progressEnv(stderr *bytes.Buffer, terminal bool, ci string) *Env {
	env := Env{Stderr: stderr, StderrTerminal: terminal, LookupEnv: func(name string) (string, bool) {
		return ci, name == "CI" && ci != ""
	}}.withDefaults()
	return &env
}

func TestProgress(t *testing.T) {
	tests := map[string]struct {
		terminal, quiet bool
		ci              string
		lasts           time.Duration
		want            string // "" for silence
	}{
		"terminal":           {terminal: true, lasts: 3 * time.Second, want: "1.5/3.0 MB"},
		"terminal in CI":     {terminal: true, ci: "true", lasts: 3 * time.Second, want: "1.5/3.0 MB"},
		"terminal, quiet":    {terminal: true, quiet: true, lasts: 3 * time.Second},
		"terminal, at once":  {terminal: true, lasts: barDelay - time.Millisecond},
		"pipe":               {lasts: time.Minute},
		"pipe in CI":         {ci: "true", want: "hallmark: hashing 3.0 MB\n"},
		"pipe in CI, quiet":  {ci: "true", quiet: true},
		"CI of another mind": {ci: "false", lasts: time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stderr bytes.Buffer
				s := progressEnv(&stderr, test.terminal, test.ci).stage(test.quiet, "hashing", inBytes)
				s.Total(3_000_000)
				s.Add(1_500_000)
				time.Sleep(test.lasts)
				s.Done()
				if got := stderr.String(); (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q in it", got, test.want)
				}
			})
		})
	}
}

func TestProgressIsClearedWhenDone(t *testing.T) {
	for name, total := range map[string]int64{"half done": 80, "all done": 40, "total unknown": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stderr bytes.Buffer
				s := progressEnv(&stderr, true, "").stage(false, "signing", inItems)
				if total > 0 {
					s.Total(total)
				}
				time.Sleep(2 * time.Second)
				s.Add(40)
				time.Sleep(time.Second)
				s.Done()
				lines := strings.Split(strings.TrimSuffix(stderr.String(), "\r"), "\r")
				if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" || strings.Contains(stderr.String(), "\n") {
					t.Errorf("left on the screen: %q", stderr.String())
				}
			})
		})
	}
}

func TestProgressLineOncePerStage(t *testing.T) {
	var stderr bytes.Buffer
	s := progressEnv(&stderr, false, "true").stage(false, "signing", inItems)
	s.Total(40)
	s.Total(41)
	s.Done()
	s = progressEnv(&stderr, false, "true").stage(false, "verifying", inItems)
	s.Done()
	if want := "hallmark: signing 40\nhallmark: verifying\n"; stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}

func TestByteSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 1_500_000_000: "1.5 GB", 1<<63 - 1: "9.2 EB",
	} {
		if got := byteSize(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
