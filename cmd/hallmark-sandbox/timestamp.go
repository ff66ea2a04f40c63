package main

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/go-openapi/runtime"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/timestamp-authority/v2/pkg/api"
	"github.com/sigstore/timestamp-authority/v2/pkg/generated/restapi/operations/timestamp"
	"github.com/spf13/viper"
)

const (
	timestampPath   = "/api/v1/timestamp"
	timestampPolicy = "1.3.6.1.4.1.57264.2" // the policy of Sigstore's authorities

	// maxTimestampRequest bounds a request, which holds little but a digest.
	maxTimestampRequest = 1 << 20
)

var oidExtendedKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// startTimestampAuthority starts the timestamp authority.
func (s *Sandbox) startTimestampAuthority(private string, t *trust) error {
	leaf, intermediate, top, err := timestampChain()
	if err != nil {
		return err
	}
	handler, err := newTimestampAuthority(private, leaf, intermediate, top)
	if err != nil {
		return err
	}
	url, err := s.serve("tsa", handler)
	if err != nil {
		return err
	}
	t.tsa = root.SigstoreTimestampingAuthority{
		Root:                top.cert,
		Intermediates:       []*x509.Certificate{intermediate.cert},
		Leaf:                leaf.cert,
		ValidityPeriodStart: t.start,
		URI:                 url + timestampPath,
	}
	return nil
}

// timestampChain makes the authority's certificates, leaf first.
func timestampChain() (leaf, intermediate, top *authority, err error) {
	if top, err = newAuthority("sandbox timestamp root", nil); err != nil {
		return nil, nil, nil, err
	}
	if intermediate, err = newAuthority("sandbox timestamp intermediate", top, x509.ExtKeyUsageTimeStamping); err != nil {
		return nil, nil, nil, err
	}
	// RFC 3161, 2.3 wants the extended key usage critical, which crypto/x509
	// writes only when it is handed the extension.
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return nil, nil, nil, fmt.Errorf("timestamp authority: %w", err)
	}
	leaf, err = issue(intermediate, &x509.Certificate{
		Subject:         pkix.Name{CommonName: "sandbox timestamp authority", Organization: []string{"hallmark-sandbox"}},
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: oidExtendedKeyUsage, Critical: true, Value: usage}},
	})
	return leaf, intermediate, top, err
}

// newTimestampAuthority makes the handler of the timestamp authority. Upstream
// keeps its configuration in viper and one package variable, so a process has
// one, and takes keys and chain from files, which go to dir.
func newTimestampAuthority(dir string, leaf, intermediate, top *authority) (http.Handler, error) {
	key, err := privateKeyPEM(leaf.key)
	if err != nil {
		return nil, fmt.Errorf("timestamp authority: %w", err)
	}
	keyFile, chainFile := filepath.Join(dir, "tsa.key"), filepath.Join(dir, "tsa.pem")
	if err := os.WriteFile(keyFile, key, 0o600); err != nil {
		return nil, fmt.Errorf("timestamp authority: %w", err)
	}
	if err := os.WriteFile(chainFile, certificatesPEM(leaf.cert, intermediate.cert, top.cert), 0o600); err != nil {
		return nil, fmt.Errorf("timestamp authority: %w", err)
	}
	for name, value := range map[string]any{
		"timestamp-signer":         "file",
		"timestamp-signer-hash":    "sha384",
		"file-signer-key-path":     keyFile,
		"certificate-chain-path":   chainFile,
		"enforce-intermediate-eku": true,
		"default-policy-oid":       timestampPolicy,
		"accepted-policy-oids":     []string{timestampPolicy},
	} {
		viper.Set(name, value)
	}
	if err := caught(api.ConfigureAPI); err != nil {
		return nil, fmt.Errorf("timestamp authority: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+timestampPath, func(w http.ResponseWriter, r *http.Request) {
		api.TimestampResponseHandler(timestamp.GetTimestampResponseParams{
			HTTPRequest: r,
			Request:     http.MaxBytesReader(w, r.Body, maxTimestampRequest),
		}).WriteResponse(w, runtime.ByteStreamProducer())
	})
	mux.HandleFunc("GET "+timestampPath+"/certchain", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		api.GetTimestampCertChainHandler(timestamp.GetTimestampCertChainParams{HTTPRequest: r}).
			WriteResponse(w, runtime.TextProducer())
	})
	return mux, nil
}
