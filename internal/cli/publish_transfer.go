package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// maxTransfers is how many files are sent or fetched at a time.
const maxTransfers = 8

// upload sends what is to be sent. What is finished when another file fails need
// not be sent by the next run.
func (p *publishing) upload(ctx context.Context, quiet bool) error {
	total := int64(0)
	var send []*publishFile
	for _, f := range p.files {
		if f.does != report.Keep {
			send = append(send, f)
			total += f.Size
		}
	}
	if len(send) == 0 {
		return nil
	}
	progress := p.env.stage(quiet, "uploading", inBytes)
	defer progress.Done()
	progress.Total(total)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxTransfers)
	for _, f := range send {
		g.Go(func() error {
			if f.stale != nil {
				if err := p.client.DeleteAsset(ctx, p.repository, f.stale); err != nil {
					return err
				}
			}
			_, err := p.client.Upload(ctx, p.repository, p.release, forge.File{
				Name: f.Name, Size: f.Size, SHA256: f.GetDigest()["sha256"],
				Open: func() (io.ReadCloser, error) { return os.Open(f.Path) },
			})
			if errors.Is(err, forge.ErrExists) {
				return p.disturbed(err.Error())
			}
			if err == nil {
				progress.Add(f.Size)
			}
			return err
		})
	}
	return g.Wait()
}

// check downloads all that the release holds, compares what is ours with what was
// sent, and verifies the whole as anybody could.
func (p *publishing) check(ctx context.Context, c *cli.Context) (*report.Verification, error) {
	assets, err := p.client.Assets(ctx, p.repository, p.release)
	if err != nil {
		return nil, err
	}
	if err := p.complete(assets); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "hallmark-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	got, err := p.env.fetchAssets(ctx, c, p.client, p.repository, assets, folder)
	if err != nil {
		return nil, err
	}
	for _, f := range p.files {
		if want := f.GetDigest()["sha256"]; got[f.Name] != want {
			return nil, &verify.Rejection{Check: verify.CheckSubject, Want: f.Name + " sha256:" + want + ", as it was sent", Got: "sha256:" + got[f.Name],
				Why:  "what GitHub gives is not what was sent",
				Hint: "nothing is published; if it stays so, somebody else writes to this release"}
		}
	}
	p.checked = assets
	return p.env.verifyFolder(ctx, c, p.policy, folder)
}

// complete wants the release to hold every file of ours, and nothing half sent.
func (p *publishing) complete(assets []forge.Asset) error {
	for _, f := range p.files {
		if !slices.ContainsFunc(assets, func(a forge.Asset) bool { return a.Name == f.Name }) {
			return p.disturbed(f.Name + " is gone from it")
		}
	}
	for _, a := range assets {
		if !a.Finished() {
			return withHint(usagef("release %d holds %s, asset %d, of which the upload broke off", p.release.ID, shown(a.Name), a.ID),
				"it is none of the files that are named: delete it on the release's page, or name it too")
		}
	}
	return nil
}

// disturbed is a release that another one changes at the same time.
func (p *publishing) disturbed(how string) error {
	return withHint(usagef("release %d of %s was changed while this run worked on it: %s", p.release.ID, shown(p.tag), how),
		"nothing is published; let one tool and one run at a time make the release, and run this again")
}

// publish makes the draft public, once, if all is as it was when it was verified.
func (p *publishing) publish(ctx context.Context, leaveDraft bool) error {
	all, err := p.client.ReleasesOfTag(ctx, p.repository, p.tag)
	if err != nil {
		return err
	}
	if len(all) > 1 {
		return severalReleases(p.tag, all)
	}
	if len(all) == 0 || all[0].ID != p.release.ID || all[0].Draft != p.release.Draft {
		return p.disturbed("it is no longer the release of the tag, or was published by others")
	}
	at, err := p.client.Tag(ctx, p.repository, p.tag)
	if err != nil {
		return err
	}
	if at.Commit != p.at.Commit {
		return movedTag(p.tag, p.at.Commit, at.Commit, "the tag was moved while the release was made")
	}
	assets, err := p.client.Assets(ctx, p.repository, p.release)
	if err != nil {
		return err
	}
	if how := differ(p.checked, assets); how != "" {
		return p.disturbed(how)
	}
	if leaveDraft || !p.release.Draft {
		return nil
	}
	published, err := p.client.Publish(ctx, p.repository, p.release)
	if err != nil {
		return err
	}
	p.release = published
	if assets, err = p.client.Assets(ctx, p.repository, published); err != nil {
		return err
	}
	if how := differ(p.checked, assets); how != "" {
		return &verify.Rejection{Check: verify.CheckCoverage, Want: "the files that were verified", Got: how,
			Why:  "the release was changed in the moment in which it was published",
			Hint: "it is public: look at release page " + published.URL + " at once, and at who may write to the repository"}
	}
	return nil
}

// differ says in what two lists of a release's files do, or "".
func differ(before, after []forge.Asset) string {
	for _, a := range after {
		i := slices.IndexFunc(before, func(b forge.Asset) bool { return b.ID == a.ID })
		if i < 0 {
			return "asset " + shown(a.Name) + " was added"
		}
		if b := before[i]; b.Name != a.Name || b.Size != a.Size || b.Digest != a.Digest || b.State != a.State {
			return "asset " + shown(a.Name) + " is another file"
		}
	}
	if len(after) < len(before) {
		return "assets are gone"
	}
	return ""
}
