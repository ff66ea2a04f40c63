package artifact

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
)

// maxMaterial is the largest file that is ever held whole, to be judged by its
// content.
const maxMaterial = 64 << 20

// task is one file to read, and what reading it taught.
type task struct {
	found
	algorithms []string

	digests map[string]string
	stated  map[string]string // more digests, of algorithms that checksum files use
	sums    []checksum        // what it lists, where it reads as a checksum file
	bad     error             // why it does not, where it only begins as one
	leftOut string            // why it is no artifact; "" if it is one
	err     error
}

// batch runs tasks side by side.
type batch struct {
	material func(name string, content []byte) string
	progress func(bytes int64)
	parallel int
	lists    bool // whether files that are named themselves may be checksum files

	whole sync.Mutex // held by whoever holds a file larger than a chunk
}

// run works through all tasks, the largest files first so that none is left to
// a single processor at the end, and stops at the first error.
func (b *batch) run(ctx context.Context, tasks []*task) error {
	order := slices.Clone(tasks)
	slices.SortStableFunc(order, func(x, y *task) int { return cmp.Compare(y.info.Size(), x.info.Size()) })
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(b.parallel, len(order)) {
		workers.Go(func() {
			for inner.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(order) {
					return
				}
				if order[i].err = b.read(inner, order[i]); order[i].err != nil {
					stop()
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, t := range tasks {
		if t.err != nil && !errors.Is(t.err, context.Canceled) {
			return t.err
		}
	}
	return nil
}

// read opens one file, once, and does everything that needs its bytes.
func (b *batch) read(ctx context.Context, t *task) error {
	file, err := open(t.path, t.info)
	if err != nil {
		return err
	}
	defer file.Close()
	buf := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(buf)
	s := &stream{path: t.path, file: file, size: t.info.Size()}
	n, err := s.fill(buf[:])
	if err != nil {
		return err
	}
	front := buf[:n]
	if t.walked || b.lists && beginsAsChecksums(front) {
		if s.read < s.size && b.worthHolding(front, s.size) {
			b.whole.Lock()
			defer b.whole.Unlock()
			if front, err = s.rest(front); err != nil {
				return err
			}
		}
		if s.read == s.size {
			b.judge(t, front)
		} else if beginsAsChecksums(front) {
			t.bad = fmt.Errorf("a checksum file of more than %d bytes", maxMaterial)
		}
	}
	if t.leftOut != "" {
		b.progress(s.size)
	} else if t.digests, err = s.digest(ctx, front, t.algorithms, b.progress); err != nil {
		return err
	}
	if err := same(t.path, t.info, file); err != nil {
		return err
	}
	return still(t.path, t.info)
}

// rest reads what is left of the file and returns all of it.
func (s *stream) rest(front []byte) ([]byte, error) {
	all := make([]byte, s.size+1)
	n, err := s.fill(all[copy(all, front):])
	return all[:len(front)+n], err
}

// worthHolding tells whether a file that is larger than its first chunk may be
// verification material or a checksum file. In this size all of them are text,
// which archives and programs are not; so those are streamed.
func (b *batch) worthHolding(front []byte, size int64) bool {
	if size > maxMaterial || bytes.IndexByte(front, 0) >= 0 {
		return false
	}
	return b.material != nil || beginsAsChecksums(front)
}

// judge decides on a file that was walked to by its content, the same bytes that are
// hashed if it is to stay.
func (b *batch) judge(t *task, content []byte) {
	if b.material != nil && t.walked {
		t.leftOut = b.material(t.path, content)
	}
	if t.leftOut == "" && beginsAsChecksums(content) {
		// What does not parse to its end is a file like any other.
		t.sums, t.bad = parseChecksums(bytes.NewReader(content), maxFiles)
	}
}

// checksumStart is how no other file begins than one that is, or was meant to be,
// a checksum file.
var checksumStart = regexp.MustCompile(`^\x{feff}?\\?(?:[0-9a-fA-F]{64} |[0-9a-fA-F]{96} |[0-9a-fA-F]{128} |SHA(?:256|384|512) \()`)

// beginsAsChecksums spares other files the parser.
func beginsAsChecksums(content []byte) bool { return checksumStart.Match(content) }

func noProgress(int64) {}
