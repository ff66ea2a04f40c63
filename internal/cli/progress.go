package cli

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
)

// stage is one stretch of work that may take a while: hashing so many bytes,
// signing N of M. On a terminal a bar appears once it has lasted a second, and
// goes away with Done; where CI=true a line says what begins; else nothing is
// shown. Add may be called from many goroutines.
type stage struct {
	env   *Env
	label string
	unit  unit
	total atomic.Int64
	done  atomic.Int64

	announce func()        // prints the CI line, once; nil where there is none
	stop     chan struct{} // nil where no bar is drawn
	stopped  chan struct{}
}

// unit is what a stage counts.
type unit int

const (
	inItems unit = iota
	inBytes
)

// barDelay is how long work may last before anything is shown of it.
const barDelay = time.Second

// stage begins a stage of work. Done ends it, and must be called.
func (env *Env) stage(quiet bool, label string, u unit) *stage {
	s := &stage{env: env, label: label, unit: u}
	switch {
	case quiet:
	case env.StderrTerminal:
		s.stop, s.stopped = make(chan struct{}), make(chan struct{})
		go s.draw()
	case env.getenv("CI") == "true":
		s.announce = sync.OnceFunc(s.printLine)
	}
	return s
}

// Total says how much there is to do, as soon as that is known.
func (s *stage) Total(n int64) {
	s.total.Store(n)
	if s.announce != nil {
		s.announce()
	}
}

// Add says that n more are done.
func (s *stage) Add(n int64) { s.done.Add(n) }

// Done ends the stage and clears its bar; nothing is drawn after it returns.
func (s *stage) Done() {
	if s.announce != nil {
		s.announce()
	}
	if s.stop != nil {
		close(s.stop)
		<-s.stopped
	}
}

func (s *stage) printLine() {
	line := "hallmark: " + s.label
	switch total := s.total.Load(); {
	case total == 0:
	case s.unit == inBytes:
		line += " " + byteSize(total)
	default:
		line += fmt.Sprintf(" %d", total)
	}
	fmt.Fprintln(s.env.Stderr, line)
}

// draw owns the bar. It polls the counters, so that the workers who move them
// never wait for a terminal.
func (s *stage) draw() {
	defer close(s.stopped)
	select {
	case <-s.stop:
		return
	case <-time.After(barDelay):
	}
	bar := progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(s.env.Stderr),
		progressbar.OptionSetDescription(s.label),
		progressbar.OptionShowBytes(s.unit == inBytes),
		progressbar.OptionShowCount(),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // drawn from here alone
	)
	defer bar.Clear()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if total := s.total.Load(); total > 0 && bar.GetMax64() != total {
			bar.ChangeMax64(total)
		}
		bar.Set64(s.done.Load())
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
	}
}

// byteSize is n bytes in decimal units, as file managers and release pages show it.
func byteSize(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, i := float64(n)/1000, 0
	for value >= 999.95 {
		value /= 1000
		i++
	}
	return fmt.Sprintf("%.1f %cB", value, units[i])
}
