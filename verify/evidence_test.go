package verify_test

import (
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/hallmark-project/hallmark/verify"
)

// A piece of good evidence: what is accepted by whom.
type evidence struct {
	name     string
	bundle   []byte
	root     root.TrustedMaterial
	artifact *intoto.ResourceDescriptor
	policy   *verify.Policy
}

func (e *evidence) verify(data []byte) (*verify.Verdict, error) {
	return verifyBytes(data, e.root, e.artifact, e.policy)
}

// goodEvidence is what mutations, fuzzing and benchmarks begin with: bundles of
// real releases and one of each kind by the virtual Sigstore.
func goodEvidence(t testing.TB) []evidence {
	t.Helper()
	all := append(realEvidence(t), virtualEvidence(t, newVirtual(t))...)
	for _, e := range all {
		if _, err := e.verify(e.bundle); err != nil {
			t.Fatalf("%s is refused: %v", e.name, err)
		}
	}
	return all
}

func virtualEvidence(t testing.TB, v *virtual) []evidence {
	t.Helper()
	intotoEntry := attestation()
	intotoEntry.entries[0].kind, intotoEntry.entries[0].version = "intoto", "0.0.2"
	generatorEntry := attestation()
	generatorEntry.entries[0].kind, generatorEntry.entries[0].version = "intoto", "0.0.1"
	older := attestation()
	older.mediaType = typeV01
	stampOnly := attestation()
	stampOnly.entries[0].promise = false
	all := []evidence{
		{name: "message v1", policy: release(), bundle: encode(t, v.bundle(t, signature()))},
		{name: "message v2", policy: release(), bundle: encode(t, v.bundle(t, signature().v2()))},
		{name: "envelope v1", policy: release(), bundle: encode(t, v.bundle(t, attestation()))},
		{name: "envelope v1 without promise", policy: release(), bundle: encode(t, v.bundle(t, stampOnly))},
		{name: "envelope v1 in bundle v0.1", policy: release(), bundle: encode(t, v.bundle(t, older))},
		{name: "envelope v1 by intoto", policy: release(), bundle: encode(t, v.bundle(t, intotoEntry))},
		{name: "envelope v1 by intoto 0.0.1", policy: release(), bundle: encode(t, v.bundle(t, generatorEntry))},
		{name: "envelope v2", policy: release(), bundle: encode(t, v.bundle(t, attestation().v2()))},
		{name: "trusted builder", policy: release(), bundle: encode(t, v.bundle(t, trustedBuild()))},
		{name: "key", policy: &verify.Policy{Key: v.key(t, "P-256").Public()}, bundle: encode(t, v.bundle(t, func() *signing {
			s := signature().v2()
			s.managed = true
			return s
		}()))},
	}
	for i := range all {
		all[i].root, all[i].artifact = v.trusted(), widget()
	}
	return all
}

func realEvidence(t testing.TB) []evidence {
	t.Helper()
	var all []evidence
	add := func(name, path string, tr root.TrustedMaterial, artifact *intoto.ResourceDescriptor, p *verify.Policy) {
		data := mustRead(t, path)
		if artifact == nil {
			artifact = firstSubject(t, data)
		}
		all = append(all, evidence{name, data, tr, artifact, p})
	}
	trusted := publicGood(t)
	dirs := []string{"gha_generic/v2.1.0"}
	if fullSweep() {
		dirs = append(dirs, "gha_go/v2.1.0")
	}
	for _, dir := range dirs {
		data, file := released(t, dir, "binary-linux-amd64-push-v14.2")
		all = append(all, evidence{dir, data, trusted, file, &verify.Policy{Repository: exampleRepository, Ref: "refs/tags/v14.2"}})
	}
	anyone := &verify.Policy{Identities: []verify.Identity{{Pattern: mustPattern(t, ".*"), Issuer: verify.GitHubIssuer}}}
	add("bcr", filepath.Join(slsaTestdata(t), "bcr", "MODULE.bazel.intoto.jsonl"), trusted, nil, anyone)
	data := filepath.Join(moduleDir(t, sigstoreGo), "pkg", "testing", "data")
	older, err := root.NewTrustedRootFromPath(filepath.Join(data, "trusted-roots", "public-good.json"))
	if err != nil {
		t.Fatal(err)
	}
	add("npm", filepath.Join(data, "bundles", "sigstore.js@2.0.0-provenance.sigstore.json"), older, nil, anyone)
	return all
}

// firstSubject is the artifact that a real bundle's first subject describes.
func firstSubject(t testing.TB, data []byte) *intoto.ResourceDescriptor {
	t.Helper()
	var b protobundle.Bundle
	if err := protojson.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	var s struct {
		Subject []struct {
			Name   string
			Digest map[string]string
		}
	}
	if err := json.Unmarshal(b.GetDsseEnvelope().GetPayload(), &s); err != nil {
		t.Fatal(err)
	}
	for _, digest := range s.Subject[0].Digest {
		if _, err := hex.DecodeString(digest); err != nil {
			t.Fatal(err)
		}
	}
	return &intoto.ResourceDescriptor{Name: s.Subject[0].Name, Digest: s.Subject[0].Digest}
}
