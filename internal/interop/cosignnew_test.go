package interop

import (
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	cosignbundle "github.com/sigstore/cosign/v2/pkg/cosign/bundle"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
)

const statementMediaType = "application/vnd.in-toto+json"

// cosignSigns makes a bundle as `cosign sign-blob --new-bundle-format` does.
func (s *site) cosignSigns(t *testing.T, log string, content sign.Content) []byte {
	t.Helper()
	config, err := root.NewSigningConfigFromPath(s.configs[log])
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := root.NewTrustedRootFromPath(s.TrustedRoot())
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewEphemeralKeypair(nil)
	if err != nil {
		t.Fatal(err)
	}
	made, err := cosignbundle.SignData(t.Context(), content, key, s.Token(t, "sigstore"), config, trusted)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// blobFromCosign has cosign sign a file, and hallmark judge.
func (s *site) blobFromCosign(t *testing.T, p *peer, command, log string) {
	file, path := widget(t), filepath.Join(t.TempDir(), "bundle.json")
	var content sign.Content = &sign.PlainData{Data: []byte("widget")}
	if command == "attest" {
		content = &sign.DSSEData{Data: statement(t, "widget", digest([]byte("widget"))), PayloadType: statementMediaType}
	}
	mustWrite(t, path, s.cosignSigns(t, log, content))
	s.judge(t, p, file, path)
}

// imageFromCosign has cosign attest an index, and hallmark judge.
func (s *site) imageFromCosign(t *testing.T, p *peer, registry name.Registry) {
	index, child := pushIndex(t, registry.Repo("octo", "widget"))
	content := &sign.DSSEData{Data: statement(t, "widget", imageDigest(t, index)), PayloadType: statementMediaType}
	if err := ociremote.WriteAttestationNewBundleFormat(index, s.cosignSigns(t, rekorV2, content), predicateType); err != nil {
		t.Fatal(err)
	}
	s.judgeImage(t, p, "", index, child, "--predicate-type", predicateType)
}
