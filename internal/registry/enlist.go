package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// maxEnlist is how often the tag that stands in for a list of referrers is
// written: where others write to it at the same time, the last to do so wins.
const maxEnlist = 4

// enlist makes sure that a referrer is found by those who ask for them. A
// registry that has the API lists it by itself.
//
// OCI distribution specification, "Referrers Tag Schema".
func (s *session) enlist(ctx context.Context, image *Image, entry v1.Descriptor) error {
	a, err := s.get(ctx, s.endpoint("referrers", image.Digest), imageIndex[0], maxManifest)
	switch {
	case err == nil && mediaType(a.header.Get("Content-Type")) == imageIndex[0]:
		return nil
	case err != nil && !hasNoAPI(err):
		return err
	}
	tag := tagOf(image.Digest)
	for range maxEnlist {
		body, done, err := s.listWith(ctx, tag, entry)
		if err != nil {
			return fmt.Errorf("tag %s: %w", tag, err)
		}
		if done {
			return nil
		}
		if _, err := s.putManifest(ctx, tag, imageIndex[0], body); err != nil {
			return err
		}
	}
	return fmt.Errorf("tag %s: others keep writing to it", tag)
}

// listWith is the list under a tag with one more entry; done means that the
// entry is in it. What others have put there stays as it is.
func (s *session) listWith(ctx context.Context, tag string, entry v1.Descriptor) (body []byte, done bool, err error) {
	index := map[string]jsontext.Value{
		"schemaVersion": jsontext.Value("2"),
		"mediaType":     jsontext.Value(`"` + imageIndex[0] + `"`),
		"manifests":     jsontext.Value("[]"),
	}
	found, err := s.manifest(ctx, tag, imageIndex)
	if err == nil {
		err = json.Unmarshal(found.body, &index)
	}
	if err != nil && !isNotFound(err) {
		return nil, false, err
	}
	var entries []jsontext.Value
	if err := json.Unmarshal(index["manifests"], &entries); err != nil {
		return nil, false, unreadable("list of referrers", err)
	}
	same := func(text jsontext.Value) bool {
		var d v1.Descriptor
		return json.Unmarshal(text, &d) == nil && d.Digest == entry.Digest
	}
	if slices.ContainsFunc(entries, same) {
		return nil, true, nil
	}
	if len(entries) >= maxListed {
		return nil, false, overLimit("referrers", int64(len(entries)+1), maxListed)
	}
	text, err := encode(entry)
	if err != nil {
		return nil, false, err
	}
	if index["manifests"], err = encode(append(entries, text)); err != nil {
		return nil, false, err
	}
	body, err = encode(index)
	return body, false, err
}
