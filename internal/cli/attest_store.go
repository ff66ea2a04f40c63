package cli

import (
	"context"
	"strconv"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/report"
)

// storeFlag says where else attestations go.
func storeFlag() cli.Flag {
	return newChoiceFlag("store", groupOutput, "where else to store the bundles", "none", "github")
}

// store is where a job's attestations are kept beside their file: GitHub's
// attestations of the repository that the job is of. Nil keeps them nowhere.
type store struct {
	client     *forge.Client
	repository forge.Repository
}

// storeFromFlags refuses what could not be stored before anything is signed.
func (env *Env) storeFromFlags(c *cli.Context) (*store, error) {
	if c.String("store") != "github" {
		return nil, nil
	}
	if c.String("output") == "-" {
		return nil, withHint(usagef("--store github stores what is in a file, and --output - makes none"), "--output FILE")
	}
	if env.getenv("GITHUB_REPOSITORY") == "" {
		return nil, usagef("--store github: this is no job of GitHub Actions, and no repository to store attestations with")
	}
	r, err := forge.ParseRepository(env.getenv("GITHUB_REPOSITORY"))
	if err != nil {
		return nil, usagef("GITHUB_REPOSITORY: %w", err)
	}
	client, err := env.gitHub(c.Duration("retry-for"))
	if err != nil {
		return nil, err
	}
	if client.Token == "" {
		return nil, withHint(usagef("no token to store attestations with"), "GITHUB_TOKEN or GH_TOKEN, in a job from ${{ github.token }}")
	}
	return &store{client, r}, nil
}

// storeAll stores the bundles of a run, those that it kept too: a run that died
// may not have come so far.
func (s *signing) storeAll(ctx context.Context, to *store, path string, images []*artifact.Artifact, aboutImages [][]byte) ([]report.Stored, error) {
	if to == nil {
		return nil, nil
	}
	var bundles []*bundle.Bundle
	if path != "" {
		found, err := material.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f.Err != nil {
				return nil, f.Err
			}
			bundles = append(bundles, f.Bundle)
		}
	}
	for i, image := range images {
		found, _ := s.images.find(ctx, image)
		attached, err := s.keptBundle(found, aboutImages[i])
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, attached.bundle)
	}
	var all []report.Stored
	for _, b := range bundles {
		one, err := to.bundle(ctx, b)
		if err != nil {
			return all, s.ids.env.writeHint(err, to.client.Token, "  attestations: write", "  id-token: write")
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, nil
	}
	// Nearly always it is one: a statement holds a thousand artifacts.
	return all, s.ids.env.setOutputs(output{"attestation-id", strconv.FormatInt(all[0].ID, 10)}, output{"attestation-url", all[0].URL})
}

// bundle stores one bundle. A size that GitHub does not take it has not said; its
// own tool stops at 16 MiB, as bundles here do.
// https://github.com/actions/attest/issues/402
func (s *store) bundle(ctx context.Context, b *bundle.Bundle) (report.Stored, error) {
	text, err := b.MarshalJSON()
	if err != nil {
		return report.Stored{}, err
	}
	id, err := s.client.StoreAttestation(ctx, s.repository, text)
	return report.Stored{ID: id, URL: forge.AttestationURL(s.repository, id)}, err
}
