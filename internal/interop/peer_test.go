package interop

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

// peer is another implementation, and how many checks of it have passed.
type peer struct {
	t              *testing.T
	name           string
	groups         sync.WaitGroup
	passed, failed atomic.Int32
}

func newPeer(t *testing.T, name string) *peer {
	p := &peer{t: t, name: name}
	t.Cleanup(func() {
		if t.Failed() && p.failed.Load() == 0 {
			p.failed.Store(1) // what comes before the checks
		}
		fmt.Printf("interop %s: %d passed, %d failed\n", p.name, p.passed.Load(), p.failed.Load())
	})
	return p
}

// group runs checks that have something in common. All groups run at once, for
// what they mostly do is wait for a log; wait waits for them.
func (p *peer) group(name string, f func(*testing.T)) {
	p.groups.Go(func() { p.t.Run(name, f) })
}

func (p *peer) wait() { p.groups.Wait() }

func (p *peer) check(t *testing.T, name string, f func(*testing.T)) {
	t.Helper()
	if t.Run(name, f) {
		p.passed.Add(1)
	} else {
		p.failed.Add(1)
	}
}
