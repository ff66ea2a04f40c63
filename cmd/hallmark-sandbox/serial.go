package main

import (
	"context"
	"sync"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/storage"
	"google.golang.org/protobuf/proto"
)

// serialStorage lets one transaction at a time into Trillian's memory storage.
// That storage was written for tests and is not safe under load: readers clone
// and replace one tree under a lock that they share, and queued leaves are
// written by the sequencer while the RPC that brought them still sends them.
type serialStorage struct {
	storage.LogStorage
	mu sync.Mutex
}

func (s *serialStorage) ReadWriteTransaction(ctx context.Context, tree *trillian.Tree, f storage.LogTXFunc) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.LogStorage.ReadWriteTransaction(ctx, tree, f)
}

// QueueLeaves keeps the caller's leaves out of the storage, which will write to
// what it holds.
func (s *serialStorage) QueueLeaves(ctx context.Context, tree *trillian.Tree, leaves []*trillian.LogLeaf, at time.Time) ([]*trillian.QueuedLogLeaf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := make([]*trillian.LogLeaf, len(leaves))
	for i, leaf := range leaves {
		own[i] = proto.Clone(leaf).(*trillian.LogLeaf)
	}
	queued, err := s.LogStorage.QueueLeaves(ctx, tree, own, at)
	if err != nil {
		return nil, err
	}
	for i := range queued {
		if queued[i].Leaf == own[i] {
			queued[i].Leaf = leaves[i]
		}
	}
	return queued, nil
}

// SnapshotForTree holds the lock until the snapshot is committed or closed.
func (s *serialStorage) SnapshotForTree(ctx context.Context, tree *trillian.Tree) (storage.ReadOnlyLogTreeTX, error) {
	s.mu.Lock()
	tx, err := s.LogStorage.SnapshotForTree(ctx, tree)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	return &serialSnapshot{ReadOnlyLogTreeTX: tx, unlock: sync.OnceFunc(s.mu.Unlock)}, nil
}

type serialSnapshot struct {
	storage.ReadOnlyLogTreeTX
	unlock func()
}

func (t *serialSnapshot) Commit(ctx context.Context) error {
	defer t.unlock()
	return t.ReadOnlyLogTreeTX.Commit(ctx)
}

func (t *serialSnapshot) Close() error {
	defer t.unlock()
	return t.ReadOnlyLogTreeTX.Close()
}
