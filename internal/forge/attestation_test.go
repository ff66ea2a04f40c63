package forge_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// bundleFor is the least that GitHub takes for a bundle about some content.
func bundleFor(content string) []byte {
	statement := fmt.Sprintf(`{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":%q}}],"predicateType":"https://slsa.dev/provenance/v1"}`, digestOf(content))
	return fmt.Appendf(nil, `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{},"dsseEnvelope":{"payload":%q,"payloadType":"application/vnd.in-toto+json","signatures":[]}}`,
		base64.StdEncoding.EncodeToString([]byte(statement)))
}

func TestAttestations(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	bundle, digest := bundleFor("the widget"), "sha256:"+digestOf("the widget")
	id, err := w.client(maintainer).StoreAttestation(t.Context(), widget, bundle)
	must(t, err)
	if want := fmt.Sprintf("https://github.com/octo/widget/attestations/%d", id); forge.AttestationURL(widget, id) != want {
		t.Errorf("its page is %s, want %s", forge.AttestationURL(widget, id), want)
	}
	for range 64 {
		must(t, w.Attest("octo", "widget", bundle))
	}
	tests := map[string]struct {
		faults fakegithub.Faults
		digest string
		want   int
		broken bool
	}{
		"by address":      {digest: digest, want: 65},
		"as until 2026":   {digest: digest, want: 65, faults: fakegithub.Faults{Inline: true}},
		"neither":         {digest: digest, want: 65, faults: fakegithub.Faults{NoBundle: true}, broken: true},
		"in bad weather":  {digest: digest, want: 65, faults: fakegithub.Faults{Seed: 1, Calls: 0.5}},
		"another content": {digest: "sha256:" + digestOf("another")},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			must(t, w.SetFaults(tc.faults))
			got, err := w.client("").Attestations(t.Context(), widget, tc.digest)
			must(t, err)
			if len(got) != tc.want {
				t.Fatalf("%d attestations, want %d", len(got), tc.want)
			}
			for i, a := range got {
				if a.RepositoryID != 77 || (a.Err != nil) != tc.broken || tc.broken != (string(a.Bundle) != string(bundle)) {
					t.Fatalf("attestation %d: of repository %d, bundle %.80q, %v", i, a.RepositoryID, a.Bundle, a.Err)
				}
			}
		})
	}
	// GitHub knows no such digest, and none such is asked for.
	if _, err := w.client("").Attestations(t.Context(), widget, "sha256:../../releases"); !errors.Is(err, forge.ErrName) {
		t.Errorf("got %v, want ErrName", err)
	}
}

// TestWhereBundlesMayBe: an address in an answer leads to GitHub's storage or
// nowhere, redirects included.
func TestWhereBundlesMayBe(t *testing.T) {
	t.Parallel()
	const here = "https://x.blob.core.windows.net/b"
	tests := map[string]struct {
		address, redirect string
		asked             bool // the first address
		ok                bool
	}{
		"storage":                    {address: here, asked: true, ok: true},
		"another host":               {address: "https://evil.example/b"},
		"a host that ends alike":     {address: "https://evilblob.core.windows.net/b"},
		"a user":                     {address: "https://x@x.blob.core.windows.net/b"},
		"a port":                     {address: "https://x.blob.core.windows.net:8443/b"},
		"plain http":                 {address: "http://x.blob.core.windows.net/b"},
		"metadata of a cloud":        {address: "http://169.254.169.254/latest"},
		"a file":                     {address: "file:///etc/passwd"},
		"the API, with the token":    {address: "https://api.github.com/user"},
		"redirected to storage":      {address: here, redirect: "https://y.blob.core.windows.net/b", asked: true, ok: true},
		"redirected to another host": {address: here, redirect: "https://evil.example/b", asked: true},
		"redirected for ever":        {address: here, redirect: here, asked: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := map[string]int{}
			c := &forge.Client{Token: "secret", API: answers(func(r *http.Request) *http.Response {
				asked[r.URL.Scheme+"://"+r.URL.Host]++
				switch {
				case r.URL.Host == "api.github.com" && strings.Contains(r.URL.Path, "/attestations/"):
					return says(200, fmt.Sprintf(`{"attestations":[{"bundle":null,"bundle_url":%q,"repository_id":1,"initiator":"\u001b[31m"}]}`, tc.address))
				case r.Header.Get("Authorization") != "":
					t.Errorf("the token went to %s", r.URL.Host)
				}
				if tc.redirect != "" && (r.URL.String() == tc.address) {
					return says(302, "", "Location", tc.redirect)
				}
				return says(200, "{}")
			})}
			got, err := c.Attestations(t.Context(), widget, "sha256:"+digestOf("x"))
			must(t, err)
			if len(got) != 1 || (got[0].Err == nil) != tc.ok || got[0].Initiator != "" {
				t.Errorf("got %+v, want a bundle: %v", got, tc.ok)
			}
			for host := range asked {
				if host != "https://api.github.com" && !strings.HasSuffix(host, ".blob.core.windows.net") || strings.HasPrefix(host, "http:") {
					t.Errorf("%s was asked", host)
				}
			}
			if first := asked["https://x.blob.core.windows.net"] > 0; first != tc.asked {
				t.Errorf("storage was asked: %v, want %v", first, tc.asked)
			}
			if asked["https://api.github.com"] != 1 {
				t.Errorf("the API was asked %d times", asked["https://api.github.com"])
			}
		})
	}
}
