package registry

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sigstore/cosign/v2/pkg/oci"
	"github.com/sigstore/cosign/v2/pkg/oci/mutate"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"
	cosignstatic "github.com/sigstore/cosign/v2/pkg/oci/static"

	"github.com/hallmark-project/hallmark/verify"
)

const (
	payloadType  = "application/vnd.dev.cosign.simplesigning.v1+json"
	envelopeType = "application/vnd.dsse.envelope.v1+json"
)

// signed is the image with signatures and attestations as cosign attaches them.
func (s *shelf) signed(t *testing.T, signatures, attestations []oci.Signature) {
	t.Helper()
	entity, err := ociremote.SignedEntity(s.digest())
	for _, one := range signatures {
		if err == nil {
			entity, err = mutate.AttachSignatureToEntity(entity, one)
		}
	}
	for _, one := range attestations {
		if err == nil {
			entity, err = mutate.AttachAttestationToEntity(entity, one)
		}
	}
	if err == nil && signatures != nil {
		err = ociremote.WriteSignatures(s.Repository, entity)
	}
	if err == nil && attestations != nil {
		err = ociremote.WriteAttestations(s.Repository, entity)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func mustSignature(t *testing.T, payload, signature string) oci.Signature {
	t.Helper()
	one, err := cosignstatic.NewSignature([]byte(payload), signature)
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func mustAttestation(t *testing.T, envelope string) oci.Signature {
	t.Helper()
	one, err := cosignstatic.NewAttestation([]byte(envelope), cosignstatic.WithLayerMediaType(envelopeType),
		cosignstatic.WithAnnotations(map[string]string{"predicateType": "https://slsa.dev/provenance/v1"}))
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func TestCosign(t *testing.T) {
	s := newShelf(t, true, nil)
	// The payload is the same for all who sign; the signatures are not.
	s.signed(t, []oci.Signature{mustSignature(t, `{"critical":1}`, "b25l"), mustSignature(t, `{"critical":1}`, "dHdv")},
		[]oci.Signature{mustAttestation(t, `{"payload":""}`)})
	got := s.client.Material(t.Context(), s.image)
	type piece struct{ Name, Kind, Data, Signature, Err string }
	var pieces []piece
	for _, a := range got {
		pieces = append(pieces, piece{strings.TrimPrefix(a.Name, s.String()), string(a.Kind), string(a.Data), a.Annotations["dev.cosignproject.cosign/signature"], fmt.Sprint(a.Err)})
	}
	tag := ":" + tagOf(s.image.Digest)
	want := []piece{
		{tag + ".att#1", "image attestation", `{"payload":""}`, "", "<nil>"},
		{tag + ".sig#1", "image signature", `{"critical":1}`, "b25l", "<nil>"},
		{tag + ".sig#2", "image signature", `{"critical":1}`, "dHdv", "<nil>"},
	}
	if diff := cmp.Diff(want, pieces); diff != "" {
		t.Error(diff)
	}
}

// putSignatures writes a manifest of these layers under cosign's tag.
func (s *shelf) putSignatures(t testing.TB, layers ...v1.Descriptor) {
	t.Helper()
	m := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1, Config: s.layer(t, "application/vnd.oci.image.config.v1+json", "{}"), Layers: layers}
	rawManifest{toJSON(t, m), ociImageType}.put(t, s.Tag(tagOf(s.image.Digest)+".sig"))
}

// A layer that is spoilt hides none that is not, though both be of one digest.
func TestBrokenCosign(t *testing.T) {
	tests := map[string]struct {
		spoil func(*v1.Descriptor)
		check verify.Check
	}{
		"other type":       {func(d *v1.Descriptor) { d.MediaType = "application/json" }, verify.CheckBundle},
		"gzip":             {func(d *v1.Descriptor) { d.MediaType = types.OCILayer }, verify.CheckBundle},
		"size too small":   {func(d *v1.Descriptor) { d.Size-- }, verify.CheckLimit},
		"size too large":   {func(d *v1.Descriptor) { d.Size++ }, verify.CheckBundle},
		"empty":            {func(d *v1.Descriptor) { d.Size = 0 }, verify.CheckBundle},
		"huge":             {func(d *v1.Descriptor) { d.Size = 2 << 30 }, verify.CheckLimit},
		"stands elsewhere": {func(d *v1.Descriptor) { d.URLs = []string{"https://evil.example"} }, verify.CheckBundle},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, true, nil)
			good := s.layer(t, payloadType, `{"critical":1}`)
			bad := good
			test.spoil(&bad)
			s.putSignatures(t, bad, good)
			got := s.client.Material(t.Context(), s.image)
			var r *verify.Rejection
			if len(got) != 2 || !errors.As(got[0].Err, &r) || r.Check != test.check || got[1].Err != nil || string(got[1].Data) != `{"critical":1}` {
				t.Errorf("got %q", said(got))
			}
		})
	}
}

// O-05, CVE-2024-29903: more signatures than anybody makes.
func TestManySignatures(t *testing.T) {
	for _, n := range []int{maxLayers, maxLayers + 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newShelf(t, true, nil)
			s.putSignatures(t, slices.Repeat([]v1.Descriptor{s.layer(t, payloadType, `{"critical":1}`)}, n)...)
			got := s.client.Material(t.Context(), s.image)
			if n > maxLayers {
				wantLimit(t, got, s.String()+":"+tagOf(s.image.Digest)+".sig")
				got = got[1:]
			}
			if len(got) != maxLayers || got[len(got)-1].Err != nil {
				t.Errorf("%d pieces", len(got))
			}
		})
	}
}

// All pieces together are bounded, the small ones served first.
func TestTotal(t *testing.T) {
	s := newShelf(t, true, nil)
	var layers []v1.Descriptor
	for i := range 5 {
		layers = append(layers, s.layer(t, payloadType, strings.Repeat(fmt.Sprint(i), maxBlob)))
	}
	s.putSignatures(t, append(layers, s.layer(t, payloadType, `{"critical":1}`))...)
	got := s.client.Material(t.Context(), s.image)
	fetched := 0
	for _, a := range got {
		if a.Err == nil {
			fetched++
		}
	}
	if len(got) != 6 || fetched != 4 || got[5].Err != nil {
		t.Errorf("%d of %d fetched, the small one: %v", fetched, len(got), got[5].Err)
	}
	wantLimit(t, got, s.String())
}

// What stands under the tag is a manifest, not an index of some.
func TestCosignTagElsewhere(t *testing.T) {
	s := newShelf(t, true, nil)
	rawManifest{emptyIndex, ociIndexType}.put(t, s.Tag(tagOf(s.image.Digest)+".sig"))
	got := s.client.Material(t.Context(), s.image)
	var r *verify.Rejection
	if len(got) != 1 || !errors.As(got[0].Err, &r) || r.Check != verify.CheckBundle {
		t.Errorf("got %q", said(got))
	}
}
