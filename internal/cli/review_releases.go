package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/review"
)

// olderReleases is how many releases from before the review's day are looked at
// all the same: they tell whether the project signed before.
const olderReleases = 3

// aPage is how many releases are listed beyond those that were asked for: GitHub
// lists them by their commits' dates, which anybody can set, and drafts among them.
const aPage = 30

// manyAssets is from how many files on a release's list is asked for by itself.
const manyAssets = 100

// listReleases asks for the releases. Without an answer there is nothing to
// review.
func (c *collector) listReleases(ctx context.Context) error {
	var listed []*forge.Release
	var failed error
	most := c.options.releases
	if most > 0 {
		most += aPage
	}
	asked, err := c.ask(ctx, func(ctx context.Context) error {
		listed, failed = c.client.Releases(ctx, c.project.Repository, most)
		return failed
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return limitHint(err, c.client.Token)
	}
	c.record.Releases.Asked = asked
	slices.SortStableFunc(listed, func(a, b *forge.Release) int { return b.PublishedAt.Compare(a.PublishedAt) })
	older := 0
	for _, from := range listed {
		switch {
		case from.Draft: // which nobody can have
			continue
		case c.options.releases > 0 && len(c.record.Releases.Items) == c.options.releases:
			continue
		case from.PublishedAt.Before(c.options.since):
			if older++; older > olderReleases {
				continue
			}
		}
		if err := c.addRelease(ctx, from, asked); err != nil {
			return err
		}
	}
	c.rememberAssets(listed)
	return nil
}

func (c *collector) addRelease(ctx context.Context, from *forge.Release, asked review.Answer) error {
	if len(from.Assets) >= manyAssets {
		var err error
		if asked, err = c.ask(ctx, func(ctx context.Context) error {
			assets, err := c.client.Assets(ctx, c.project.Repository, from)
			if err == nil {
				from.Assets = assets
			}
			return err
		}); err != nil {
			return err
		}
	}
	rel := review.Release{ID: from.ID, Tag: from.Tag, Prerelease: from.Prerelease, Immutable: from.Immutable,
		Created: from.CreatedAt.UTC(), Published: from.PublishedAt.UTC(), Author: from.Author, Asked: asked}
	if from.Notes != "" {
		rel.Notes = c.keep([]byte(from.Notes))
	}
	for i := range from.Assets {
		a := &from.Assets[i]
		if !a.Finished() { // nobody can have it
			continue
		}
		rel.Assets = append(rel.Assets, review.Asset{ID: a.ID, Name: a.Name, Size: a.Size, Downloads: int64(a.DownloadCount), Uploader: a.Uploader,
			Created: a.CreatedAt.UTC(), Updated: a.UpdatedAt.UTC(), Stated: strings.TrimPrefix(a.Digest, "sha256:")})
	}
	c.record.Releases.Items = append(c.record.Releases.Items, rel)
	return nil
}

// rememberAssets notes where the record's assets, which now stay in their
// places, are to be had.
func (c *collector) rememberAssets(listed []*forge.Release) {
	byID := make(map[int64]*forge.Asset)
	for _, from := range listed {
		for i := range from.Assets {
			byID[from.Assets[i].ID] = &from.Assets[i]
		}
	}
	for i := range c.record.Releases.Items {
		assets := c.record.Releases.Items[i].Assets
		for j := range assets {
			c.at[&assets[j]] = byID[assets[j].ID]
		}
	}
}
