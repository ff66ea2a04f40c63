package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/client"
	"github.com/google/trillian/extension"
	"github.com/google/trillian/log"
	"github.com/google/trillian/monitoring"
	"github.com/google/trillian/quota"
	"github.com/google/trillian/server"
	"github.com/google/trillian/server/admin"
	"github.com/google/trillian/server/interceptor"
	"github.com/google/trillian/storage/memory"
	"github.com/google/trillian/util/clock"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"
)

// sequenceEvery is how often Trillian puts what was queued into its trees. A
// certificate does not wait for it, an entry of Rekor v1 does.
const sequenceEvery = 50 * time.Millisecond

// trillianServer is a Trillian log server and sequencer over memory. The
// certificate log stands on it, and Rekor v1 where one is asked for.
type trillianServer struct {
	addr *net.TCPAddr
	conn *grpc.ClientConn
	stop func()
}

func startTrillian(ctx context.Context) (*trillianServer, error) {
	trees := memory.NewTreeStorage()
	registry := extension.Registry{
		AdminStorage:  memory.NewAdminStorage(trees),
		LogStorage:    &serialStorage{LogStorage: memory.NewLogStorage(trees, monitoring.InertMetricFactory{})},
		QuotaManager:  quota.Noop(),
		MetricFactory: monitoring.InertMetricFactory{},
	}
	rpc := grpc.NewServer(grpc.UnaryInterceptor(interceptor.ErrorWrapper))
	trillian.RegisterTrillianAdminServer(rpc, admin.New(registry, nil))
	trillian.RegisterTrillianLogServer(rpc, server.NewTrillianLogRPCServer(registry, clock.System))

	listener, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		return nil, fmt.Errorf("trillian: %w", err)
	}
	// Rekor v1 dials Trillian by port, so it listens on one.
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("trillian: %w", err)
	}
	go func() { _ = rpc.Serve(listener) }()

	sequencer := log.NewOperationManager(log.OperationInfo{
		Registry:    registry,
		BatchSize:   500,
		NumWorkers:  1,
		RunInterval: sequenceEvery,
		TimeSource:  clock.System,
	}, log.NewSequencerManager(registry, 0))
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		sequencer.OperationLoop(ctx)
	}()
	return &trillianServer{
		addr: listener.Addr().(*net.TCPAddr),
		conn: conn,
		stop: func() {
			cancel()
			<-done
			_ = conn.Close()
			rpc.Stop()
		},
	}, nil
}

// newTree adds an empty log and returns its id.
func (t *trillianServer) newTree(ctx context.Context, name string) (int64, error) {
	tree, err := client.CreateAndInitTree(ctx, &trillian.CreateTreeRequest{Tree: &trillian.Tree{
		TreeState:       trillian.TreeState_ACTIVE,
		TreeType:        trillian.TreeType_LOG,
		DisplayName:     name,
		MaxRootDuration: durationpb.New(time.Hour),
	}}, trillian.NewTrillianAdminClient(t.conn), trillian.NewTrillianLogClient(t.conn))
	if err != nil {
		return 0, fmt.Errorf("trillian tree %s: %w", name, err)
	}
	return tree.TreeId, nil
}
