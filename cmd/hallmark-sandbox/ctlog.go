package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/http"
	"time"

	"github.com/google/certificate-transparency-go/trillian/ctfe"
	"github.com/google/certificate-transparency-go/trillian/ctfe/configpb"
	"github.com/google/trillian"
	"github.com/google/trillian/crypto/keys"
	"github.com/google/trillian/crypto/keys/der"
	"github.com/google/trillian/crypto/keyspb"
	"github.com/google/trillian/monitoring"
	"google.golang.org/protobuf/types/known/anypb"
)

// ctPrefix is where the certificate log lives on its host: CTFE answers below
// /PREFIX/ct/v1.
const ctPrefix = "ct"

// newCTLog sets up CTFE for certificates of the given root, which it reads from
// a file, and returns its handler and public key.
func newCTLog(ctx context.Context, t *trillianServer, rootFile string) (http.Handler, crypto.PublicKey, error) {
	treeID, err := t.newTree(ctx, "ct")
	if err != nil {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate log: %w", err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate log: %w", err)
	}
	keyConfig, err := anypb.New(&keyspb.PrivateKey{Der: private})
	if err != nil {
		return nil, nil, fmt.Errorf("certificate log: %w", err)
	}
	keys.RegisterHandler(&keyspb.PrivateKey{}, der.FromProto)
	config, err := ctfe.ValidateLogConfig(&configpb.LogConfig{
		LogId:        treeID,
		Prefix:       ctPrefix,
		RootsPemFile: []string{rootFile},
		PrivateKey:   keyConfig,
		// Left empty it means certificates of web servers only.
		ExtKeyUsages: []string{"CodeSigning"},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("certificate log: %w", err)
	}
	instance, err := ctfe.SetUpInstance(ctx, ctfe.InstanceOptions{
		Validated:     config,
		Client:        trillian.NewTrillianLogClient(t.conn),
		Deadline:      10 * time.Second,
		MetricFactory: monitoring.InertMetricFactory{},
		RequestLog:    new(ctfe.DefaultRequestLog),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("certificate log: %w", err)
	}
	mux := http.NewServeMux()
	for path, handler := range instance.Handlers {
		mux.Handle(path, handler)
	}
	return mux, key.Public(), nil
}
