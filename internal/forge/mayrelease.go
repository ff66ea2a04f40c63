package forge

import (
	"context"

	"github.com/google/go-github/v82/github"
)

// MayRelease asks whether the token may write releases: the error is ErrDenied
// where it may not. Nothing is changed: GitHub drafts notes for those alone who
// may, and keeps nothing of them.
// https://docs.github.com/en/rest/releases/releases#generate-release-notes-content-for-a-release
func (c *Client) MayRelease(ctx context.Context, r Repository, tag string) error {
	if err := errorsOf(r.check(), CheckTag(tag)); err != nil {
		return err
	}
	_, _, err := c.calls().Repositories.GenerateReleaseNotes(ctx, r.Owner, r.Name, &github.GenerateNotesOptions{TagName: tag})
	if err != nil {
		return failed("writing a release of "+r.String(), err)
	}
	return nil
}
