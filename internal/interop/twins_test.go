package interop

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"testing"
)

// flipped is a copy of a file with one bit changed in the middle.
func flipped(t *testing.T, file string) string {
	t.Helper()
	data := mustRead(t, file)
	data[len(data)/2] ^= 1
	twin := filepath.Join(t.TempDir(), filepath.Base(file))
	mustWrite(t, twin, data)
	return twin
}

// fields are the members of a bundle that its twins differ in.
type fields struct {
	MediaType string         `json:"mediaType"`
	Material  map[string]any `json:"verificationMaterial"`
	Message   *struct {
		Digest    any    `json:"messageDigest"`
		Signature []byte `json:"signature"`
	} `json:"messageSignature,omitempty"`
	Envelope *struct {
		Payload     []byte `json:"payload"`
		PayloadType string `json:"payloadType"`
		Signatures  []struct {
			Sig []byte `json:"sig"`
		} `json:"signatures"`
	} `json:"dsseEnvelope,omitempty"`
}

func (f *fields) flipPayload() { f.Envelope.Payload[len(f.Envelope.Payload)/2] ^= 1 }

// flipSignature keeps the encoding intact: it changes the last of the bytes.
func (f *fields) flipSignature() {
	var signature []byte
	if f.Message != nil {
		signature = f.Message.Signature
	} else {
		signature = f.Envelope.Signatures[0].Sig
	}
	signature[len(signature)-1] ^= 1
}

func (f *fields) dropLogs() { f.Material["tlogEntries"] = []any{} }

// changed is a copy of a bundle with something else in it.
func changed(t *testing.T, bundle string, change func(*fields)) string {
	t.Helper()
	var f fields
	if err := json.Unmarshal(mustRead(t, bundle), &f); err != nil {
		t.Fatal(err)
	}
	change(&f)
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	twin := filepath.Join(t.TempDir(), filepath.Base(bundle))
	mustWrite(t, twin, data)
	return twin
}

// predicateType is of a statement that is no provenance: anybody may say anything.
const predicateType = "https://hallmark-project.example/tested/v1"

// statement says that something with this SHA-256 digest was tested.
func statement(t *testing.T, name string, sum []byte) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": name, "digest": map[string]string{"sha256": hex.EncodeToString(sum)}}},
		"predicateType": predicateType,
		"predicate":     map[string]any{"result": "passed"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func digest(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}
