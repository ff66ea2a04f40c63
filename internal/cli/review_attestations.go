package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/weather"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// bulkDigests is how many digests GitHub is asked about at a time.
const bulkDigests = 100

// askAttestations asks for what GitHub keeps for each asset's digest: many in a
// call where there is a token, else those first that no bundle of the release
// names.
func (c *collector) askAttestations(ctx context.Context) error {
	digests, of := c.wantedDigests()
	progress := c.env.stage(c.options.quiet, "asking for attestations", inItems)
	defer progress.Done()
	progress.Total(int64(len(digests)))
	one := c.client.Token == ""
	for batch := range slices.Chunk(digests, bulkDigests) {
		if !one {
			answers, asked, err := c.askMany(ctx, batch)
			if err != nil {
				return err
			}
			if one = asked.Unknown == denied; !one {
				for _, digest := range batch {
					c.answered(of[digest], digest, answers["sha256:"+digest], asked)
				}
				progress.Add(int64(len(batch)))
				continue
			}
		}
		if err := c.askEach(ctx, batch, of, progress); err != nil {
			return err
		}
	}
	return nil
}

// wantedDigests are the digests to ask about, each once, and the assets that
// have it.
func (c *collector) wantedDigests() ([]string, map[string][]*review.Asset) {
	of := make(map[string][]*review.Asset)
	var unnamed, named []string
	for i := range c.record.Releases.Items {
		rel := &c.record.Releases.Items[i]
		subjects := c.subjects(rel)
		for j := range rel.Assets {
			a := &rel.Assets[j]
			digest := a.Digests["sha256"]
			if digest == "" {
				digest = a.Stated
			}
			if digest == "" {
				continue
			}
			if of[digest] = append(of[digest], a); len(of[digest]) > 1 {
				continue
			}
			if subjects[digest] {
				named = append(named, digest)
			} else {
				unnamed = append(unnamed, digest)
			}
		}
	}
	return append(unnamed, named...), of
}

// subjects are the digests that bundles of a release name, and those of the
// bundles, which nobody attests.
func (c *collector) subjects(rel *review.Release) map[string]bool {
	named := make(map[string]bool)
	for _, a := range rel.Assets {
		digest := a.Digests["sha256"]
		b, err := verify.ParseBundle(c.record.Blobs[digest])
		if err != nil {
			continue
		}
		named[digest] = true
		for _, subject := range verify.Describe(b).Subjects {
			named[subject.GetDigest()["sha256"]] = true
		}
	}
	return named
}

// denied is why a token is of no use for asking about many digests at a time.
const denied = "the token may not ask about many digests at a time"

func (c *collector) askMany(ctx context.Context, batch []string) (map[string][]forge.Attestation, review.Answer, error) {
	var answers map[string][]forge.Attestation
	var failed error
	names := make([]string, len(batch))
	for i, digest := range batch {
		names[i] = "sha256:" + digest
	}
	asked, err := c.ask(ctx, func(ctx context.Context) error {
		answers, failed = c.client.BulkAttestations(ctx, c.project, names)
		return failed
	})
	if errors.Is(failed, forge.ErrDenied) || errors.Is(failed, forge.ErrNotFound) {
		asked.Unknown = denied
	}
	return answers, asked, err
}

// askEach asks about one digest at a time. Once a limit is spent the others are
// not asked about: it would only be refused again.
func (c *collector) askEach(ctx context.Context, batch []string, of map[string][]*review.Asset, progress *stage) error {
	for _, digest := range batch {
		if c.spent != "" {
			c.answered(of[digest], digest, nil, review.Answer{Source: c.attestationsAt(digest), Time: c.now(), Unknown: c.spent})
			continue
		}
		var kept []forge.Attestation
		var failed error
		asked, err := c.ask(ctx, func(ctx context.Context) error {
			kept, failed = c.client.Attestations(ctx, c.project.Repository, "sha256:"+digest)
			return failed
		})
		if err != nil {
			return err
		}
		if failed == nil { // that there are none comes as a refusal
			asked.Unknown = ""
		}
		if _, gone := errors.AsType[*weather.Error](failed); gone {
			c.spent = failed.Error()
		}
		asked.Source = c.attestationsAt(digest)
		c.answered(of[digest], digest, kept, asked)
		progress.Add(1)
	}
	return nil
}

func (c *collector) attestationsAt(digest string) string {
	return fmt.Sprintf("https://api.github.com/repos/%s/attestations/sha256:%s", c.project, digest)
}

// answered writes down what GitHub keeps for a digest, of this repository.
func (c *collector) answered(assets []*review.Asset, digest string, kept []forge.Attestation, asked review.Answer) {
	l := review.List[review.Attestation]{Asked: asked}
	for _, at := range kept {
		if at.RepositoryID != 0 && at.RepositoryID != c.project.ID {
			continue
		}
		item := review.Attestation{Source: c.attestationsAt(digest), Initiator: at.Initiator}
		if at.Err != nil {
			item.Unknown = at.Err.Error()
		} else {
			item.SHA256 = c.keep(at.Bundle)
		}
		l.Items = append(l.Items, item)
	}
	for _, a := range assets {
		a.Attestations = l
	}
}
