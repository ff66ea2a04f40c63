package cli

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	ociremote "github.com/sigstore/cosign/v2/pkg/oci/remote"

	"github.com/hallmark-project/hallmark/internal/reviewtest"
	"github.com/hallmark-project/hallmark/review"
)

// nearby reaches this machine itself, and the fake for all else.
type nearby struct{ fake http.RoundTripper }

func (n nearby) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return http.DefaultTransport.RoundTrip(r)
	}
	return n.fake.RoundTrip(r)
}

// TestReviewImages: the image of each release is one of its artifacts.
func TestReviewImages(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(ociregistry.New(ociregistry.WithReferrersSupport(true), ociregistry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := newPast(t, 4, 1, 1)
	p.network = nearby{p.network}
	image := at.Host + "/octo/widget"
	for tag, signed := range map[string]bool{"1.1.0": true, "v1.2.0": true, "1.3.0": false} {
		pushed, err := random.Image(16, 1)
		p.must(err)
		ref, err := name.NewTag(image + ":" + tag)
		p.must(err)
		p.must(remote.Write(ref, pushed))
		if !signed {
			continue
		}
		manifest, err := pushed.RawManifest()
		p.must(err)
		release := "v" + strings.TrimPrefix(tag, "v")
		bundle := p.sigstore.Attest(reviewtest.Release(release, p.git("", "rev-parse", release)), reviewtest.FirstRelease.AddDate(0, 0, 125), reviewtest.Subjects{image: manifest})
		digest, err := pushed.Digest()
		p.must(err)
		const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
		p.must(ociremote.WriteReferrer(ref.Digest(digest.String()), mediaType, []v1.Layer{static.NewLayer(bundle, types.MediaType(mediaType))}, nil))
	}
	want := map[string]review.State{"v1.1.0": review.Covered, "v1.2.0": review.Covered, "v1.3.0": review.Uncovered}
	for _, rel := range p.report("--image", "oci://"+image).Releases {
		for _, a := range rel.Assets {
			if strings.HasPrefix(a.Name, image+"@sha256:") {
				if a.State != want[rel.Tag] {
					t.Errorf("%s: the image is %s, want %s: %+v", rel.Tag, a.State, want[rel.Tag], a.Refused)
				}
				delete(want, rel.Tag)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not looked at: %v", want)
	}
	p.review(2, "octo/widget", "--image", image+":v1")
}
