package interop

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"path/filepath"
	"testing"

	"github.com/sigstore/cosign/v2/pkg/cosign"
	cosignbundle "github.com/sigstore/cosign/v2/pkg/cosign/bundle"
	"github.com/sigstore/cosign/v2/pkg/oci/mutate"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	"github.com/sigstore/cosign/v2/pkg/oci/static"
	"github.com/sigstore/rekor/pkg/client"
	rekor "github.com/sigstore/rekor/pkg/generated/client"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore/pkg/signature/payload"
)

// olderCosign signs as cosign did before there were bundles: a certificate, a
// signature, and what a Rekor v1 log promises.
type olderCosign struct {
	key         *sign.EphemeralKeypair
	certificate []byte // PEM
	log         *rekor.Rekor
}

func (s *site) olderCosign(t *testing.T) *olderCosign {
	t.Helper()
	config, err := root.NewSigningConfigFromPath(s.configs[rekorV1])
	if err != nil {
		t.Fatal(err)
	}
	c := new(olderCosign)
	if c.key, err = sign.NewEphemeralKeypair(nil); err != nil {
		t.Fatal(err)
	}
	authority := sign.NewFulcio(&sign.FulcioOptions{BaseURL: config.FulcioCertificateAuthorityURLs()[0].URL})
	der, err := authority.GetCertificate(t.Context(), c.key, &sign.CertificateProviderOptions{IDToken: s.Token(t, "sigstore")})
	if err != nil {
		t.Fatal(err)
	}
	c.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if c.log, err = client.GetRekorClient(config.RekorLogURLs()[0].URL); err != nil {
		t.Fatal(err)
	}
	return c
}

// sign signs bytes and logs the signature.
func (c *olderCosign) sign(t *testing.T, data []byte) (signature string, promise *cosignbundle.RekorBundle) {
	t.Helper()
	raw, _, err := c.key.SignData(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	sum.Write(data)
	entry, err := cosign.TLogUpload(t.Context(), c.log, raw, sum, c.certificate)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw), cosignbundle.EntryToBundle(entry)
}

// attest wraps a statement in an envelope and logs that.
func (c *olderCosign) attest(t *testing.T, statement []byte) (envelope []byte, promise *cosignbundle.RekorBundle) {
	t.Helper()
	signed := &sign.DSSEData{Data: statement, PayloadType: statementMediaType}
	raw, _, err := c.key.SignData(t.Context(), signed.PreAuthEncoding())
	if err != nil {
		t.Fatal(err)
	}
	envelope, err = json.Marshal(map[string]any{"payloadType": statementMediaType, "payload": statement,
		"signatures": []any{map[string]any{"keyid": "", "sig": raw}}})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := cosign.TLogUploadDSSEEnvelope(t.Context(), c.log, envelope, c.certificate)
	if err != nil {
		t.Fatal(err)
	}
	return envelope, cosignbundle.EntryToBundle(entry)
}

// olderBlobsFromCosign has hallmark judge a signature beside its file, for which
// the log is asked, and cosign's own bundle.
func (s *site) olderBlobsFromCosign(t *testing.T, p *peer) {
	c := s.olderCosign(t)
	signature, promise := c.sign(t, []byte("widget"))
	single, err := json.Marshal(cosign.LocalSignedPayload{Base64Signature: signature, Bundle: promise,
		Cert: base64.StdEncoding.EncodeToString(c.certificate)})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		what  string
		files map[string][]byte
		flags []string
	}{
		{"signature and certificate, ", map[string][]byte{"widget.sig": []byte(signature), "widget.pem": c.certificate}, nil},
		{"its own bundle, ", map[string][]byte{"widget.bundle": single}, []string{"--offline"}},
	} {
		file := widget(t)
		for name, content := range form.files {
			mustWrite(t, filepath.Join(filepath.Dir(file), name), content)
		}
		verify := func(root, repository string) []string {
			return append([]string{"verify", "--trusted-root", root, "--repo", repository, file}, form.flags...)
		}
		p.check(t, form.what+"accepted", func(t *testing.T) { s.mustHallmark(t, verify(s.TrustedRoot(), repository)...) })
		p.check(t, form.what+"other repository", func(t *testing.T) {
			s.wantRefused(t, "source", verify(s.TrustedRoot(), repository+"x")...)
		})
		p.check(t, form.what+"bytes flipped", func(t *testing.T) {
			mustWrite(t, file, []byte("wicket"))
			s.wantRefused(t, "(signature|subject)", verify(s.TrustedRoot(), repository)...)
		})
	}
}

// olderImagesFromCosign has hallmark judge what stands under tags that end in
// .sig and .att.
func (s *site) olderImagesFromCosign(t *testing.T, p *peer) {
	c := s.olderCosign(t)
	registry := newRegistry(t, true)

	index, child := pushIndex(t, registry.Repo("octo", "signed"))
	document, err := payload.Cosign{Image: index}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	signature, promise := c.sign(t, document)
	signed, err := static.NewSignature(document, signature, static.WithCertChain(c.certificate, nil), static.WithBundle(promise))
	if err != nil {
		t.Fatal(err)
	}
	entity := mustEntity(t, index)
	if entity, err = mutate.AttachSignatureToEntity(entity, signed); err != nil {
		t.Fatal(err)
	}
	if err := ociremote.WriteSignatures(index.Repository, entity); err != nil {
		t.Fatal(err)
	}
	s.judgeImage(t, p, ".sig, ", index, child)

	index, child = pushIndex(t, registry.Repo("octo", "attested"))
	envelope, promise := c.attest(t, statement(t, "widget", imageDigest(t, index)))
	attested, err := static.NewAttestation(envelope, static.WithCertChain(c.certificate, nil), static.WithBundle(promise),
		static.WithLayerMediaType("application/vnd.dsse.envelope.v1+json"))
	if err != nil {
		t.Fatal(err)
	}
	if entity, err = mutate.AttachAttestationToEntity(mustEntity(t, index), attested); err != nil {
		t.Fatal(err)
	}
	if err := ociremote.WriteAttestations(index.Repository, entity); err != nil {
		t.Fatal(err)
	}
	s.judgeImage(t, p, ".att, ", index, child, "--predicate-type", predicateType)
}
