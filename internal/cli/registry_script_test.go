package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	upstream "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	mutateimage "github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/rogpeppe/go-internal/testscript"
	cosignbundle "github.com/sigstore/cosign/v2/pkg/cosign/bundle"
	"github.com/sigstore/cosign/v2/pkg/oci/mutate"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	cosignstatic "github.com/sigstore/cosign/v2/pkg/oci/static"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore/pkg/signature/payload"
)

// cmdRegistry starts an empty registry; $REGISTRY is its host. With --login, who
// writes to it has to log in: as anybody but octo in vain.
func cmdRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 || len(args) == 1 && args[0] != "--no-referrers" && args[0] != "--login" {
		ts.Fatalf("usage: registry [--no-referrers|--login]")
	}
	referrers := !slices.Contains(args, "--no-referrers")
	h := upstream.New(upstream.WithReferrersSupport(referrers), upstream.Logger(log.New(io.Discard, "", 0)))
	if slices.Contains(args, "--login") {
		h = writableByOcto(h)
	}
	s := httptest.NewServer(h)
	ts.Defer(s.Close)
	ts.Setenv("REGISTRY", strings.TrimPrefix(s.URL, "http://"))
}

// octo may write to the registry of writableByOcto.
var octo = &authn.Basic{Username: "octo", Password: "secret"}

func writableByOcto(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, known := r.BasicAuth()
		switch {
		case r.Method == http.MethodGet || r.Method == http.MethodHead, user == octo.Username && password == octo.Password:
			h.ServeHTTP(w, r)
		case known:
			w.WriteHeader(http.StatusForbidden)
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
}

// cmdPush fills a repository with an index of two images, for linux/amd64 and
// linux/arm64, or with what cosign
// has saved in a folder. $DIGEST is that of what is at :v1, $CHILD of the first
// image in it.
func cmdPush(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: push REGISTRY/REPOSITORY [FOLDER]")
	}
	repository, err := name.NewRepository(args[0])
	ts.Check(err)
	if len(args) == 1 {
		index := v1.ImageIndex(empty.Index)
		for _, architecture := range []string{"amd64", "arm64"} {
			image, err := random.Image(16, 1)
			ts.Check(err)
			index = mutateimage.AppendManifests(index, mutateimage.IndexAddendum{Add: image,
				Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}}})
		}
		ts.Check(remote.WriteIndex(repository.Tag("v1"), index, remote.WithAuth(octo)))
		setDigests(ts, index)
		return
	}
	all, err := layout.ImageIndexFromPath(args[1])
	ts.Check(err)
	list, err := all.IndexManifest()
	ts.Check(err)
	for _, d := range list.Manifests {
		switch d.Annotations["kind"] {
		case "dev.cosignproject.cosign/imageIndex":
			index, err := all.ImageIndex(d.Digest)
			ts.Check(err)
			ts.Check(remote.WriteIndex(repository.Tag("v1"), index))
			setDigests(ts, index)
		case "dev.cosignproject.cosign/image":
			image, err := all.Image(d.Digest)
			ts.Check(err)
			ts.Check(remote.Write(repository.Tag("v1"), image))
			ts.Setenv("DIGEST", d.Digest.String())
		case "dev.cosignproject.cosign/atts":
			attestations, err := all.Image(d.Digest)
			ts.Check(err)
			ts.Check(remote.Write(repository.Tag(strings.Replace(ts.Getenv("DIGEST"), ":", "-", 1)+".att"), attestations))
		}
	}
}

func setDigests(ts *testscript.TestScript, index v1.ImageIndex) {
	digest, err := index.Digest()
	ts.Check(err)
	ts.Setenv("DIGEST", digest.String())
	m, err := index.IndexManifest()
	ts.Check(err)
	ts.Setenv("CHILD", m.Manifests[0].Digest.String())
}

// cmdPayload writes the document that cosign signs for an image.
func cmdPayload(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: payload IMAGE FILE")
	}
	image, err := name.NewDigest(args[0])
	ts.Check(err)
	text, err := payload.Cosign{Image: image}.MarshalJSON()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

// cmdAttach attaches a bundle to an image, as it is or taken apart as cosign did
// before there were bundles; then a signature's document is given too. A bare
// signature comes without anything of the log.
func cmdAttach(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: attach bundle|signature|bare-signature|attestation IMAGE BUNDLE [PAYLOAD]")
	}
	image, err := name.NewDigest(args[1])
	ts.Check(err)
	text := []byte(strings.TrimSpace(ts.ReadFile(args[2])))
	if args[0] == "bundle" {
		const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
		ts.Check(ociremote.WriteReferrer(image, mediaType, []v1.Layer{static.NewLayer(text, types.MediaType(mediaType))}, nil))
		return
	}
	b := new(bundle.Bundle)
	ts.Check(b.UnmarshalJSON(text))
	entity, err := ociremote.SignedEntity(image)
	ts.Check(err)
	if args[0] == "bare-signature" {
		b.GetVerificationMaterial().TlogEntries = nil
	}
	if strings.HasSuffix(args[0], "signature") {
		one, err := cosignstatic.NewSignature([]byte(ts.ReadFile(args[3])), base64.StdEncoding.EncodeToString(b.GetMessageSignature().GetSignature()), cosignParts(b)...)
		ts.Check(err)
		entity, err = mutate.AttachSignatureToEntity(entity, one)
		ts.Check(err)
		ts.Check(ociremote.WriteSignatures(image.Repository, entity))
		return
	}
	one, err := cosignstatic.NewAttestation(envelopeOf(ts, b), append(cosignParts(b), cosignstatic.WithLayerMediaType("application/vnd.dsse.envelope.v1+json"))...)
	ts.Check(err)
	entity, err = mutate.AttachAttestationToEntity(entity, one)
	ts.Check(err)
	ts.Check(ociremote.WriteAttestations(image.Repository, entity))
}

// cosignParts are a bundle's certificate, log entry and timestamp.
func cosignParts(b *bundle.Bundle) []cosignstatic.Option {
	m := b.GetVerificationMaterial()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.GetCertificate().GetRawBytes()})
	parts := []cosignstatic.Option{cosignstatic.WithCertChain(certificate, nil)}
	for _, e := range m.GetTlogEntries() {
		if promise := e.GetInclusionPromise().GetSignedEntryTimestamp(); promise != nil {
			parts = append(parts, cosignstatic.WithBundle(&cosignbundle.RekorBundle{SignedEntryTimestamp: promise, Payload: cosignbundle.RekorPayload{
				Body: base64.StdEncoding.EncodeToString(e.GetCanonicalizedBody()), IntegratedTime: e.GetIntegratedTime(), LogIndex: e.GetLogIndex(),
				LogID: hex.EncodeToString(e.GetLogId().GetKeyId())}}))
		}
	}
	for _, s := range m.GetTimestampVerificationData().GetRfc3161Timestamps() {
		parts = append(parts, cosignstatic.WithRFC3161Timestamp(&cosignbundle.RFC3161Timestamp{SignedRFC3161Timestamp: s.GetSignedTimestamp()}))
	}
	return parts
}

func envelopeOf(ts *testscript.TestScript, b *bundle.Bundle) []byte {
	type signature struct {
		KeyID string `json:"keyid"`
		Sig   []byte `json:"sig"`
	}
	e := b.GetDsseEnvelope()
	text, err := json.Marshal(struct {
		PayloadType string      `json:"payloadType"`
		Payload     []byte      `json:"payload"`
		Signatures  []signature `json:"signatures"`
	}{e.GetPayloadType(), e.GetPayload(), []signature{{"", e.GetSignatures()[0].GetSig()}}})
	ts.Check(err)
	return bytes.TrimSpace(text)
}
