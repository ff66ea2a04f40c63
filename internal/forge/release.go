package forge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/go-github/v82/github"
)

// Release is what GitHub says of a release. Who may push to the repository can
// make it say nearly all of it.
type Release struct {
	ID          int64
	Tag         string // of a draft, perhaps one that does not exist yet
	Name, Notes string
	Target      string // the branch or commit that GitHub would tag
	Author      string
	Draft       bool // seen by those who may push
	Prerelease  bool
	Immutable   bool // tag and assets cannot be changed any more
	CreatedAt   time.Time
	PublishedAt time.Time // zero for a draft
	URL         string    // of its page
	Assets      []Asset
}

// ReleaseByTag finds the published release of a tag.
func (c *Client) ReleaseByTag(ctx context.Context, r Repository, tag string) (*Release, error) {
	if err := errorsOf(r.check(), CheckTag(tag)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("release %s of %s", tag, r)
	found, _, err := c.calls().Repositories.GetReleaseByTag(ctx, r.Owner, r.Name, escapeRef(tag))
	if err != nil {
		return nil, failed(what, err)
	}
	release, err := newRelease(what, found)
	if err == nil && (release.Tag != tag || release.Draft) {
		return nil, strange(what, fmt.Sprintf("it is release %q", release.Tag))
	}
	return release, err
}

// Release finds a release by its number, drafts too.
func (c *Client) Release(ctx context.Context, r Repository, id int64) (*Release, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("release %d of %s", id, r)
	found, _, err := c.calls().Repositories.GetRelease(ctx, r.Owner, r.Name, id)
	if err != nil {
		return nil, failed(what, err)
	}
	release, err := newRelease(what, found)
	if err == nil && release.ID != id {
		return nil, strange(what, fmt.Sprintf("it is release %d", release.ID))
	}
	return release, err
}

// releasesAPage keeps a page of releases, each with its assets, within
// MaxAnswer.
const releasesAPage = 30

// Releases lists releases as GitHub orders them, newest first, at most the
// given number; all for zero. Drafts are among them only for a token that may
// push.
func (c *Client) Releases(ctx context.Context, r Repository, most int) ([]*Release, error) {
	var all []*Release
	err := c.eachRelease(ctx, r, func(release *Release) bool {
		all = append(all, release)
		return most == 0 || len(all) < most
	})
	return all, err
}

// ReleasesOfTag lists all releases that claim a tag: at most one is published,
// drafts there may be several.
func (c *Client) ReleasesOfTag(ctx context.Context, r Repository, tag string) ([]*Release, error) {
	if err := CheckTag(tag); err != nil {
		return nil, err
	}
	var of []*Release
	err := c.eachRelease(ctx, r, func(release *Release) bool {
		if release.Tag == tag {
			of = append(of, release)
		}
		return true
	})
	return of, err
}

func (c *Client) eachRelease(ctx context.Context, r Repository, visit func(*Release) bool) error {
	if err := r.check(); err != nil {
		return err
	}
	what := "releases of " + r.String()
	seen := map[int64]bool{} // what is new on a page pushes others to the next
	page := func(number int) (next int, err error) {
		found, resp, err := c.calls().Repositories.ListReleases(ctx, r.Owner, r.Name, &github.ListOptions{Page: number, PerPage: releasesAPage})
		if err != nil {
			return 0, err
		}
		for _, f := range found {
			release, err := newRelease(what, f)
			if err != nil {
				return 0, err
			}
			if seen[release.ID] {
				continue
			}
			if seen[release.ID] = true; len(seen) > maxReleases {
				return 0, overLimit("releases", int64(len(seen)), maxReleases)
			}
			if !visit(release) {
				return 0, nil
			}
		}
		return resp.NextPage, nil
	}
	return inPages(what, page)
}

func newRelease(what string, r *github.RepositoryRelease) (*Release, error) {
	assets, err := newAssets(what, r.Assets, r.GetDraft())
	if err != nil {
		return nil, err
	}
	release := &Release{
		ID:          r.GetID(),
		Tag:         r.GetTagName(),
		Name:        r.GetName(),
		Notes:       r.GetBody(),
		Target:      r.GetTargetCommitish(),
		Author:      r.GetAuthor().GetLogin(),
		Draft:       r.GetDraft(),
		Prerelease:  r.GetPrerelease(),
		Immutable:   r.GetImmutable(),
		CreatedAt:   r.GetCreatedAt().Time,
		PublishedAt: r.GetPublishedAt().Time,
		URL:         r.GetHTMLURL(),
		Assets:      assets,
	}
	switch {
	case release.ID <= 0:
		return nil, strange(what, "a release without a number")
	case CheckTag(release.Tag) != nil:
		return nil, strange(what, fmt.Sprintf("a release of tag %.100q", release.Tag))
	case len(release.Name) > 1000 || len(release.Notes) > maxNotes || len(release.Target) > 300:
		return nil, strange(what, fmt.Sprintf("release %d has words without end", release.ID))
	case release.Author != "" && !loginPattern.MatchString(release.Author):
		return nil, strange(what, fmt.Sprintf("a release by %.100q", release.Author))
	case !isPage(release.URL):
		return nil, strange(what, fmt.Sprintf("a page at %.100q", release.URL))
	}
	return release, nil
}

// isPage tells addresses on GitHub itself, or none.
func isPage(address string) bool {
	return address == "" || len(address) < 2000 && strings.HasPrefix(address, webOrigin+"/")
}
