package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/go-openapi/loads"
	"github.com/sigstore/rekor/pkg/api"
	"github.com/sigstore/rekor/pkg/generated/restapi"
	"github.com/sigstore/rekor/pkg/generated/restapi/operations"
	"github.com/sigstore/rekor/pkg/types"
	"github.com/sigstore/rekor/pkg/types/dsse"
	"github.com/sigstore/rekor/pkg/types/hashedrekord"
	"github.com/sigstore/rekor/pkg/types/intoto"
	"github.com/spf13/viper"

	// Each version of an entry type registers itself.
	_ "github.com/sigstore/rekor/pkg/types/dsse/v0.0.1"
	_ "github.com/sigstore/rekor/pkg/types/hashedrekord/v0.0.1"
	_ "github.com/sigstore/rekor/pkg/types/intoto/v0.0.1"
	_ "github.com/sigstore/rekor/pkg/types/intoto/v0.0.2"
)

// newRekorV1 makes Rekor's first API, with signed entry timestamps, over a tree
// of Trillian's. It has no search index, which would want a Redis. Upstream
// keeps its configuration in viper and package variables: one to a process.
func newRekorV1(ctx context.Context, dir string, t *trillianServer) (http.Handler, crypto.PublicKey, error) {
	treeID, err := t.newTree(ctx, "rekor")
	if err != nil {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("rekor v1: %w", err)
	}
	private, err := privateKeyPEM(key)
	if err != nil {
		return nil, nil, fmt.Errorf("rekor v1: %w", err)
	}
	keyFile := filepath.Join(dir, "rekorv1.key")
	if err := os.WriteFile(keyFile, private, 0o600); err != nil {
		return nil, nil, fmt.Errorf("rekor v1: %w", err)
	}
	for name, value := range map[string]any{
		"trillian_log_server.address": t.addr.IP.String(),
		"trillian_log_server.port":    t.addr.Port,
		"rekor_server.hostname":       loopback,
		"rekor_server.signer":         keyFile,
		"max_request_body_size":       32 << 20,
		"enabled_api_endpoints": []string{
			"getLogInfo", "getPublicKey", "getLogProof",
			"createLogEntry", "getLogEntryByIndex", "getLogEntryByUUID", "searchLogQuery",
		},
	} {
		viper.Set(name, value)
	}
	types.SetAllowedKindsForSubmission([]string{hashedrekord.KIND, dsse.KIND, intoto.KIND})
	spec, err := loads.Embedded(restapi.SwaggerJSON, restapi.FlatSwaggerJSON)
	if err != nil {
		return nil, nil, fmt.Errorf("rekor v1: %w", err)
	}
	server := restapi.NewServer(operations.NewRekorServerAPI(spec))
	if err := caught(func() {
		api.ConfigureAPI(treeID)
		server.ConfigureAPI()
	}); err != nil {
		return nil, nil, fmt.Errorf("rekor v1: %w", err)
	}
	return server.GetHandler(), key.Public(), nil
}

// caught calls f, which panics where it should return an error.
func caught(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	f()
	return nil
}
