package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v82/github"
)

// Draft says what a new release is to be.
type Draft struct {
	Tag         string
	Name, Notes string
	Target      string // what GitHub tags at publishing, if the tag does not exist
	Prerelease  bool
}

// CreateDraft makes a draft. It is never made twice: where an answer got lost
// the draft is looked for before it is asked for again. Nothing keeps others
// from making one for the same tag at the same time: ReleasesOfTag shows it.
func (c *Client) CreateDraft(ctx context.Context, r Repository, d Draft) (*Release, error) {
	if err := errorsOf(r.check(), CheckTag(d.Tag)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("draft %s of %s", d.Tag, r)
	known := map[int64]bool{}
	before, err := c.ReleasesOfTag(ctx, r, d.Tag)
	if err != nil {
		return nil, err
	}
	for _, release := range before {
		known[release.ID] = true
	}
	var made *Release
	tries := 0
	err = c.repeat(ctx, apiOrigin, func(ctx context.Context) error {
		if tries++; tries > 1 {
			since, err := c.ReleasesOfTag(ctx, r, d.Tag)
			if err != nil {
				return err
			}
			for _, release := range since {
				if !known[release.ID] && release.Draft {
					made = release
					return nil
				}
			}
		}
		ctx, cancel := context.WithTimeoutCause(ctx, callFor, fmt.Errorf("no answer in %s", callFor))
		defer cancel()
		found, resp, err := c.once().Repositories.CreateRelease(ctx, r.Owner, r.Name, &github.RepositoryRelease{
			TagName: &d.Tag, Name: given(d.Name), Body: given(d.Notes), TargetCommitish: given(d.Target),
			Prerelease: &d.Prerelease, Draft: new(true),
		})
		if err != nil {
			return interruption(answered(resp), err)
		}
		made, err = newRelease(what, found)
		return err
	})
	if err != nil {
		return nil, failed(what, err)
	}
	if !made.Draft || made.Tag != d.Tag {
		return nil, strange(what, fmt.Sprintf("release %d is no draft of it", made.ID))
	}
	return made, nil
}

// Publish makes a draft public. GitHub then makes its tag where there is none,
// and if the repository says so the release can never be changed again.
func (c *Client) Publish(ctx context.Context, r Repository, draft *Release) (*Release, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("publishing release %d, %s of %s", draft.ID, draft.Tag, r)
	found, _, err := c.calls().Repositories.EditRelease(ctx, r.Owner, r.Name, draft.ID, &github.RepositoryRelease{
		TagName: &draft.Tag, Draft: new(false),
	})
	if status := (*StatusError)(nil); errors.As(plain(err), &status) && status.Code == http.StatusUnprocessableEntity {
		// It may be published by now, by a call whose answer got lost: what
		// cannot be changed any more cannot be published again either.
		if now, lookErr := c.Release(ctx, r, draft.ID); lookErr == nil && !now.Draft && now.Tag == draft.Tag {
			return now, nil
		}
	}
	if err != nil {
		return nil, failed(what, err)
	}
	published, err := newRelease(what, found)
	if err == nil && (published.Draft || published.ID != draft.ID || published.Tag != draft.Tag) {
		return nil, strange(what, fmt.Sprintf("it is release %d, %q", published.ID, published.Tag))
	}
	return published, err
}

// DeleteAsset removes a file of a release that may still be changed. One that
// is gone already is no error.
func (c *Client) DeleteAsset(ctx context.Context, r Repository, a *Asset) error {
	if err := r.check(); err != nil {
		return err
	}
	_, err := c.calls().Repositories.DeleteReleaseAsset(ctx, r.Owner, r.Name, a.ID)
	if err = plain(err); err != nil && !isNotFound(err) {
		return failed(fmt.Sprintf("deleting asset %s of %s", a.Name, r), err)
	}
	return nil
}

// Immutability says whether a repository's releases are fixed once published.
type Immutability struct {
	Enabled         bool `json:"enabled"`
	EnforcedByOwner bool `json:"enforced_by_owner"`
}

// Immutability asks for the setting, which is shown to administrators alone:
// to others it is ErrNotFound or ErrDenied, as it may be where it is off.
func (c *Client) Immutability(ctx context.Context, r Repository) (*Immutability, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	setting := new(Immutability)
	if _, err := c.get(ctx, fmt.Sprintf("repos/%s/%s/immutable-releases", r.Owner, r.Name), setting); err != nil {
		return nil, failed("immutable releases of "+r.String(), err)
	}
	return setting, nil
}

// get asks for what the client below does not know.
func (c *Client) get(ctx context.Context, path string, into any) (*github.Response, error) {
	gh := c.calls()
	request, err := gh.NewRequest("GET", path, nil)
	if err != nil {
		return nil, err
	}
	return gh.Do(ctx, request, into)
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
