package forge

import (
	"context"
	"fmt"
	"net/url"
	"slices"
)

// BulkAttestations lists what GitHub keeps for many digests, each sha256:HEX,
// in a call for every hundred. It needs a token, and answers for all
// repositories of the owner: RepositoryID says which one an attestation is of.
// Digests without any are not in the result.
func (c *Client) BulkAttestations(ctx context.Context, p *Project, digests []string) (map[string][]Attestation, error) {
	for _, digest := range digests {
		if err := checkSHA256(digest); err != nil {
			return nil, err
		}
	}
	if err := p.Repository.check(); err != nil {
		return nil, err
	}
	kind := "users"
	if p.OwnerType == "Organization" {
		kind = "orgs"
	}
	what := "attestations of " + p.Owner
	all := map[string][]Attestation{}
	for batch := range slices.Chunk(digests, maxBulk) {
		found := map[string][]attestation{}
		for after, pages := "", 0; ; pages++ {
			if pages == maxPages {
				return nil, fmt.Errorf("%s: %w", what, overLimit("pages", maxPages+1, maxPages))
			}
			query := url.Values{"per_page": {fmt.Sprint(attestationsAPage)}}
			if after != "" {
				query.Set("after", after)
			}
			page, err := c.bulk(ctx, fmt.Sprintf("%s/%s/attestations/bulk-list?%s", kind, p.Owner, query.Encode()), batch)
			if err != nil {
				return nil, failed(what, err)
			}
			for digest, some := range page.Found {
				if !slices.Contains(batch, digest) {
					return nil, strange(what, fmt.Sprintf("digest %.100q was not asked for", digest))
				}
				if found[digest] = append(found[digest], some...); len(found[digest]) > maxAttestations {
					return nil, fmt.Errorf("%s: %w", what, overLimit("attestations", int64(len(found[digest])), maxAttestations))
				}
			}
			if !page.Info.HasNext {
				break
			}
			if page.Info.Next == "" || page.Info.Next == after {
				return nil, strange(what, "the next page is the same")
			}
			after = page.Info.Next
		}
		for digest, some := range found {
			fetched, err := c.withBundles(ctx, some)
			if err != nil {
				return nil, failed(what, err)
			}
			all[digest] = fetched
		}
	}
	return all, nil
}

// bulkPage is a page of the answer.
type bulkPage struct {
	Found map[string][]attestation `json:"attestations_subject_digests"`
	Info  struct {
		HasNext bool   `json:"has_next"`
		Next    string `json:"next"`
	} `json:"page_info"`
}

func (c *Client) bulk(ctx context.Context, path string, digests []string) (*bulkPage, error) {
	gh := c.calls()
	request, err := gh.NewRequest("POST", path, map[string][]string{"subject_digests": digests})
	if err != nil {
		return nil, err
	}
	page := new(bulkPage)
	_, err = gh.Do(ctx, request, page)
	return page, err
}
