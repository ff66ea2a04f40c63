package reviewtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/transparency-dev/merkle/rfc6962"
)

// A log signs whatever it is given. Its tree has two leaves, of which the
// second is the entry in question.
type log struct {
	url string
	key *ecdsa.PrivateKey
	id  [32]byte
}

func newLog(t testing.TB, url string) log {
	t.Helper()
	key := mustKey(t)
	return log{url: url, key: key, id: sha256.Sum256(mustPKIX(t, key))}
}

func (l *log) hexID() string { return hex.EncodeToString(l.id[:]) }

func (l *log) trusted() *root.TransparencyLog {
	return &root.TransparencyLog{BaseURL: l.url, ID: l.id[:], ValidityPeriodStart: epoch, HashFunc: crypto.SHA256,
		PublicKey: l.key.Public(), SignatureHashFunc: crypto.SHA256}
}

// logged makes an entry of the kind around a body's spec, with the log's
// promise at a time and its proof.
func (s *Sigstore) logged(kind string, spec map[string]any, at time.Time) *protorekor.TransparencyLogEntry {
	s.t.Helper()
	const index = 598461431 // among all shards; 1 in this one
	body := s.json(map[string]any{"apiVersion": "0.0.1", "kind": kind, "spec": spec})
	promise := s.sign(s.log.key, s.json(map[string]any{"body": body, "integratedTime": at.Unix(), "logID": s.log.hexID(), "logIndex": index}))
	sibling := rfc6962.DefaultHasher.HashLeaf([]byte("an earlier entry"))
	rootHash := rfc6962.DefaultHasher.HashChildren(sibling, rfc6962.DefaultHasher.HashLeaf(body))
	host := strings.TrimPrefix(s.log.url, "https://")
	text := fmt.Sprintf("%s - 1193050959916656506\n2\n%s\n", host, base64.StdEncoding.EncodeToString(rootHash))
	// A signature line of C2SP signed-note, with the key's own hash.
	line := base64.StdEncoding.EncodeToString(append(s.log.id[:4:4], s.sign(s.log.key, []byte(text))...))
	return &protorekor.TransparencyLogEntry{
		LogIndex: index, LogId: &protocommon.LogId{KeyId: s.log.id[:]},
		KindVersion:       &protorekor.KindVersion{Kind: kind, Version: "0.0.1"},
		IntegratedTime:    at.Unix(),
		InclusionPromise:  &protorekor.InclusionPromise{SignedEntryTimestamp: promise},
		CanonicalizedBody: body,
		InclusionProof: &protorekor.InclusionProof{LogIndex: 1, TreeSize: 2, RootHash: rootHash, Hashes: [][]byte{sibling},
			Checkpoint: &protorekor.Checkpoint{Envelope: fmt.Sprintf("%s\n\u2014 %s %s\n", text, host, line)}},
	}
}

func mustPKIX(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return der
}
