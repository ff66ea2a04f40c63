package artifact

import (
	"context"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"sync"
)

// chunkSize is what is read at once. It is the whole of most files that come in
// thousands, and small enough to stay in a processor's cache between the
// kernel's copy and the digests.
const chunkSize = 256 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// stream reads one open file in chunks and refuses to read more or less of it
// than it was listed with.
type stream struct {
	path       string
	file       *os.File
	size, read int64
}

// fill reads until buf is full or the file ends, which is told by a short count.
func (s *stream) fill(buf []byte) (int, error) {
	n, err := io.ReadFull(s.file, buf)
	s.read += int64(n)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if err == nil && s.read > s.size {
		err = changed(s.path, "it grew")
	}
	if err == nil && n < len(buf) && s.read < s.size {
		err = changed(s.path, "it shrank")
	}
	return n, err
}

// digest hashes what was read before, of which front is the first part, and all
// that follows, with every algorithm in one pass.
func (s *stream) digest(ctx context.Context, front []byte, names []string, progress func(int64)) (map[string]string, error) {
	sums := make([]hash.Hash, len(names))
	for i, name := range names {
		sums[i] = algorithms[name]()
	}
	var err error
	if s.read < s.size {
		err = s.pipeline(ctx, front, sums, progress)
	} else {
		for _, sum := range sums {
			sum.Write(front)
		}
		progress(int64(len(front)))
	}
	if err != nil {
		return nil, err
	}
	digests := make(map[string]string, len(names))
	for i, name := range names {
		digests[name] = hex.EncodeToString(sums[i].Sum(nil))
	}
	return digests, nil
}

// pipeline reads each chunk while the one before it is hashed, each algorithm
// by a goroutine of its own, and waits for all of them before it goes on.
func (s *stream) pipeline(ctx context.Context, front []byte, sums []hash.Hash, progress func(int64)) error {
	first, second := chunks.Get().(*[chunkSize]byte), chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(first)
	defer chunks.Put(second)
	spare, other := first[:], second[:]
	for chunk := front; len(chunk) > 0; spare, other = other, spare {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var work sync.WaitGroup
		for _, sum := range sums {
			work.Go(func() { sum.Write(chunk) })
		}
		n, err := s.fill(spare)
		work.Wait()
		if err != nil {
			return err
		}
		progress(int64(len(chunk)))
		chunk = spare[:n]
	}
	return nil
}
