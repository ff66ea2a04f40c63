package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/corpustest"
)

// unusableRoots are cases whose trusted root is at fault, and so the operator.
var unusableRoots = map[string]bool{"trust-root-tlog-missing-validity-start_fail": true}

// TestConformanceCorpus asks the command about every case of the conformance
// suite: what must fail is refused, by the evidence and not by a crash.
func TestConformanceCorpus(t *testing.T) {
	for _, c := range corpustest.Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			args := []string{"verify", "--offline", "--bundle", c.Bundle, c.Artifact}
			if c.Key != "" {
				args = append(args, "--key", c.Key)
			} else {
				args = append(args, "--identity", c.Identity, "--issuer", c.Issuer)
			}
			if !c.PublicGood {
				args = append(args, "--trusted-root", c.Root)
			}
			want := exitDone
			switch {
			case unusableRoots[c.Name]:
				want = exitUsage
			case c.Fails:
				want = exitRefused
			}
			for _, format := range []string{"text", "json"} {
				var stdout, stderr bytes.Buffer
				got := Main(t.Context(), Env{Args: append(args, "--format", format), Stdout: &stdout, Stderr: &stderr, Now: time.Now})
				if got != want {
					t.Errorf("%s: exit %d, want %d\n%s%s", format, got, want, stdout.String(), stderr.String())
				}
				yes := strings.HasPrefix(stdout.String(), "verified  ") || strings.Contains(stdout.String(), `"status": "verified"`)
				if yes != (want == exitDone) {
					t.Errorf("%s: it says\n%s", format, stdout.String())
				}
			}
		})
	}
}
