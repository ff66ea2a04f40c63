package main

import (
	"context"
	"sync"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/storage"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// serialStorage lets one transaction at a time into Trillian's memory storage.
// That storage was written for tests and is not safe under load: readers clone
// and replace one tree under a lock that they share, and queued leaves are
// written by the sequencer while the RPC that brought them still sends them. Nor
// does it tell a leaf that it holds already, and Rekor v1 answers 500 for ever to
// an entry that stands in its tree twice.
type serialStorage struct {
	storage.LogStorage
	mu   sync.Mutex
	held map[leafID]*trillian.LogLeaf
}

// leafID is what no tree holds twice.
type leafID struct {
	tree     int64
	identity string
}

func (s *serialStorage) ReadWriteTransaction(ctx context.Context, tree *trillian.Tree, f storage.LogTXFunc) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.LogStorage.ReadWriteTransaction(ctx, tree, f)
}

// QueueLeaves keeps the caller's leaves out of the storage, which will write to
// what it holds, and says of one that is there that it is.
func (s *serialStorage) QueueLeaves(ctx context.Context, tree *trillian.Tree, leaves []*trillian.LogLeaf, at time.Time) ([]*trillian.QueuedLogLeaf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answers := make([]*trillian.QueuedLogLeaf, len(leaves))
	var fresh []*trillian.LogLeaf
	for i, leaf := range leaves {
		id := leafID{tree.TreeId, string(leaf.LeafIdentityHash)}
		if held := s.held[id]; held != nil {
			answers[i] = &trillian.QueuedLogLeaf{Leaf: held, Status: status.New(codes.AlreadyExists, "leaf already exists").Proto()}
			continue
		}
		if s.held == nil {
			s.held = make(map[leafID]*trillian.LogLeaf)
		}
		s.held[id] = leaf
		answers[i] = &trillian.QueuedLogLeaf{Leaf: leaf}
		fresh = append(fresh, proto.Clone(leaf).(*trillian.LogLeaf))
	}
	if len(fresh) == 0 {
		return answers, nil
	}
	if _, err := s.LogStorage.QueueLeaves(ctx, tree, fresh, at); err != nil {
		for _, leaf := range fresh {
			delete(s.held, leafID{tree.TreeId, string(leaf.LeafIdentityHash)})
		}
		return nil, err
	}
	return answers, nil
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
