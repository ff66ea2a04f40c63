package interop

import (
	"crypto"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/sigstore/cosign/v2/pkg/cosign"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

func TestCosign(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := newPeer(t, "cosign")
	defer p.wait()
	for _, log := range []string{rekorV1, rekorV2, twoOfAll} {
		for _, command := range []string{"sign", "attest"} {
			p.group("judges "+command+", "+log, func(t *testing.T) { s.blobToCosign(t, p, command, log) })
			p.group("makes "+command+", "+log, func(t *testing.T) { s.blobFromCosign(t, p, command, log) })
		}
	}
	for kind, referrers := range map[string]bool{"a registry with referrers": true, "a registry without": false} {
		for _, command := range []string{"sign", "attest"} {
			p.group("judges "+command+", "+kind, func(t *testing.T) { s.imageToCosign(t, p, command, newRegistry(t, referrers)) })
		}
		p.group("makes attest, "+kind, func(t *testing.T) { s.imageFromCosign(t, p, newRegistry(t, referrers)) })
	}
	p.group("makes a key", func(t *testing.T) { s.keyWithCosign(t, p) })
	p.group("makes older blobs", func(t *testing.T) { s.olderBlobsFromCosign(t, p) })
	p.group("makes older images", func(t *testing.T) { s.olderImagesFromCosign(t, p) })
}

// expectation is what cosign's verifier is told to expect.
type expectation struct{ root, identity, issuer string }

// expectations are the right one, "accepted", and others.
func (s *site) expectations() map[string]expectation {
	return map[string]expectation{
		"accepted":       {s.TrustedRoot(), identity, issuer},
		"other identity": {s.TrustedRoot(), identity + "x", issuer},
		"other issuer":   {s.TrustedRoot(), identity, issuer + "/x"},
		"other root":     {s.foreignRoot, identity, issuer},
	}
}

// options are those of `cosign verify --new-bundle-format`.
func (e expectation) options(t *testing.T) *cosign.CheckOpts {
	t.Helper()
	trusted, err := root.NewTrustedRootFromPath(e.root)
	if err != nil {
		t.Fatal(err)
	}
	return &cosign.CheckOpts{
		TrustedMaterial:     trusted,
		NewBundleFormat:     true,
		UseSignedTimestamps: true,
		RegistryClientOpts:  []ociremote.Option{ociremote.WithRemoteOptions()},
		Identities:          []cosign.Identity{{Subject: e.identity, Issuer: e.issuer}},
	}
}

func want(t *testing.T, accepted bool, err error) {
	t.Helper()
	if accepted && err != nil {
		t.Errorf("cosign: %v", err)
	}
	if !accepted && err == nil {
		t.Error("cosign accepts it")
	}
}

// verifyBlob has cosign judge a bundle for a file.
func verifyBlob(t *testing.T, options *cosign.CheckOpts, file, path string) error {
	t.Helper()
	b, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := digest(mustRead(t, file))
	_, err = cosign.VerifyNewBundle(t.Context(), options, verify.WithArtifactDigest("sha256", sum), b)
	return err
}

// blobToCosign has hallmark sign a file, and cosign judge.
func (s *site) blobToCosign(t *testing.T, p *peer, command, log string) {
	file := widget(t)
	made := s.sign(t, log, command, file)
	for twin, e := range s.expectations() {
		p.check(t, twin, func(t *testing.T) { want(t, twin == "accepted", verifyBlob(t, e.options(t), file, made)) })
	}
	good := s.expectations()["accepted"]
	p.check(t, "bytes flipped", func(t *testing.T) {
		want(t, false, verifyBlob(t, good.options(t), flipped(t, file), made))
	})
	p.check(t, "no log entry", func(t *testing.T) {
		want(t, false, verifyBlob(t, good.options(t), file, changed(t, made, (*fields).dropLogs)))
	})
}

// imageToCosign has hallmark sign an index in a registry, and cosign judge.
func (s *site) imageToCosign(t *testing.T, p *peer, command string, registry name.Registry) {
	index, child := pushIndex(t, registry.Repo("octo", "widget"))
	s.sign(t, rekorV2, command, "oci://"+index.String())
	verify := func(t *testing.T, e expectation, image name.Digest) error {
		_, _, err := cosign.VerifyImageAttestations(t.Context(), image, e.options(t))
		return err
	}
	for twin, e := range s.expectations() {
		p.check(t, twin, func(t *testing.T) { want(t, twin == "accepted", verify(t, e, index)) })
	}
	p.check(t, "an image in the index", func(t *testing.T) {
		want(t, false, verify(t, s.expectations()["accepted"], child))
	})
}

// keyWithCosign has hallmark sign with a key of cosign's, both judge, and cosign
// open a key of hallmark's.
func (s *site) keyWithCosign(t *testing.T, p *peer) {
	file, dir := widget(t), t.TempDir()
	for _, who := range []string{"release", "other"} {
		pair, err := cosign.GenerateKeyPair(func(bool) ([]byte, error) { return []byte(password), nil })
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, filepath.Join(dir, who+".key"), pair.PrivateBytes)
		mustWrite(t, filepath.Join(dir, who+".pub"), pair.PublicBytes)
	}
	made := s.sign(t, rekorV2, "sign", file, "--key", filepath.Join(dir, "release.key"))
	for who, accepted := range map[string]bool{"release": true, "other": false} {
		public := filepath.Join(dir, who+".pub")
		p.check(t, "judged by cosign, "+who, func(t *testing.T) {
			options := s.expectations()["accepted"].options(t)
			options.Identities = nil
			verifier, err := signature.LoadVerifierFromPEMFile(public, crypto.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			options.SigVerifier = verifier
			want(t, accepted, verifyBlob(t, options, file, made))
		})
		p.check(t, "judged by hallmark, "+who, func(t *testing.T) {
			args := []string{"verify", "--offline", "--trusted-root", s.TrustedRoot(), "--key", public, "--bundle", made, file}
			if accepted {
				s.mustHallmark(t, args...)
			} else {
				s.wantRefused(t, "signature", args...)
			}
		})
	}
	p.check(t, "hallmark's is opened", func(t *testing.T) {
		s.mustHallmark(t, "keygen", "-o", filepath.Join(dir, "ours"))
		if _, err := cosign.LoadPrivateKey(mustRead(t, filepath.Join(dir, "ours.key")), []byte(password), nil); err != nil {
			t.Error(err)
		}
	})
}
