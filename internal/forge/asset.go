package forge

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-github/v82/github"
)

// Asset is what GitHub says of a file of a release.
type Asset struct {
	ID            int64
	Name          string // no path: no slash, no control character
	State         string
	Size          int64
	Digest        string // "sha256:HEX" as GitHub states it; empty for old assets
	MediaType     string
	Uploader      string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	DownloadCount int
	URL           string // where anybody can have it, once the release is published

	draft bool
}

// Finished is false for an upload that broke off; GitHub keeps the name taken.
func (a *Asset) Finished() bool { return a.State == "uploaded" }

// Assets lists the files of a release, finished or not.
func (c *Client) Assets(ctx context.Context, r Repository, release *Release) ([]Asset, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("assets of release %d of %s", release.ID, r)
	var all []Asset
	err := inPages(what, func(number int) (int, error) {
		found, resp, err := c.calls().Repositories.ListReleaseAssets(ctx, r.Owner, r.Name, release.ID, &github.ListOptions{Page: number, PerPage: 100})
		if err != nil {
			return 0, err
		}
		page, err := newAssets(what, found, release.Draft)
		if all = append(all, page...); len(all) > maxAssets {
			return 0, overLimit("assets", int64(len(all)), maxAssets)
		}
		return resp.NextPage, err
	})
	return all, err
}

func newAssets(what string, found []*github.ReleaseAsset, draft bool) ([]Asset, error) {
	all := make([]Asset, 0, len(found))
	for _, a := range found {
		asset := Asset{
			ID:            a.GetID(),
			Name:          a.GetName(),
			State:         a.GetState(),
			Size:          int64(a.GetSize()),
			Digest:        a.GetDigest(),
			MediaType:     a.GetContentType(),
			Uploader:      a.GetUploader().GetLogin(),
			CreatedAt:     a.GetCreatedAt().Time,
			UpdatedAt:     a.GetUpdatedAt().Time,
			DownloadCount: a.GetDownloadCount(),
			URL:           a.GetBrowserDownloadURL(),
			draft:         draft,
		}
		switch {
		case asset.ID <= 0 || asset.Size < 0 || len(asset.State) > 20 || len(asset.MediaType) > 300:
			return nil, strange(what, fmt.Sprintf("asset %d: no number, size or state that could be one", asset.ID))
		case !isFileName(asset.Name):
			return nil, strange(what, fmt.Sprintf("an asset is called %.300q", asset.Name))
		case asset.Digest != "" && checkSHA256(asset.Digest) != nil:
			return nil, strange(what, fmt.Sprintf("asset %q: digest %.100q", asset.Name, asset.Digest))
		case asset.Uploader != "" && !loginPattern.MatchString(asset.Uploader):
			return nil, strange(what, fmt.Sprintf("asset %q: uploaded by %.100q", asset.Name, asset.Uploader))
		case !isPage(asset.URL):
			return nil, strange(what, fmt.Sprintf("asset %q: to be had at %.100q", asset.Name, asset.URL))
		}
		all = append(all, asset)
	}
	return all, nil
}

// isFileName tells names that are one step in a folder, whatever the system.
func isFileName(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) <= 255 && utf8.ValidString(name) &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unicode.IsControl)
}
