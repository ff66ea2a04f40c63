package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// newRegistry makes an OCI registry in memory.
func newRegistry() http.Handler {
	inner := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before, _ := path.Split(r.URL.Path); strings.HasSuffix(before, "/referrers/") {
			serveReferrers(w, r, inner, strings.TrimSuffix(before, "referrers/")+"manifests/")
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// serveReferrers completes what the registry answers. It takes the media type
// of a manifest's config for the artifact's type, and leaves annotations out,
// so a client that looks for one type would find nothing. Registries take both
// from the manifest (OCI distribution 1.1, listing referrers).
func serveReferrers(w http.ResponseWriter, r *http.Request, inner http.Handler, manifests string) {
	listed := answer{header: make(http.Header)}
	inner.ServeHTTP(&listed, r)
	var index v1.IndexManifest
	if listed.status != http.StatusOK || json.Unmarshal(listed.body.Bytes(), &index) != nil {
		listed.copyTo(w)
		return
	}
	for i := range index.Manifests {
		d := &index.Manifests[i]
		request := r.Clone(r.Context())
		request.URL.Path = manifests + d.Digest.String()
		found := answer{header: make(http.Header)}
		inner.ServeHTTP(&found, request)
		var manifest struct {
			ArtifactType string            `json:"artifactType"`
			Annotations  map[string]string `json:"annotations"`
		}
		// The registry has parsed it to list it.
		_ = json.Unmarshal(found.body.Bytes(), &manifest)
		d.ArtifactType = cmp.Or(manifest.ArtifactType, d.ArtifactType)
		d.Annotations = manifest.Annotations
	}
	slices.SortFunc(index.Manifests, func(a, b v1.Descriptor) int { return cmp.Compare(a.Digest.Hex, b.Digest.Hex) })
	w.Header().Set("Content-Type", string(index.MediaType))
	_ = json.NewEncoder(w).Encode(index)
}

// answer keeps what a handler answers.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
func (a *answer) WriteHeader(status int)      { a.status = status }

func (a *answer) copyTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(cmp.Or(a.status, http.StatusOK))
	_, _ = w.Write(a.body.Bytes())
}
