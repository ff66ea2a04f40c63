package registry

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/hallmark-project/hallmark/verify"
)

// referrers lists what the registry says refers to the image: by the API, or by
// the tag that stands in for it where the registry has none. Of what it listed
// before an error, some is returned with it.
//
// OCI distribution specification, "Listing Referrers".
func (s *session) referrers(ctx context.Context, image *Image) ([]v1.Descriptor, error) {
	var list []v1.Descriptor
	next := s.endpoint("referrers", image.Digest)
	for page := 0; next != nil; page++ {
		if page == maxPages {
			return list, overLimit("pages of referrers", maxPages+1, maxPages)
		}
		a, err := s.get(ctx, next, imageIndex[0], maxManifest)
		if page == 0 && (hasNoAPI(err) || err == nil && mediaType(a.header.Get("Content-Type")) != imageIndex[0]) {
			return s.referrersByTag(ctx, image)
		}
		if err != nil {
			return list, err
		}
		more, err := parseReferrers(a.body)
		list = append(list, more...)
		switch {
		case err != nil:
			return list, err
		case len(list) > maxListed:
			return list[:maxListed], overLimit("referrers", int64(len(list)), maxListed)
		}
		if next, err = nextPage(a); err != nil {
			return list, err
		}
	}
	return list, nil
}

// hasNoAPI tells the answers of registries that do not know the question.
func hasNoAPI(err error) bool {
	status, ok := err.(*statusError)
	if !ok {
		return false
	}
	switch status.code {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable:
		return true
	}
	return false
}

func (s *session) referrersByTag(ctx context.Context, image *Image) ([]v1.Descriptor, error) {
	found, err := s.manifest(ctx, tagOf(image.Digest), imageIndex)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := parseReferrers(found.body)
	if len(list) > maxListed {
		return list[:maxListed], overLimit("referrers", int64(len(list)), maxListed)
	}
	return list, err
}

// tagOf is the tag that is derived from a digest.
func tagOf(digest string) string { return strings.Replace(digest, ":", "-", 1) }

// parseReferrers reads a list. An entry that cannot be read is left out and
// hides no other; the error says so.
func parseReferrers(body []byte) ([]v1.Descriptor, error) {
	var index struct {
		Manifests []jsontext.Value `json:"manifests"`
	}
	if err := json.Unmarshal(body, &index); err != nil {
		return nil, unreadable("list of referrers", err)
	}
	var list []v1.Descriptor
	var bad error
	for _, text := range index.Manifests {
		var d v1.Descriptor
		err := json.Unmarshal(text, &d)
		if err == nil && !digestForm().MatchString(d.Digest.String()) {
			err = fmt.Errorf("digest %.100q", d.Digest)
		}
		if err != nil {
			bad = unreadable("entry in the list of referrers", err)
			continue
		}
		list = append(list, d)
	}
	return list, bad
}

// linkForm is the one link that registries send.
//
// RFC 8288, section 3; OCI distribution specification, "Listing Referrers".
var linkForm = compileLater(`\A\s*<([^<>\s]{1,1000})>\s*;\s*rel="?next"?\s*\z`)

// nextPage is the address of the page after this one, which must be a list of
// the same image's referrers in the same registry.
func nextPage(a *answer) (*url.URL, error) {
	link := a.header.Get("Link")
	if link == "" {
		return nil, nil
	}
	m := linkForm().FindStringSubmatch(link)
	if m == nil {
		return nil, unreadable("link to more referrers", fmt.Errorf("%.100q", link))
	}
	next, err := a.url.Parse(m[1])
	if err != nil {
		return nil, unreadable("link to more referrers", err)
	}
	if next.Scheme != a.url.Scheme || next.Host != a.url.Host || next.Path != a.url.Path || next.User != nil {
		return nil, &verify.Rejection{Check: verify.CheckBundle, Want: "more referrers from " + a.url.Host, Got: "a link to " + next.Redacted()}
	}
	return next, nil
}
