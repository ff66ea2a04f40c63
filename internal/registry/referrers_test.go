package registry

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/hallmark-project/hallmark/verify"
)

// hostile is a registry of which a test writes every answer, and an image in it.
func hostile(t testing.TB, referrers http.HandlerFunc, rest pages) (*internet, *Client, *Image) {
	t.Helper()
	image := digestOf([]byte(emptyIndex))
	all := pages{"/v2/": {}, "/v2/octo/widget/manifests/" + image: {kind: ociIndexType, body: emptyIndex}}
	for path, p := range rest {
		all["/v2/octo/widget/"+path] = p
	}
	n := &internet{hosts: map[string]http.Handler{"registry.example.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if referrers != nil && strings.Contains(r.URL.Path, "/referrers/") {
			referrers(w, r)
			return
		}
		all.ServeHTTP(w, r)
	})}}
	client := &Client{Transport: n}
	found, err := client.Resolve(t.Context(), Reference{Registry: "registry.example.com", Repository: "octo/widget", Digest: image})
	if err != nil {
		t.Fatal(err)
	}
	return n, client, found
}

// entry describes a referrer that is not there.
func entry(n int, artifactType string) v1.Descriptor {
	digest := strings.TrimPrefix(digestOf(fmt.Append(nil, n)), "sha256:")
	return v1.Descriptor{MediaType: types.OCIManifestSchema1, ArtifactType: artifactType, Size: 2, Digest: v1.Hash{Algorithm: "sha256", Hex: digest}}
}

func list(t testing.TB, entries ...v1.Descriptor) string {
	t.Helper()
	return toJSON(t, v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: entries})
}

func wantLimit(t *testing.T, all []Attached, name string) {
	t.Helper()
	for _, a := range all {
		var r *verify.Rejection
		if strings.HasPrefix(a.Name, name) && errors.As(a.Err, &r) && r.Check == verify.CheckLimit {
			return
		}
	}
	t.Errorf("no limit is named: %.2000q", said(all))
}

// O-05, CVE-2023-46737: a registry that never stops.
func TestEndlessReferrers(t *testing.T) {
	many := make([]v1.Descriptor, 100_000)
	for i := range many {
		many[i] = entry(i, "application/spdx+json")
	}
	bundles := make([]v1.Descriptor, maxFetched+1)
	for i := range bundles {
		bundles[i] = entry(i, bundleType)
	}
	tests := map[string]struct {
		body  string
		link  string // of every page
		asked int    // requests for manifests and lists after the image's own
		limit bool
	}{
		"as many as may be listed":  {body: list(t, many[:maxListed]...), asked: 1},
		"one more":                  {body: list(t, many[:maxListed+1]...), asked: 1, limit: true},
		"a page that never ends":    {body: list(t, many...), asked: 1, limit: true},
		"pages of nothing":          {body: list(t), link: `<?last=x>; rel="next"`, asked: maxPages, limit: true},
		"a page after itself":       {body: list(t, many[:3]...), link: `</v2/octo/widget/referrers/` + digestOf([]byte(emptyIndex)) + `>; rel=next`, asked: maxPages, limit: true},
		"as many as may be fetched": {body: list(t, bundles[:maxFetched]...), asked: 1 + maxFetched},
		"one bundle more":           {body: list(t, bundles...), asked: 1 + maxFetched, limit: true},
		"one bundle often":          {body: list(t, slices.Repeat(bundles[:1], maxListed)...), asked: 1 + 1},
		"too large a page":          {body: list(t) + strings.Repeat(" ", maxManifest), asked: 1, limit: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n, client, image := hostile(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.link != "" {
					w.Header().Set("Link", test.link)
				}
				w.Header().Set("Content-Type", ociIndexType)
				_, _ = w.Write([]byte(test.body))
			}, nil)
			n.requests = nil
			got := client.Material(t.Context(), image)
			if test.limit {
				wantLimit(t, got, "referrers of registry.example.com/octo/widget@")
			}
			if asked := n.asked("/referrers/") + n.asked("/manifests/sha256:"); asked != test.asked {
				t.Errorf("%d requests, want %d", asked, test.asked)
			}
			n.wantSecrets(t)
		})
	}
}

// Pages follow each other in the same list alone.
func TestPagesOfReferrers(t *testing.T) {
	self := "/v2/octo/widget/referrers/" + digestOf([]byte(emptyIndex))
	tests := map[string]struct {
		link  string
		pages int
	}{
		"whole":               {"<" + self + `?n=1&last=2>; rel="next"`, 2},
		"query alone":         {`<?last=2>; rel="next"`, 2},
		"with host":           {"<https://registry.example.com" + self + `?last=2>; rel="next"`, 2},
		"no quotes":           {"<" + self + `?last=2>;rel=next`, 2},
		"none":                {"", 1},
		"other host":          {`<https://evil.example` + self + `?last=2>; rel="next"`, 0},
		"other scheme":        {`<http://registry.example.com` + self + `?last=2>; rel="next"`, 0},
		"user":                {`<https://u:p@registry.example.com` + self + `?last=2>; rel="next"`, 0},
		"other repository":    {`</v2/evil/widget/referrers/` + digestOf([]byte(emptyIndex)) + `?last=2>; rel="next"`, 0},
		"another's list":      {`</v2/octo/widget/referrers/sha256:` + hex64 + `?last=2>; rel="next"`, 0},
		"other relation":      {"<" + self + `?last=2>; rel="prev"`, 0},
		"something unwritten": {`next`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n, client, image := hostile(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("last") == "" && test.link != "" {
					w.Header().Set("Link", test.link)
				}
				w.Header().Set("Content-Type", ociIndexType)
				_, _ = w.Write([]byte(emptyIndex))
			}, nil)
			got := client.Material(t.Context(), image)
			if test.pages == 0 {
				var r *verify.Rejection
				if len(got) != 1 || !errors.As(got[0].Err, &r) || r.Check != verify.CheckBundle {
					t.Errorf("got %q", said(got))
				}
			} else if len(got) != 0 || n.asked("/referrers/") != test.pages {
				t.Errorf("%d pages, %q", n.asked("/referrers/"), said(got))
			}
			if n.asked("evil") > 0 {
				t.Errorf("asked elsewhere: %q", n.requests)
			}
		})
	}
}

// What stands in for the API is a tag that anybody who may push can move.
func TestReferrersByTag(t *testing.T) {
	tag := "manifests/" + tagOf(digestOf([]byte(emptyIndex)))
	noAPI := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
	tests := map[string]struct {
		api  http.HandlerFunc
		tag  page
		want string
	}{
		"list":             {noAPI, page{kind: ociIndexType, body: list(t, entry(1, bundleType))}, "404"},
		"API is a website": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, page{kind: ociIndexType, body: list(t, entry(1, bundleType))}, "404"},
		"API is refused":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, page{kind: ociIndexType, body: list(t)}, "403"},
		"points elsewhere": {noAPI, page{kind: ociImageType, body: `{"schemaVersion":2}`}, "want a manifest of type " + ociIndexType},
		"too many":         {noAPI, page{kind: ociIndexType, body: list(t, slices.Repeat([]v1.Descriptor{entry(1, "x/y")}, maxListed+1)...)}, "at most 1000"},
		"no list":          {noAPI, page{kind: ociIndexType, body: `{"manifests":{}}`}, "no readable list"},
		"a bad entry":      {noAPI, page{kind: ociIndexType, body: `{"manifests":[{"digest":"sha512:00"}]}`}, "no readable entry"},
		"no digest":        {noAPI, page{kind: ociIndexType, body: `{"manifests":[{"artifactType":"` + bundleType + `"}]}`}, "no readable entry"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, client, image := hostile(t, test.api, pages{tag: test.tag})
			got := client.Material(t.Context(), image)
			if len(got) != 1 || got[0].Err == nil || !strings.Contains(got[0].Err.Error(), test.want) {
				t.Errorf("got %q", said(got))
			}
		})
	}
}

// The order in which a registry lists is of no consequence, broken entries
// among others included; and an entry that says no type is looked into.
func TestOrderOfReferrers(t *testing.T) {
	s := newShelf(t, true, nil)
	var entries []string
	for i := range 8 {
		m := s.referrer(t, fmt.Sprintf(`{"bundle":%d}`, i), nil)
		m.put(t, s.Digest(m.digest()))
		entries = append(entries, fmt.Sprintf(`{"digest":%q,"size":%d,"artifactType":%q}`, m.digest(), len(m.body), []string{bundleType, "", "application/vnd.oci.empty.v1+json"}[i%3]))
	}
	sbom := s.referrer(t, `{"an":"SBOM"}`, func(m *v1.Manifest) { m.ArtifactType = "application/spdx+json" })
	sbom.put(t, s.Digest(sbom.digest()))
	entries = append(entries, fmt.Sprintf(`{"digest":%q,"size":%d}`, sbom.digest(), len(sbom.body)),
		`{"digest":"sha256:short"}`, fmt.Sprintf(`{"digest":"sha256:%s","artifactType":%q}`, hex64, bundleType))
	shuffle := rand.New(rand.NewPCG(1, 2))
	s.behind(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/referrers/") {
				h.ServeHTTP(w, r)
				return
			}
			shuffle.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
			w.Header().Set("Content-Type", ociIndexType)
			_, _ = w.Write([]byte(`{"manifests":[` + strings.Join(entries, ",") + `]}`))
		})
	})
	first := said(s.client.Material(t.Context(), s.image))
	if len(first) != 8+2 {
		t.Errorf("got %q", first)
	}
	for range 5 {
		if diff := cmp.Diff(first, said(s.client.Material(t.Context(), s.image))); diff != "" {
			t.Error(diff)
		}
	}
}
