package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"testing"
	"time"

	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	protorekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/transparency-dev/merkle/rfc6962"
)

// A virtualLog signs whatever a test wants to have been logged. Its tree has
// two leaves, of which the second is the entry in question.
type virtualLog struct {
	url string
	key *ecdsa.PrivateKey
	id  [32]byte
}

func newVirtualLog(t testing.TB, url string) virtualLog {
	t.Helper()
	key := mustKey(t, elliptic.P256())
	return virtualLog{url: url, key: key, id: sha256.Sum256(mustPKIX(t, key.Public()))}
}

func (l *virtualLog) hexID() string { return hex.EncodeToString(l.id[:]) }

func (l *virtualLog) trusted() *root.TransparencyLog {
	return &root.TransparencyLog{BaseURL: l.url, ID: l.id[:], ValidityPeriodStart: epoch, HashFunc: crypto.SHA256,
		PublicKey: l.key.Public(), SignatureHashFunc: crypto.SHA256}
}

// v1Index is the place of an entry among all shards of a Rekor v1 log; the
// proof knows the place in one shard, which is 1 here.
const v1Index = 598461431

// logEntry says how an entry is logged and what a test bends about it before
// the log signs.
type logEntry struct {
	kind, version  string
	promise, proof bool
	logged         time.Time
	body           func(body map[string]any)            // the canonical body
	leaf           func(body []byte) []byte             // what the tree holds in its place
	checkpoint     func(text string) string             // the checkpoint's text
	signed         func(note string, own string) string // the signed note, with the log's own signature line
	from           *virtualLog                          // another log's key
	origin         string                               // another log's name
}

// entry makes a verified log entry around the body.
func (l *virtualLog) entry(t testing.TB, e logEntry, body map[string]any) *protorekor.TransparencyLogEntry {
	t.Helper()
	if e.body != nil {
		e.body(body)
	}
	data := mustJSON(t, body)
	v2 := e.version == "0.0.2" && e.kind == "hashedrekord"
	tle := &protorekor.TransparencyLogEntry{
		LogIndex: v1Index, LogId: &protocommon.LogId{KeyId: l.id[:]},
		KindVersion:       &protorekor.KindVersion{Kind: e.kind, Version: e.version},
		CanonicalizedBody: data,
	}
	if v2 {
		tle.LogIndex = 1
	}
	key := l.key
	if e.from != nil {
		key = e.from.key
	}
	if e.promise {
		tle.IntegratedTime = e.logged.Unix()
		tle.InclusionPromise = &protorekor.InclusionPromise{SignedEntryTimestamp: l.promise(t, tle, key)}
	}
	if e.proof {
		if e.origin == "" {
			e.origin = l.origin(t, v2)
		}
		tle.InclusionProof = l.proof(t, e, data, key)
	}
	return tle
}

// promise signs what Rekor v1 signs as its promise to include the entry.
func (l *virtualLog) promise(t testing.TB, tle *protorekor.TransparencyLogEntry, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	digest := sha256.Sum256(mustJSON(t, map[string]any{
		"body": tle.CanonicalizedBody, "integratedTime": tle.IntegratedTime, "logID": hex.EncodeToString(tle.LogId.KeyId), "logIndex": tle.LogIndex}))
	return mustSign(t, key, digest[:], crypto.SHA256)
}

func (l *virtualLog) proof(t testing.TB, e logEntry, body []byte, key *ecdsa.PrivateKey) *protorekor.InclusionProof {
	t.Helper()
	if e.leaf != nil {
		body = e.leaf(body)
	}
	hasher := rfc6962.DefaultHasher
	sibling := hasher.HashLeaf([]byte("an earlier entry"))
	rootHash := hasher.HashChildren(sibling, hasher.HashLeaf(body))
	text := fmt.Sprintf("%s\n2\n%s\n", e.origin, base64.StdEncoding.EncodeToString(rootHash))
	if e.checkpoint != nil {
		text = e.checkpoint(text)
	}
	host, _ := url.Parse(l.url)
	own := noteLine(t, host.Hostname(), key, text)
	note := text + "\n" + own
	if e.signed != nil {
		note = e.signed(note, own)
	}
	return &protorekor.InclusionProof{LogIndex: 1, TreeSize: 2, RootHash: rootHash, Hashes: [][]byte{sibling},
		Checkpoint: &protorekor.Checkpoint{Envelope: note}}
}

func (l *virtualLog) origin(t testing.TB, v2 bool) string {
	t.Helper()
	u, err := url.Parse(l.url)
	if err != nil {
		t.Fatal(err)
	}
	if v2 {
		return u.Hostname()
	}
	return u.Hostname() + " - 1193050959916656506"
}

// noteLine is a signature line of a signed note, C2SP signed-note, with the
// key hash of ECDSA keys in Rekor.
func noteLine(t testing.TB, name string, key *ecdsa.PrivateKey, text string) string {
	t.Helper()
	digest, id := sha256.Sum256([]byte(text)), sha256.Sum256(mustPKIX(t, key.Public()))
	sig := mustSign(t, key, digest[:], crypto.SHA256)
	return fmt.Sprintf("\u2014 %s %s\n", name, base64.StdEncoding.EncodeToString(append(id[:4:4], sig...)))
}

// mustJSON writes canonical JSON: encoding/json sorts the members of maps, and
// nothing in these values needs its escapes.
func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
