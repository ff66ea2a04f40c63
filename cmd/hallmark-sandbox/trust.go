package main

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	prototrustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore-go/pkg/root"
)

// operator stands beside each service in the signing config: clients spread
// what they sign over operators.
const operator = "hallmark-sandbox"

// trust collects what a verifier must know, and a signer find, of the services.
type trust struct {
	start   time.Time
	fulcio  root.FulcioCertificateAuthority
	tsa     root.SigstoreTimestampingAuthority
	ct      *root.TransparencyLog
	rekor   []rekorLog
	oidcURL string
}

// rekorLog is a transparency log with the major version of its API.
type rekorLog struct {
	*root.TransparencyLog
	version uint32
}

// newLog describes a log by its key. Rekor v2 names its key by origin and key,
// the older logs by the key alone.
func newLog(url string, key crypto.PublicKey, start time.Time, id []byte) *root.TransparencyLog {
	return &root.TransparencyLog{
		BaseURL:             url,
		ID:                  id,
		ValidityPeriodStart: start,
		HashFunc:            crypto.SHA256,
		PublicKey:           key,
		SignatureHashFunc:   crypto.SHA256,
	}
}

// keyID is the name of a log that is known by its key alone (RFC 6962, 3.2).
func keyID(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return sum[:], nil
}

// checkpointKeyID is the name of a Rekor v2 log.
func checkpointKeyID(origin string, key crypto.PublicKey) ([]byte, error) {
	_, id, err := note.KeyHash(origin, key)
	return id, err
}

// trustedRoot is what a verifier of the sandbox's signatures has to trust.
func (t *trust) trustedRoot() ([]byte, error) {
	logs := make(map[string]*root.TransparencyLog)
	for _, l := range t.rekor {
		logs[hex.EncodeToString(l.ID)] = l.TransparencyLog
	}
	tr, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&t.fulcio},
		map[string]*root.TransparencyLog{hex.EncodeToString(t.ct.ID): t.ct},
		[]root.TimestampingAuthority{&t.tsa},
		logs)
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	json, err := tr.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("trusted root: %w", err)
	}
	return json, nil
}

// signingConfig is where a signer finds the services, with the given logs. Of
// several clients use the one with the highest API version that they know.
func (t *trust) signingConfig(rekor []rekorLog) ([]byte, error) {
	service := func(url string, version uint32) root.Service {
		return root.Service{URL: url, MajorAPIVersion: version, ValidityPeriodStart: t.start, Operator: operator}
	}
	var logs []root.Service
	for _, l := range rekor {
		logs = append(logs, service(l.BaseURL, l.version))
	}
	anyOf := root.ServiceConfiguration{Selector: prototrustroot.ServiceSelector_ANY}
	sc, err := root.NewSigningConfig(root.SigningConfigMediaType02,
		[]root.Service{service(t.fulcio.URI, 1)},
		[]root.Service{service(t.oidcURL, 1)},
		logs, anyOf,
		[]root.Service{service(t.tsa.URI, 1)}, anyOf)
	if err != nil {
		return nil, fmt.Errorf("signing config: %w", err)
	}
	json, err := sc.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("signing config: %w", err)
	}
	return json, nil
}
