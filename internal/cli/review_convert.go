package cli

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"

	intoto "github.com/in-toto/attestation/go/v1"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/review"
	"github.com/hallmark-project/hallmark/verify"
)

// convertAll makes bundles of the older forms of material among the assets, and
// has the logs complete what came without proof.
func (c *collector) convertAll(ctx context.Context) error {
	completer := &material.Completer{Root: c.options.trusted.Material, Transport: c.env.transport(c.options.retryFor)}
	for i := range c.record.Releases.Items {
		if err := c.convert(ctx, &c.record.Releases.Items[i], completer); err != nil {
			return err
		}
	}
	return nil
}

// convert does so for one release. Which signature belongs to which file, and
// which certificate to it, their names say, so they are laid out as the release
// has them.
func (c *collector) convert(ctx context.Context, rel *review.Release, completer *material.Completer) error {
	folder, err := os.MkdirTemp(filepath.Dir(c.dir), "release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	byName := make(map[string]*review.Asset)
	older := false
	for i := range rel.Assets {
		a := &rel.Assets[i]
		byName[a.Name] = a
		data, kept := c.record.Blobs[a.Digests["sha256"]]
		if !kept || len(data) == 0 {
			continue
		}
		if _, err := verify.ParseBundle(data); err != nil {
			older = true
		}
		if err := os.WriteFile(filepath.Join(folder, a.Name), data, 0o600); err != nil {
			return err
		}
	}
	if !older {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		path := filepath.Join(folder, name)
		for _, file := range material.Beside(path) {
			if err := c.convertFile(ctx, completer, file, byName[filepath.Base(file)], byName[name]); err != nil {
				return err
			}
		}
	}
	shared, err := material.InFolder(folder)
	if err != nil {
		return err
	}
	all := slices.Collect(maps.Values(byName))
	for _, file := range shared {
		if err := c.convertFile(ctx, completer, file, byName[filepath.Base(file)], all...); err != nil {
			return err
		}
	}
	return nil
}

// convertFile converts what one asset holds, of old forms. It may cover the
// assets: the one that it is named after, or all of its release. They are
// unknown where a log could not be asked for what came without proof.
func (c *collector) convertFile(ctx context.Context, completer *material.Completer, file string, holder *review.Asset, covers ...*review.Asset) error {
	found, err := material.ReadFile(file)
	if err != nil || holder == nil {
		return err
	}
	for _, f := range found {
		if f.Err != nil || f.Form == material.SigstoreBundle {
			continue
		}
		if len(covers) == 1 {
			f = aboutArtifact(f, &artifact.Artifact{ResourceDescriptor: &intoto.ResourceDescriptor{Name: covers[0].Name, Digest: covers[0].Digests}}, nil)
		}
		if f.LacksEntry() {
			completed, err := completer.Complete(ctx, f)
			var rejection *verify.Rejection
			switch {
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case err == nil:
				f = completed
			case !errors.As(err, &rejection):
				for _, a := range covers {
					a.Attestations.Asked.Unknown = "the log entry of " + holder.Name + ": " + err.Error()
				}
			}
		}
		text, err := f.Bundle.MarshalJSON()
		if err != nil {
			continue // it holds nothing that a bundle can
		}
		if digest := c.keep(text); !slices.Contains(holder.Converted, digest) {
			holder.Converted = append(holder.Converted, digest)
		}
	}
	return nil
}
