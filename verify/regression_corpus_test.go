package verify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/hallmark-project/hallmark/verify"
)

// A releaseCorpus holds slsa-verifier's files, each read once, and the trust
// that they are verified with.
type releaseCorpus struct {
	verifier  verify.Verifier
	bundles   map[string]*bundle.Bundle
	artifacts map[string]*intoto.ResourceDescriptor
}

func newReleaseCorpus(t *testing.T) *releaseCorpus {
	t.Helper()
	return &releaseCorpus{verify.Verifier{Root: publicGood(t)}, make(map[string]*bundle.Bundle), make(map[string]*intoto.ResourceDescriptor)}
}

// bundle returns the bundle of a file, or nil for an envelope.
func (c *releaseCorpus) bundle(t *testing.T, path string) *bundle.Bundle {
	t.Helper()
	b, ok := c.bundles[path]
	if data := []byte(nil); !ok {
		if data = readProvenance(t, path); data != nil {
			var err error
			if b, err = verify.ParseBundle(data); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		c.bundles[path] = b
	}
	return b
}

func (c *releaseCorpus) artifact(t *testing.T, path string) *intoto.ResourceDescriptor {
	t.Helper()
	if c.artifacts[path] == nil {
		c.artifacts[path] = describe(t, path)
	}
	return c.artifacts[path]
}

// readProvenance returns the bundle of a file, npm's of provenance among
// several; nil for an envelope, which proves no log entry.
func readProvenance(t *testing.T, path string) []byte {
	t.Helper()
	data := mustRead(t, path)
	var file struct {
		Envelope     jsontext.Value `json:"dsseEnvelope"`
		Attestations []struct {
			PredicateType string         `json:"predicateType"`
			Bundle        jsontext.Value `json:"bundle"`
		} `json:"attestations"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, a := range file.Attestations {
		if strings.HasPrefix(a.PredicateType, "https://slsa.dev/provenance/") {
			return leafAlone(t, a.Bundle)
		}
	}
	if file.Envelope == nil {
		return nil
	}
	return leafAlone(t, data)
}

// leafAlone takes from a chain what follows the leaf. Bundles of early 2023
// carry the root there, for which they are refused as they stand; what else
// they say is worth a replay.
func leafAlone(t *testing.T, data []byte) []byte {
	t.Helper()
	_, err := verify.ParseBundle(data)
	var rejection *verify.Rejection
	if err == nil {
		return data
	}
	if !errors.As(err, &rejection) || rejection.Check != verify.CheckBundle || !strings.Contains(rejection.Got, "self-signed") {
		t.Fatal(err)
	}
	var b protobundle.Bundle
	if err := protojson.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	chain := b.GetVerificationMaterial().GetX509CertificateChain()
	chain.Certificates = chain.Certificates[:1]
	return encode(t, &b)
}
