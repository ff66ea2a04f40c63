package registry

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	upstream "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"

	"github.com/hallmark-project/hallmark/verify"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 1, time.FixedZone("", 3600))

func attestation(content string) Attachment {
	return Attachment{Bundle: []byte(content), PredicateType: "https://slsa.dev/provenance/v1", Created: noon}
}

func (s *shelf) mustAttach(t testing.TB, a Attachment) Placed {
	t.Helper()
	placed, err := s.client.Attach(t.Context(), s.image, a)
	if err != nil {
		t.Fatal(err)
	}
	return placed
}

// What is attached is found again, by us and by cosign, with the API and
// without.
func TestAttach(t *testing.T) {
	for _, referrers := range []bool{true, false} {
		t.Run(fmt.Sprintf("referrers=%t", referrers), func(t *testing.T) {
			s := newShelf(t, referrers, nil)
			first := s.mustAttach(t, attestation(`{"a":1}`))
			if first.Kept || first.Registry != s.RegistryStr() || !strings.HasPrefix(first.Digest, "sha256:") {
				t.Errorf("placed %+v", first)
			}
			if again := s.mustAttach(t, attestation(`{"a":1}`)); !again.Kept || again.Digest != first.Digest {
				t.Errorf("attached again: %+v, want %s kept", again, first)
			}
			second := s.mustAttach(t, Attachment{Bundle: []byte(`{"b":1}`), Created: noon})
			if second.Kept || second.Digest == first.Digest {
				t.Errorf("another bundle: %+v", second)
			}
			want := []string{`bundle: {"a":1}`, `bundle: {"b":1}`}
			got := said(s.client.Material(t.Context(), s.image))
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			list, err := ociremote.Referrers(s.digest(), "")
			if err != nil || len(list.Manifests) != 2 {
				t.Errorf("cosign lists %+v, %v", list, err)
			}
		})
	}
}

// The manifest says nothing that its maker's machine or luck decides.
func TestReferrerManifest(t *testing.T) {
	s := newShelf(t, true, nil)
	subject, err := remote.Head(s.digest())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		attachment  Attachment
		annotations string
	}{
		"attestation": {attestation(`{"a":1}`), `{"dev.sigstore.bundle.content":"dsse-envelope","dev.sigstore.bundle.predicateType":"https://slsa.dev/provenance/v1","org.opencontainers.image.created":"2026-11-20T11:00:00Z"}`},
		"signature":   {Attachment{Bundle: []byte(`{"a":1}`), Created: noon}, `{"dev.sigstore.bundle.content":"message-signature","org.opencontainers.image.created":"2026-11-20T11:00:00Z"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := s.image.referrer(test.attachment, descriptor(bundleType, test.attachment.Bundle))
			got, err := encode(m)
			if err != nil {
				t.Fatal(err)
			}
			want := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",` +
				`"config":{"mediaType":"application/vnd.oci.empty.v1+json","size":2,"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},` +
				`"layers":[{"mediaType":"` + bundleType + `","size":7,"digest":"sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"}],` +
				`"annotations":` + test.annotations + `,` +
				fmt.Sprintf(`"subject":{"mediaType":%q,"size":%d,"digest":%q},`, subject.MediaType, subject.Size, subject.Digest) +
				`"artifactType":"` + bundleType + `"}`
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The tag that stands in for the list keeps what others have put there, what
// nobody here understands included; a list that could not be read again is left
// as it is.
func TestEnlist(t *testing.T) {
	other := `{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:` + hex64 + `","size":3,"newer":{"than":"us"}}`
	tests := map[string]struct {
		before string
		fails  string
	}{
		"others' entries": {before: `{"schemaVersion":2,"mediaType":"` + ociIndexType + `","manifests":[` + other + `],"also":"kept"}`},
		"no list":         {before: `{"schemaVersion":2,"mediaType":"` + ociIndexType + `","manifests":{}}`, fails: "no readable list of referrers"},
		"full":            {before: `{"schemaVersion":2,"mediaType":"` + ociIndexType + `","manifests":[` + strings.Repeat(other+",", maxListed-1) + other + `]}`, fails: "at most 1000"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stored string
			s := newShelf(t, false, nil)
			tag := "/manifests/" + tagOf(s.image.Digest)
			s.behind(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case !strings.HasSuffix(r.URL.Path, tag):
						h.ServeHTTP(w, r)
					case r.Method == http.MethodPut:
						body, err := io.ReadAll(r.Body)
						if err != nil {
							t.Error(err)
						}
						stored = string(body)
						w.WriteHeader(http.StatusCreated)
					default:
						latest := stored
						if latest == "" {
							latest = test.before
						}
						w.Header().Set("Content-Type", ociIndexType)
						_, _ = w.Write([]byte(latest))
					}
				})
			})
			_, err := s.client.Attach(t.Context(), s.image, attestation(`{"a":1}`))
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) || stored != "" {
					t.Errorf("got %v, stored %.100q", err, stored)
				}
				return
			}
			if err != nil || !strings.Contains(stored, other+",{") || !strings.Contains(stored, `"also":"kept"`) {
				t.Errorf("got %v, stored %s", err, stored)
			}
		})
	}
}

// Others may write to the tag at the same time, and take our entry out again.
func TestEnlistAgainstOthers(t *testing.T) {
	for wins, ok := range map[int]bool{1: true, maxEnlist: false} {
		s := newShelf(t, false, nil)
		puts := 0
		tag := "/manifests/" + tagOf(s.image.Digest)
		s.behind(t, func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, tag) {
					if puts++; puts <= wins {
						w.WriteHeader(http.StatusCreated)
						return
					}
				}
				h.ServeHTTP(w, r)
			})
		})
		if _, err := s.client.Attach(t.Context(), s.image, attestation(`{}`)); (err == nil) != ok {
			t.Errorf("others won %d times: %v", wins, err)
		}
	}
}

// A registry says where a blob goes to, and gets no credentials there; what is
// none of its business is refused.
func TestUploadElsewhere(t *testing.T) {
	tests := map[string]struct {
		location string
		code     int // of the answer, 202 if 0
		secrets  []string
		fails    string
	}{
		"by path":        {location: "/v2/octo/widget/blobs/uploads/1?state=x", secrets: []string{"registry.example.com"}},
		"other host":     {location: "https://store.example.net/put?state=x", secrets: []string{"registry.example.com"}},
		"no TLS":         {location: "http://registry.example.com/v2/octo/widget/blobs/uploads/1", fails: "not https"},
		"inner address":  {location: "https://169.254.169.254/put", fails: "inner address"},
		"with password":  {location: "https://u:p@registry.example.com/put", fails: "password"},
		"nowhere":        {fails: "no place to upload to"},
		"a redirect":     {location: "https://store.example.net/put", code: http.StatusTemporaryRedirect, fails: "no answer to a write"},
		"a plain answer": {location: "/v2/x", code: http.StatusOK, fails: "no answer to a write"},
		"denied":         {code: http.StatusForbidden, fails: "403 Forbidden"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inner := upstream.New(upstream.WithReferrersSupport(true), upstream.Logger(log.New(io.Discard, "", 0)))
			image := digestOf([]byte(emptyIndex))
			n := &internet{}
			n.hosts = map[string]http.Handler{
				"registry.example.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.URL.Path == "/v2/" && r.Header.Get("Authorization") == "":
						w.Header().Set("WWW-Authenticate", "Basic realm=x")
						w.WriteHeader(http.StatusUnauthorized)
					case strings.HasSuffix(r.URL.Path, "/manifests/"+image):
						w.Header().Set("Content-Type", ociIndexType)
						_, _ = w.Write([]byte(emptyIndex))
					case r.Method == http.MethodPost:
						if test.location != "" {
							w.Header().Set("Location", test.location)
						}
						if test.code == 0 {
							test.code = http.StatusAccepted
						}
						w.WriteHeader(test.code)
					case strings.Contains(r.URL.Path, "/uploads/"):
						if r.URL.Query().Get("state") != "x" || !strings.HasPrefix(r.URL.Query().Get("digest"), "sha256:") {
							t.Errorf("uploaded to %s", r.URL)
						}
						w.WriteHeader(http.StatusCreated)
					default:
						inner.ServeHTTP(w, r)
					}
				}),
				"store.example.net": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Header.Get("Authorization") != "" {
						t.Errorf("credentials were sent along: %s", r.Header.Get("Authorization"))
					}
					w.WriteHeader(http.StatusCreated)
				}),
			}
			client := &Client{Transport: n, Keychain: keys{"registry.example.com": authn.AuthConfig{Username: "u", Password: "p"}}}
			found, err := client.Resolve(t.Context(), Reference{Registry: "registry.example.com", Repository: "octo/widget", Digest: image})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Attach(t.Context(), found, attestation(`{"a":1}`))
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("got %v, want %q", err, test.fails)
			}
			if test.fails != "" && (n.asked("store.example.net")+n.asked("169.254.")+n.asked("PUT") > 0) {
				t.Errorf("asked: %q", n.requests)
			}
		})
	}
}

// A token is asked for that may write only where something is written.
func TestScopeOfWriting(t *testing.T) {
	var scopes []string
	image := digestOf([]byte(emptyIndex))
	inner := upstream.New(upstream.WithReferrersSupport(true), upstream.Logger(log.New(io.Discard, "", 0)))
	n := &internet{hosts: map[string]http.Handler{"registry.example.com": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			scopes = append(scopes, r.URL.Query().Get("scope"))
			_, _ = w.Write([]byte(`{"token":"` + r.URL.Query().Get("scope") + `"}`))
		case r.Header.Get("Authorization") == "", r.Method != http.MethodGet && !strings.HasSuffix(r.Header.Get("Authorization"), "push"):
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://registry.example.com/token",service="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		case strings.HasSuffix(r.URL.Path, "/manifests/"+image):
			w.Header().Set("Content-Type", ociIndexType)
			_, _ = w.Write([]byte(emptyIndex))
		default:
			inner.ServeHTTP(w, r)
		}
	})}}
	client := &Client{Transport: n}
	found, err := client.Resolve(t.Context(), Reference{Registry: "registry.example.com", Repository: "octo/widget", Digest: image})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Attach(t.Context(), found, attestation(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"repository:octo/widget:pull", "repository:octo/widget:pull,push"}, scopes); diff != "" {
		t.Error(diff)
	}
}

// A registry that says what the manifest refers to has the referrers API, and is
// not asked; what it says of something else counts for nothing.
//
// OCI distribution specification, "Pushing Manifests with Subject".
func TestSubjectHeader(t *testing.T) {
	for name, test := range map[string]struct {
		says   func(image string) string
		listed bool // by us, under the tag
	}{
		"this image": {func(image string) string { return image }, false},
		"another":    {func(string) string { return "sha256:" + hex64 }, true},
		"nothing":    {func(string) string { return "" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t, false, nil)
			stored, after := false, 0
			s.behind(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if stored {
						after++
					}
					if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/manifests/sha256:") {
						stored = true
						if subject := test.says(s.image.Digest); subject != "" {
							w.Header().Set("OCI-Subject", subject)
						}
					}
					h.ServeHTTP(w, r)
				})
			})
			s.mustAttach(t, attestation(`{"a":1}`))
			asked := after
			_, err := remote.Head(s.Tag(tagOf(s.image.Digest)))
			if listed := err == nil; listed != test.listed || asked > 0 != test.listed {
				t.Errorf("listed under the tag: %t, %d requests after the manifest", listed, asked)
			}
		})
	}
}

// Whether a registry takes bundles is known before one is made.
func TestPrepare(t *testing.T) {
	for code, want := range map[int]error{http.StatusUnauthorized: ErrDenied, http.StatusForbidden: ErrDenied, 0: nil} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			var asked []string
			s := newShelf(t, true, nil)
			s.behind(t, func(h http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet && r.Method != http.MethodHead {
						asked = append(asked, r.Method)
						if code != 0 {
							w.WriteHeader(code)
							return
						}
					}
					h.ServeHTTP(w, r)
				})
			})
			err := s.client.Prepare(t.Context(), s.image)
			if !errors.Is(err, want) {
				t.Fatalf("got %v, want %v", err, want)
			}
			if want != nil {
				if _, err := s.client.Attach(t.Context(), s.image, attestation(`{}`)); !errors.Is(err, want) {
					t.Errorf("attached all the same: %v", err)
				}
				return
			}
			s.mustAttach(t, attestation(`{}`))
			if diff := cmp.Diff([]string{"POST", "PUT", "POST", "PUT", "PUT"}, asked); diff != "" {
				t.Errorf("the little blob, the bundle and the manifest:\n%s", diff)
			}
		})
	}
}

func TestAttachTooMuch(t *testing.T) {
	s := newShelf(t, true, nil)
	_, err := s.client.Attach(t.Context(), s.image, Attachment{Bundle: make([]byte, verify.MaxBundle+1)})
	if err == nil || !strings.Contains(err.Error(), "bytes of material") {
		t.Errorf("got %v", err)
	}
}

// An index's images are found by what it says of them, and what builders keep
// beside them is none.
func TestPlatforms(t *testing.T) {
	s := newShelf(t, true, nil)
	index := v1.ImageIndex(empty.Index)
	for _, p := range []*v1.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm", Variant: "v7"}, {OS: "linux", Architecture: "arm", Variant: "v6"}, {OS: "unknown", Architecture: "unknown"}} {
		image, err := random.Image(8, 1)
		if err != nil {
			t.Fatal(err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: p}})
	}
	if err := remote.WriteIndex(s.Tag("all"), index); err != nil {
		t.Fatal(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][]int{"": {0, 1, 2}, "linux/amd64": {0}, "linux/arm": {1, 2}, "linux/arm/v7": {1}, "unknown/unknown": nil, "linux": nil, "linux/amd64/v1": nil, "windows/amd64": nil}
	for platform, which := range tests {
		t.Run(platform, func(t *testing.T) {
			got, err := s.client.Platforms(t.Context(), s.mustResolve(t, s.Tag("all").String()), platform)
			if (err == nil) != (which != nil) {
				t.Fatal(err)
			}
			var want, digests []string
			for _, i := range which {
				want = append(want, m.Manifests[i].Digest.String())
			}
			for _, image := range got {
				digests = append(digests, image.Digest)
			}
			if diff := cmp.Diff(want, digests); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := s.client.Platforms(t.Context(), s.image, ""); err == nil || !strings.Contains(err.Error(), "a single image") {
		t.Errorf("of an image: %v", err)
	}
}
