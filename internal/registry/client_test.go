package registry

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hallmark-project/hallmark/verify"
)

func TestResolve(t *testing.T) {
	s := newShelf(t, true, nil)
	if s.image.Tag != "" || s.image.Repository != "octo/widget" || s.image.String() != s.digest().String() {
		t.Errorf("got %+v", s.image.Reference)
	}
	if again := s.mustResolve(t, s.digest().String()); again.Reference != s.image.Reference {
		t.Errorf("by digest it is %s, by tag %s", again, s.image)
	}
}

// O-01: a tag is asked for once. Where it points afterwards is of no interest.
func TestMovedTag(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	s := newShelf(t, true, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if r.Method == http.MethodGet {
				asked = append(asked, r.URL.Path)
			}
			mu.Unlock()
			h.ServeHTTP(w, r)
		})
	})
	s.putReferrer(t, `{"about":"the first"}`, nil)
	other, err := random.Image(16, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(s.Tag("v1"), other); err != nil {
		t.Fatal(err)
	}
	asked = nil
	got := said(s.client.Material(t.Context(), s.image))
	if len(got) != 1 || got[0] != `bundle: {"about":"the first"}` {
		t.Errorf("got %q", got)
	}
	for _, path := range asked {
		if strings.HasSuffix(path, "/manifests/v1") {
			t.Errorf("the tag is asked for again")
		}
	}
}

// O-02: a registry that gives something else than was asked for.
func TestResolveRefuses(t *testing.T) {
	const index = emptyIndex
	digest := digestOf([]byte(index))
	tests := map[string]struct {
		ref    string // of octo/widget
		answer page
		check  verify.Check // of the rejection, or
		is     error
		text   string
	}{
		"other bytes":               {ref: "@" + digest, answer: page{kind: ociIndexType, body: index + " "}, check: verify.CheckSubject},
		"header tells other digest": {ref: ":v1", answer: page{kind: ociIndexType, body: index, header: map[string]string{"Docker-Content-Digest": "sha256:" + hex64}}, check: verify.CheckSubject},
		"header tells this digest for other bytes": {ref: "@" + digest, answer: page{kind: ociIndexType, body: index + " ",
			header: map[string]string{"Docker-Content-Digest": digest}}, check: verify.CheckSubject},
		"no digest in header":   {ref: ":v1", answer: page{kind: ociIndexType, body: index, header: map[string]string{"Docker-Content-Digest": "latest"}}, check: verify.CheckSubject},
		"not a manifest's type": {ref: ":v1", answer: page{kind: "application/json", body: index}, check: verify.CheckBundle},
		"web page":              {ref: ":v1", answer: page{kind: "text/html", body: "<html>log in</html>"}, check: verify.CheckBundle},
		"two types":             {ref: ":v1", answer: page{kind: ociImageType, body: index}, check: verify.CheckBundle},
		"signed, first schema":  {ref: ":v1", answer: page{kind: "application/vnd.docker.distribution.manifest.v1+prettyjws", body: `{}`}, check: verify.CheckBundle},
		"a member twice":        {ref: ":v1", answer: page{kind: ociIndexType, body: `{"mediaType":"` + ociImageType + `","mediaType":"` + ociIndexType + `"}`}, check: verify.CheckBundle},
		"too large":             {ref: ":v1", answer: page{kind: ociIndexType, body: strings.Repeat(" ", maxManifest+1)}, check: verify.CheckLimit},
		"as large as may be":    {ref: ":v1", answer: page{kind: ociIndexType, body: index + strings.Repeat(" ", maxManifest-len(index))}},
		"absent":                {ref: ":v2", answer: page{kind: ociIndexType, body: index}, is: ErrReference, text: "MANIFEST_UNKNOWN: not here"},
		"denied":                {ref: ":v1", answer: page{code: http.StatusForbidden}, is: ErrDenied},
		"endless reasons":       {ref: ":v1", answer: page{code: http.StatusForbidden, body: strings.Repeat("x", maxWords+1)}, is: ErrDenied},
		"broken":                {ref: ":v1", answer: page{code: http.StatusTeapot, body: `{"errors":[{"code":"` + strings.Repeat("X", 999) + `","message":"` + strings.Repeat("y", 9999) + `"}]}`}, text: "418"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ref, err := ParseReference("registry.example.com/octo/widget" + test.ref)
			if err != nil {
				t.Fatal(err)
			}
			identifier := "v1"
			if ref.Digest != "" {
				identifier = ref.Digest
			}
			n := &internet{hosts: map[string]http.Handler{"registry.example.com": pages{"/v2/": {}, "/v2/octo/widget/manifests/" + identifier: test.answer}}}
			image, err := (&Client{Transport: n}).Resolve(t.Context(), ref)
			var rejection *verify.Rejection
			switch {
			case test.check != "":
				if !errors.As(err, &rejection) || rejection.Check != test.check {
					t.Errorf("got %v, %v, want %s", image, err, test.check)
				}
			case test.is != nil || test.text != "":
				if err == nil || errors.As(err, &rejection) || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.text) {
					t.Errorf("got %v, %v", image, err)
				}
			case err != nil:
				t.Error(err)
			}
			if err != nil && len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}
