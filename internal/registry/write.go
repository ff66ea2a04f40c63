package registry

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// stored are the answers to a write that was done: the specification's own, and
// what older registries say.
var stored = []int{http.StatusCreated, http.StatusOK, http.StatusAccepted, http.StatusNoContent}

// upload stores a blob, in one piece.
//
// OCI distribution specification, "POST then PUT".
func (s *session) upload(ctx context.Context, content []byte) error {
	begun, err := s.write(ctx, http.MethodPost, s.endpoint("blobs", "uploads/"), "", nil, http.StatusAccepted)
	if err != nil {
		return err
	}
	to, err := begun.Location()
	if err != nil {
		return fmt.Errorf("%s: no place to upload to: %w", begun.Request.URL.Redacted(), err)
	}
	query := to.Query()
	query.Set("digest", digestOf(content))
	to.RawQuery = query.Encode()
	_, err = s.write(ctx, http.MethodPut, to, "application/octet-stream", content, stored...)
	return err
}

// putManifest stores a manifest under a tag or its digest, and returns what the
// registry said beside it.
func (s *session) putManifest(ctx context.Context, identifier, kind string, body []byte) (http.Header, error) {
	resp, err := s.write(ctx, http.MethodPut, s.endpoint("manifests", identifier), kind, body, stored...)
	if err != nil {
		return nil, err
	}
	if said := resp.Header.Get("Docker-Content-Digest"); said != "" && said != digestOf(body) {
		return nil, fmt.Errorf("%s: the registry stored %.100q in place of %s", resp.Request.URL.Redacted(), said, digestOf(body))
	}
	return resp.Header, nil
}

// write sends a body and wants one answer, of which the header counts. Where the
// registry has a blob sent elsewhere, credentials stay; redirects are not
// followed, since no registry answers a write with one.
func (s *session) write(ctx context.Context, method string, u *url.URL, contentType string, body []byte, want ...int) (*http.Response, error) {
	foreign := u.Scheme != s.address.Scheme || u.Host != s.address.Host || u.User != nil
	if foreign {
		if err := checkSent(&s.address, u); err != nil {
			return nil, err
		}
	}
	send := func(authorization string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		return s.base.RoundTrip(r)
	}
	var resp *http.Response
	var err error
	if foreign {
		resp, err = send("")
	} else {
		resp, err = s.authorized(ctx, send)
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	switch {
	case slices.Contains(want, resp.StatusCode):
		return resp, nil
	case resp.StatusCode < http.StatusBadRequest:
		return nil, fmt.Errorf("%s: %s, which is no answer to a write", u.Redacted(), resp.Status)
	}
	return nil, s.refused(resp)
}

// encode writes a manifest, the same bytes for the same content.
func encode(manifest any) ([]byte, error) {
	return json.Marshal(manifest, json.Deterministic(true))
}

// descriptor says what content is.
func descriptor(kind string, content []byte) v1.Descriptor {
	algorithm, digest, _ := strings.Cut(digestOf(content), ":")
	return v1.Descriptor{MediaType: types.MediaType(kind), Digest: v1.Hash{Algorithm: algorithm, Hex: digest}, Size: int64(len(content))}
}
