package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/go-github/v82/github"
)

// File is a file to upload.
type File struct {
	Name      string
	Size      int64
	SHA256    string // hex, of exactly the bytes that Open gives
	MediaType string // application/octet-stream if empty
	// Open gives the bytes from the beginning, once for each try.
	Open func() (io.ReadCloser, error)
}

// ErrExists marks a name that a release has given to other bytes.
var ErrExists = errors.New("the release has another file of this name")

// Upload adds a file to a release. If the release has it already, with this
// size and digest, it is kept as it is; what is left of an upload that broke
// off is deleted and sent again, whoever began it. Of a file with the same name
// but other bytes nothing is changed, and the error wraps ErrExists.
//
// GitHub changes names with characters that it does not like; such a file is
// taken back and refused with the name that it would have had.
func (c *Client) Upload(ctx context.Context, r Repository, release *Release, f File) (*Asset, error) {
	if err := errorsOf(r.check(), checkSHA256("sha256:"+f.SHA256)); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("%s in release %d of %s", f.Name, release.ID, r)
	if !isFileName(f.Name) {
		return nil, fmt.Errorf("%w of a file in a release: %.300q", ErrName, f.Name)
	}
	u := &upload{client: c, repository: r, release: release, file: f, what: what}
	if err := c.repeat(ctx, uploadOrigin, u.try); err != nil {
		return nil, failed(what, err)
	}
	return u.asset, nil
}

// upload is a file on its way, through as many tries as it takes.
type upload struct {
	client     *Client
	repository Repository
	release    *Release
	file       File
	what       string
	tries      int
	asset      *Asset
}

func (u *upload) try(ctx context.Context) error {
	if u.tries++; u.tries > 1 {
		// The try before may have left something, or even have succeeded.
		if done, err := u.look(ctx); done || err != nil {
			return err
		}
	}
	asset, err := u.send(ctx)
	if status := (*StatusError)(nil); errors.As(err, &status) && status.Code == http.StatusUnprocessableEntity {
		if done, lookErr := u.look(ctx); done || lookErr != nil {
			return lookErr
		}
		if u.asset == nil {
			return err
		}
		asset, err = u.send(ctx)
	}
	if err != nil {
		return err
	}
	return u.accept(ctx, asset)
}

// look finds what the release has under the name. It is done if that is the
// file; if it is a remnant it is deleted, and kept in u.asset.
func (u *upload) look(ctx context.Context) (done bool, err error) {
	there, err := u.client.Assets(ctx, u.repository, u.release)
	if err != nil {
		return false, err
	}
	for _, a := range there {
		switch {
		case a.Name != u.file.Name:
		case !a.Finished():
			u.asset = &a
			return false, u.client.DeleteAsset(ctx, u.repository, &a)
		case a.Size == u.file.Size && a.Digest == "sha256:"+u.file.SHA256:
			u.asset = &a
			return true, nil
		default:
			return false, fmt.Errorf("%w: it has %d bytes with %s, want %d with sha256:%s",
				ErrExists, a.Size, orUnknown(a.Digest), u.file.Size, u.file.SHA256)
		}
	}
	return false, nil
}

func orUnknown(digest string) string {
	if digest == "" {
		return "an unknown digest"
	}
	return digest
}

// send posts the bytes once.
func (u *upload) send(ctx context.Context) (*Asset, error) {
	opened, err := u.file.Open()
	if err != nil {
		return nil, err
	}
	from := &source{ReadCloser: opened, left: u.file.Size, closed: make(chan struct{})}
	ctx, watch, stop := watched(ctx)
	defer stop()
	gh := u.client.once()
	request, err := gh.NewUploadRequest(
		fmt.Sprintf("repos/%s/%s/releases/%d/assets?name=%s", u.repository.Owner, u.repository.Name, u.release.ID, url.QueryEscape(u.file.Name)),
		watch.over(from), u.file.Size, u.file.MediaType)
	if err != nil {
		from.Close()
		return nil, err
	}
	if u.file.Size == 0 {
		request.Body = http.NoBody // else the length would count as unknown
		from.Close()
	}
	found := new(github.ReleaseAsset)
	resp, err := gh.Do(ctx, request, found)
	stop()
	<-from.closed
	if err != nil && from.err != nil {
		return nil, from.err
	}
	if err != nil {
		return nil, interruption(answered(resp), because(ctx, err))
	}
	assets, err := newAssets(u.what, []*github.ReleaseAsset{found}, u.release.Draft)
	if err != nil {
		return nil, err
	}
	return &assets[0], nil
}

// accept holds what GitHub says that it has against what was sent.
func (u *upload) accept(ctx context.Context, a *Asset) error {
	switch {
	case a.Name != u.file.Name:
		if err := u.client.DeleteAsset(ctx, u.repository, a); err != nil {
			return err
		}
		return fmt.Errorf("%w that GitHub keeps: it would be called %q", ErrName, a.Name)
	case !a.Finished(), a.Size != u.file.Size, a.Digest != "" && a.Digest != "sha256:"+u.file.SHA256:
		if err := u.client.DeleteAsset(ctx, u.repository, a); err != nil {
			return err
		}
		return fmt.Errorf("%w: %d bytes with %s arrived, want %d with sha256:%s",
			ErrAnswer, a.Size, orUnknown(a.Digest), u.file.Size, u.file.SHA256)
	}
	u.asset = a
	return nil
}
