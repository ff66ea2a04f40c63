package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	ctclient "github.com/google/certificate-transparency-go/client"
	"github.com/google/certificate-transparency-go/jsonclient"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/sigstore/fulcio/pkg/ca"
	"github.com/sigstore/fulcio/pkg/ca/baseca"
	"github.com/sigstore/fulcio/pkg/config"
	"github.com/sigstore/fulcio/pkg/generated/protobuf"
	"github.com/sigstore/fulcio/pkg/generated/protobuf/legacy"
	"github.com/sigstore/fulcio/pkg/server"
	v1 "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// startFulcio starts the certificate log and the certificate authority.
func (s *Sandbox) startFulcio(ctx context.Context, private string, trillian *trillianServer, issuerURL string, t *trust) error {
	top, err := newAuthority("sandbox root", nil)
	if err != nil {
		return err
	}
	intermediate, err := newAuthority("sandbox intermediate", top, x509.ExtKeyUsageCodeSigning)
	if err != nil {
		return err
	}
	rootFile := filepath.Join(private, "fulcio.pem")
	if err := os.WriteFile(rootFile, certificatesPEM(top.cert), 0o600); err != nil {
		return fmt.Errorf("fulcio: %w", err)
	}
	ctLog, ctKey, err := newCTLog(ctx, trillian, rootFile)
	if err != nil {
		return err
	}
	ctURL, err := s.serve("ct", ctLog)
	if err != nil {
		return err
	}
	ctURL += "/" + ctPrefix
	config, err := fulcioConfig(s.options.Issuer, issuerURL, t.oidcURL)
	if err != nil {
		return err
	}
	fulcio, err := newFulcio(ctx, intermediate, top, config, ctURL, ctKey)
	if err != nil {
		return err
	}
	fulcioURL, err := s.serve("fulcio", fulcio)
	if err != nil {
		return err
	}
	ctID, err := keyID(ctKey)
	if err != nil {
		return fmt.Errorf("certificate log: %w", err)
	}
	t.ct = newLog(ctURL, ctKey, t.start, ctID)
	t.fulcio = root.FulcioCertificateAuthority{
		Root:                top.cert,
		Intermediates:       []*x509.Certificate{intermediate.cert},
		ValidityPeriodStart: t.start,
		URI:                 fulcioURL,
	}
	return nil
}

// newFulcio makes Fulcio's HTTP API, /api/v2 and the /api/v1 of older clients,
// without the gRPC hop that its own binary has between the two.
func newFulcio(ctx context.Context, intermediate, top *authority, cfg *config.FulcioConfig, ctURL string, ctKey crypto.PublicKey) (http.Handler, error) {
	pub, err := publicKeyPEM(ctKey)
	if err != nil {
		return nil, fmt.Errorf("fulcio: %w", err)
	}
	ct, err := ctclient.New(ctURL, &http.Client{}, jsonclient.Options{PublicKey: string(pub)})
	if err != nil {
		return nil, fmt.Errorf("fulcio: %w", err)
	}
	algorithms, err := signature.NewAlgorithmRegistryConfig(clientAlgorithms)
	if err != nil {
		return nil, fmt.Errorf("fulcio: %w", err)
	}
	issuing := &baseca.BaseCA{SignerWithChain: &ca.SignerCerts{
		Certs:  []*x509.Certificate{intermediate.cert, top.cert},
		Signer: intermediate.key,
	}}
	api := server.NewGRPCCAServer(ct, issuing, algorithms, server.NewIssuerPool(cfg))
	mux := runtime.NewServeMux(
		runtime.WithMetadata(bearerToken),
		runtime.WithForwardResponseOption(forwardStatus))
	if err := protobuf.RegisterCAHandlerServer(ctx, mux, api); err != nil {
		return nil, fmt.Errorf("fulcio: %w", err)
	}
	if err := legacy.RegisterCAHandlerServer(ctx, mux, server.NewLegacyGRPCCAServer(api)); err != nil {
		return nil, fmt.Errorf("fulcio: %w", err)
	}
	// Upstream an interceptor does this: principals read the configuration
	// from the request's context.
	withConfig := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(config.With(r.Context(), cfg)))
	})
	return server.WithMaxBytes(withConfig, 4<<20), nil
}

// clientAlgorithms are what Fulcio's own server accepts by default.
var clientAlgorithms = []v1.PublicKeyDetails{
	v1.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256,
	v1.PublicKeyDetails_PKIX_ECDSA_P384_SHA_384,
	v1.PublicKeyDetails_PKIX_ECDSA_P521_SHA_512,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_2048_SHA256,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_3072_SHA256,
	v1.PublicKeyDetails_PKIX_RSA_PKCS1V15_4096_SHA256,
	v1.PublicKeyDetails_PKIX_ED25519,
}

// bearerToken hands the identity token of older clients, a header there, to the
// API, which looks for it in the request's metadata.
func bearerToken(_ context.Context, r *http.Request) metadata.MD {
	return metadata.Pairs(server.MetadataOIDCTokenKey, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
}

// forwardStatus turns the metadata that the API answers with into what HTTP
// clients see: the status (201 for a certificate) and a detached SCT.
func forwardStatus(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	md, _ := runtime.ServerMetadataFromContext(ctx)
	for name := range w.Header() {
		if strings.HasPrefix(name, runtime.MetadataHeaderPrefix) {
			w.Header().Del(name)
		}
	}
	if sct := md.HeaderMD.Get(server.SCTMetadataKey); len(sct) > 0 {
		w.Header().Set("SCT", sct[0])
	}
	if status := md.HeaderMD.Get(server.HTTPResponseCodeMetadataKey); len(status) > 0 {
		code, err := strconv.Atoi(status[0])
		if err != nil {
			return fmt.Errorf("status %q: %w", status[0], err)
		}
		w.WriteHeader(code)
	}
	return nil
}
