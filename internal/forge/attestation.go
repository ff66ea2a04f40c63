package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"golang.org/x/sync/errgroup"
)

// Attestation is a bundle that GitHub keeps for a digest. Nothing of it has
// been verified: whoever could write to the repository's attestations may have
// stored it.
type Attestation struct {
	RepositoryID int64
	Initiator    string // who stored it, as GitHub states it
	Bundle       []byte // JSON; nil where Err says why
	Err          error  // the bundle could not be had, and is neither there nor absent
}

// attestation is one as GitHub lists it. The bundle is null since July 2026,
// and stands at the address.
type attestation struct {
	Bundle       json.RawMessage `json:"bundle"`
	BundleURL    string          `json:"bundle_url"`
	RepositoryID int64           `json:"repository_id"`
	Initiator    string          `json:"initiator"`
}

// attestationsAPage keeps a page within MaxAnswer where bundles stand in it.
const attestationsAPage = 30

// Attestations lists what GitHub keeps for a repository and a digest, given as
// sha256:HEX. GitHub does not tell none from none that the asker may see: both
// are an empty list here.
func (c *Client) Attestations(ctx context.Context, r Repository, digest string) ([]Attestation, error) {
	if err := errorsOf(r.check(), checkSHA256(digest)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("attestations of %s for %s", r, digest)
	var listed []attestation
	for after, pages := "", 0; ; pages++ {
		if pages == maxPages {
			return nil, fmt.Errorf("%s: %w", what, overLimit("pages", maxPages+1, maxPages))
		}
		query := url.Values{"per_page": {fmt.Sprint(attestationsAPage)}}
		if after != "" {
			query.Set("after", after)
		}
		var page struct {
			Attestations []attestation `json:"attestations"`
		}
		resp, err := c.get(ctx, fmt.Sprintf("repos/%s/%s/attestations/%s?%s", r.Owner, r.Name, digest, query.Encode()), &page)
		if isNotFound(plain(err)) {
			break
		}
		if err != nil {
			return nil, failed(what, err)
		}
		if listed = append(listed, page.Attestations...); len(listed) > maxAttestations {
			return nil, fmt.Errorf("%s: %w", what, overLimit("attestations", int64(len(listed)), maxAttestations))
		}
		if resp.After == "" {
			break
		}
		if resp.After == after {
			return nil, strange(what, "the next page is the same")
		}
		after = resp.After
	}
	return c.withBundles(ctx, listed)
}

// maxParallel is how many bundles are fetched at a time.
const maxParallel = 8

// withBundles fetches the bundles that the list does not hold. What cannot be
// had stays in the list with the reason.
func (c *Client) withBundles(ctx context.Context, listed []attestation) ([]Attestation, error) {
	all := make([]Attestation, len(listed))
	var g errgroup.Group
	g.SetLimit(maxParallel)
	for i, a := range listed {
		all[i] = Attestation{RepositoryID: a.RepositoryID}
		if loginPattern.MatchString(a.Initiator) {
			all[i].Initiator = a.Initiator
		}
		g.Go(func() error {
			all[i].Bundle, all[i].Err = c.bundleOf(ctx, a)
			return nil
		})
	}
	_ = g.Wait()
	return all, context.Cause(ctx)
}

func (c *Client) bundleOf(ctx context.Context, a attestation) ([]byte, error) {
	inline := bytes.TrimSpace(a.Bundle)
	switch {
	case len(inline) > maxBundle:
		return nil, overLimit("bytes in a bundle", int64(len(inline)), maxBundle)
	case len(inline) > 0 && !bytes.Equal(inline, []byte("null")):
		return inline, nil
	case a.BundleURL != "":
		return c.bundleAt(ctx, a.BundleURL)
	}
	return nil, fmt.Errorf("%w: an attestation with neither a bundle nor its address", ErrAnswer)
}

// StoreAttestation hands GitHub a bundle, as JSON, to keep for its subjects,
// and returns the number under which it does. The token must be one that may
// write attestations.
func (c *Client) StoreAttestation(ctx context.Context, r Repository, bundle []byte) (id int64, err error) {
	if err := r.check(); err != nil {
		return 0, err
	}
	what := "storing an attestation with " + r.String()
	if len(bundle) > maxBundle {
		return 0, fmt.Errorf("%s: %w", what, overLimit("bytes in a bundle", int64(len(bundle)), maxBundle))
	}
	gh := c.calls()
	request, err := gh.NewRequest("POST", fmt.Sprintf("repos/%s/%s/attestations", r.Owner, r.Name),
		map[string]json.RawMessage{"bundle": bundle})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	var stored struct {
		ID int64 `json:"id"`
	}
	if _, err := gh.Do(ctx, request, &stored); err != nil {
		return 0, failed(what, err)
	}
	if stored.ID <= 0 {
		return 0, strange(what, "it has no number")
	}
	return stored.ID, nil
}

// AttestationURL is the page where a stored attestation is shown.
func AttestationURL(r Repository, id int64) string {
	return fmt.Sprintf("%s/%s/attestations/%d", webOrigin, r, id)
}
