package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// fetchAssets downloads files of a release into a folder, side by side, and gives
// the SHA-256 of each, by name, as its bytes came. Names are those of one folder,
// which the client has seen to.
func (env *Env) fetchAssets(ctx context.Context, c *cli.Context, client *forge.Client, r forge.Repository, assets []forge.Asset, folder string) (map[string]string, error) {
	progress := env.stage(c.Bool("quiet"), "downloading", inBytes)
	defer progress.Done()
	total := int64(0)
	for _, a := range assets {
		total += a.Size
	}
	progress.Total(total)
	digests := make(map[string]string, len(assets))
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(maxTransfers)
	for _, a := range assets {
		g.Go(func() error {
			digest, err := fetchAsset(ctx, client, r, &a, filepath.Join(folder, a.Name), progress)
			mu.Lock()
			defer mu.Unlock()
			digests[a.Name] = digest
			return err
		})
	}
	return digests, g.Wait()
}

func fetchAsset(ctx context.Context, client *forge.Client, r forge.Repository, a *forge.Asset, path string, progress *stage) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	digest, err := client.Download(ctx, r, a, io.MultiWriter(f, (*progressWriter)(progress)))
	return digest, errors.Join(err, f.Close())
}

// progressWriter counts bytes.
type progressWriter stage

func (w *progressWriter) Write(b []byte) (int, error) {
	(*stage)(w).Add(int64(len(b)))
	return len(b), nil
}

// verifyFolder verifies the files of a folder as hallmark verify does.
func (env *Env) verifyFolder(ctx context.Context, c *cli.Context, policy *verify.Policy, folder string) (*report.Verification, error) {
	trusted, err := env.trustedRoot(ctx, c)
	if err != nil {
		return nil, err
	}
	bundles, err := newLookup(nil, nil)
	if err != nil {
		return nil, err
	}
	set, err := env.collectWords(ctx, c, []string{folder}, artifact.Options{Lists: true})
	if err != nil {
		return nil, nothingToVerify(err)
	}
	listed := newLists(set.Lists)
	v := &verification{
		verifier: &verify.Verifier{Root: trusted.Material},
		policy:   policy,
		bundles:  bundles,
		unlogged: newUnlogged(env.completer(c, trusted, policy.Key)),
		lists:    listed,
	}
	results, err := v.all(ctx, set.Artifacts)
	if err != nil {
		return nil, err
	}
	outcome := &report.Verification{
		Question: policy.Question(),
		Results:  append(results, listed.absent()...),
		LeftOut:  listed.leftOut(set),
		Root:     rootInfo(c, trusted),
	}
	asAssets(outcome, folder)
	return outcome, nil
}

// nothingToVerify is a release of bundles and nothing else, or of nothing at all:
// the evidence's fault, and not that of a command line which names no file.
func nothingToVerify(err error) error {
	if _, ok := errors.AsType[*artifact.UsageError](err); !ok {
		return err
	}
	return &verify.Rejection{Check: verify.CheckCoverage, Want: "a release of files and what verifies them", Got: "nothing but the latter, or nothing"}
}
