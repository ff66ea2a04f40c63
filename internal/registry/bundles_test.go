package registry

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"

	"github.com/hallmark-project/hallmark/verify"
)

// What cosign attaches is found, by the API and by the tag in its place.
func TestBundlesOfCosign(t *testing.T) {
	for _, api := range []bool{true, false} {
		t.Run(fmt.Sprint("API ", api), func(t *testing.T) {
			s := newShelf(t, api, nil)
			if err := ociremote.WriteAttestationNewBundleFormat(s.digest(), []byte(`{"an":"attestation"}`), "https://slsa.dev/provenance/v1"); err != nil {
				t.Fatal(err)
			}
			layer := static.NewLayer([]byte(`{"a":"signature"}`), bundleType)
			if err := ociremote.WriteReferrer(s.digest(), bundleType, []v1.Layer{layer}, nil); err != nil {
				t.Fatal(err)
			}
			sbom := static.NewLayer([]byte(`{"an":"SBOM"}`), "application/spdx+json")
			if err := ociremote.WriteReferrer(s.digest(), "application/spdx+json", []v1.Layer{sbom}, nil); err != nil {
				t.Fatal(err)
			}
			got := said(s.client.Material(t.Context(), s.image))
			slices.Sort(got)
			if want := []string{`bundle: {"a":"signature"}`, `bundle: {"an":"attestation"}`}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestNoMaterial(t *testing.T) {
	for _, api := range []bool{true, false} {
		s := newShelf(t, api, nil)
		if got := s.client.Material(t.Context(), s.image); len(got) != 0 {
			t.Errorf("got %q", said(got))
		}
	}
}

func gzipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, content)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// O-04, O-06: a referrer that is not what it should be is reported, and hides
// none that is.
func TestBrokenBundles(t *testing.T) {
	other, err := v1.NewHash("sha256:" + hex64)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		spoil func(*v1.Manifest)
		check verify.Check
		want  string // in the error
	}{
		"refers to another":      {func(m *v1.Manifest) { m.Subject.Digest = other }, verify.CheckBundle, "one to sha256:" + hex64},
		"refers to nothing":      {func(m *v1.Manifest) { m.Subject = nil }, verify.CheckBundle, "refers to nothing"},
		"no layer":               {func(m *v1.Manifest) { m.Layers = nil }, verify.CheckBundle, "exactly one layer"},
		"two layers":             {func(m *v1.Manifest) { m.Layers = append(m.Layers, m.Layers[0]) }, verify.CheckBundle, "exactly one layer"},
		"lying type":             {func(m *v1.Manifest) { m.ArtifactType = bundleType + ".evil" }, verify.CheckBundle, "type of a bundle"},
		"lying type of layer":    {func(m *v1.Manifest) { m.Layers[0].MediaType = bundleType + "+gzip" }, verify.CheckBundle, "type of a bundle"},
		"empty layer":            {func(m *v1.Manifest) { m.Layers[0].Size = 0 }, verify.CheckBundle, "holds something"},
		"negative size":          {func(m *v1.Manifest) { m.Layers[0].Size = -1 }, verify.CheckBundle, "holds something"},
		"size too small":         {func(m *v1.Manifest) { m.Layers[0].Size-- }, verify.CheckLimit, "at most"},
		"size too large":         {func(m *v1.Manifest) { m.Layers[0].Size++ }, verify.CheckBundle, "as its manifest says"},
		"as large as nobody has": {func(m *v1.Manifest) { m.Layers[0].Size = 1 << 50 }, verify.CheckLimit, "at most 16777216 bytes"},
		"a byte too large":       {func(m *v1.Manifest) { m.Layers[0].Size = maxBlob + 1 }, verify.CheckLimit, "at most 16777216 bytes"},
		"layer elsewhere":        {func(m *v1.Manifest) { m.Layers[0].URLs = []string{"http://169.254.169.254/"} }, verify.CheckBundle, "elsewhere"},
		"layer without digest":   {func(m *v1.Manifest) { m.Layers[0].Digest = v1.Hash{Algorithm: "sha256"} }, verify.CheckBundle, "no readable manifest"},
		"layer that is absent":   {func(m *v1.Manifest) { m.Layers[0].Digest = other }, "", "404"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, true, nil)
			broken := s.referrer(t, `{"a":"broken one"}`, test.spoil)
			broken.put(t, s.Digest(broken.digest()))
			good := s.referrer(t, `{"a":"good one"}`, nil)
			good.put(t, s.Digest(good.digest()))
			if test.spoil != nil { // the API of this registry lists by subject; a hostile one lists what it likes
				s = s.listing(t, broken, good)
			}
			got := s.client.Material(t.Context(), s.image)
			if len(got) != 2 {
				t.Fatalf("got %q", said(got))
			}
			for _, a := range got {
				if strings.HasSuffix(a.Name, good.digest()) {
					if string(a.Data) != `{"a":"good one"}` {
						t.Errorf("the good one: %s, %v", a.Data, a.Err)
					}
					continue
				}
				var r *verify.Rejection
				if a.Err == nil || a.Data != nil || !strings.Contains(a.Err.Error(), test.want) ||
					errors.As(a.Err, &r) != (test.check != "") || r != nil && r.Check != test.check {
					t.Errorf("got %s, %v", a.Data, a.Err)
				}
			}
		})
	}
}

// listing is the same shelf behind a registry that lists these as referrers.
func (s *shelf) listing(t testing.TB, all ...rawManifest) *shelf {
	t.Helper()
	var list []v1.Descriptor
	for _, m := range all {
		h, err := v1.NewHash(m.digest())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v1.Descriptor{MediaType: types.OCIManifestSchema1, ArtifactType: bundleType, Digest: h, Size: int64(len(m.body))})
	}
	return s.behind(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				h.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", ociIndexType)
			_, _ = io.WriteString(w, toJSON(t, v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: list}))
		})
	})
}

// behind puts something before a shelf's registry.
func (s *shelf) behind(t testing.TB, before func(http.Handler) http.Handler) *shelf {
	t.Helper()
	inner := s.server.Config.Handler
	s.server.Config.Handler = before(inner)
	return s
}

// A blob that is compressed is what it is; an answer that is compressed on the
// way is not what was asked for.
func TestNothingIsDecompressed(t *testing.T) {
	bomb := gzipped(t, strings.Repeat("{}", 1<<20))
	s := newShelf(t, true, nil)
	s.putReferrer(t, bomb, nil)
	got := s.client.Material(t.Context(), s.image)
	if len(got) != 1 || got[0].Err != nil || string(got[0].Data) != bomb {
		t.Fatalf("got %d pieces, %v", len(got), said(got))
	}

	s = newShelf(t, true, nil)
	s.putReferrer(t, `{"a":"bundle"}`, nil)
	s.behind(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/blobs/") {
				h.ServeHTTP(w, r)
				return
			}
			if r.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, bomb)
		})
	})
	got = s.client.Material(t.Context(), s.image)
	var r *verify.Rejection
	if len(got) != 1 || !errors.As(got[0].Err, &r) || r.Check != verify.CheckLimit {
		t.Errorf("got %q", said(got))
	}
}

// Other bytes under a blob's digest.
func TestOtherBlob(t *testing.T) {
	s := newShelf(t, true, nil)
	s.putReferrer(t, `{"a":"bundle"}`, nil)
	s.behind(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/blobs/") {
				_, _ = io.WriteString(w, `{"a":"Bundle"}`)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	got := s.client.Material(t.Context(), s.image)
	var r *verify.Rejection
	if len(got) != 1 || !errors.As(got[0].Err, &r) || r.Check != verify.CheckSubject {
		t.Errorf("got %q", said(got))
	}
}
