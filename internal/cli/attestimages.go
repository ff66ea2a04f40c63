package cli

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/report"
)

// attestedImages are the statements about images, one for each.
func (s *signing) attestedImages(ctx context.Context, c *cli.Context, images []*artifact.Artifact) ([][]byte, error) {
	payloads := make([][]byte, len(images))
	for i, a := range images {
		one, err := s.attested(ctx, c, []*artifact.Artifact{asSubject(a)})
		if err != nil {
			return nil, err
		}
		payloads[i] = one[0]
	}
	return payloads, nil
}

// attachAll attaches each image's attestation. One that fails does not stop the
// others.
func (s *signing) attachAll(ctx context.Context, c *cli.Context, images []*artifact.Artifact, payloads [][]byte) ([]report.Signed, error) {
	if len(images) == 0 {
		return nil, nil
	}
	progress := s.ids.env.stage(c.Bool("quiet"), "attaching", inItems)
	defer progress.Done()
	progress.Total(int64(len(images)))
	attached := make([]report.Signed, len(images))
	failures := make([]error, len(images))
	var g errgroup.Group
	g.SetLimit(maxRegistries)
	for i, a := range images {
		g.Go(func() error {
			attached[i], failures[i] = s.attach(ctx, c.Bool("force"), a, payloads[i])
			progress.Add(1)
			return nil
		})
	}
	_ = g.Wait()
	attached = slices.DeleteFunc(attached, func(one report.Signed) bool { return one.Verdict == nil })
	return attached, ofSeveral(failures, "")
}

// apart tells images from what is in files or known by its digest.
func (i *images) apart(all []*artifact.Artifact) (files, images []*artifact.Artifact) {
	for _, a := range all {
		if i.holds(a) {
			images = append(images, a)
		} else {
			files = append(files, a)
		}
	}
	return files, images
}
