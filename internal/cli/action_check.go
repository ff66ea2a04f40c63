package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

// actionCheckCommand verifies what the job has attested, as a stranger would who
// knows the repository and the tag, and says so in the job's summary.
func actionCheckCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "verify what a step has attested, as a stranger would",
		Flags: slices.Concat(stepInputFlags(), handoverFlags(), []cli.Flag{bundlesFlag()}, strangerFlags(), []cli.Flag{
			&cli.StringFlag{Name: "summary", Category: groupOutput, Usage: "write the summary to `FILE` as well"},
			&cli.BoolFlag{Name: "published-later", Category: groupOutput, Usage: "leave the job's summary to who publishes"},
		}),
		Action: func(c *cli.Context) error { return runActionCheck(c.Context, env, c) },
	}
}

// strangerFlags are what a stranger knows of a release.
func strangerFlags() []cli.Flag {
	named := func(f cli.Flag) bool {
		return slices.Contains([]string{"repo", "tag", "policy", "signer-workflow", "signer-digest", "slsa-level", "allow-self-hosted"}, f.Names()[0])
	}
	return append(slices.DeleteFunc(policyFlags(), func(f cli.Flag) bool { return !named(f) }), trustedRootFlag())
}

// strangerArgs hand those on.
func strangerArgs(c *cli.Context) []string {
	args := passed(c, "repo", "tag", "policy", "signer-workflow", "signer-digest", "slsa-level", "trusted-root")
	if c.Bool("allow-self-hosted") {
		args = append(args, "--allow-self-hosted")
	}
	return args
}

func runActionCheck(ctx context.Context, env *Env, c *cli.Context) error {
	in, err := env.stepInputs(ctx, c)
	if err != nil {
		return err
	}
	bundles, err := regularFiles(c.String("bundles"))
	if err != nil {
		return err
	}
	release := &report.Release{}
	if len(in.words) > 0 {
		args := strangerArgs(c)
		for _, file := range bundles {
			args = append(args, "--bundle="+file)
		}
		release.Assets, err = env.verified(ctx, in, slices.Concat(args, in.checksumArgs(), []string{"--"}, in.words))
		if err != nil {
			return err
		}
	}
	if len(in.images) > 0 { // of which the bundles stand in registries
		images, err := env.verified(ctx, in, slices.Concat(strangerArgs(c), []string{"--"}, in.images))
		if err != nil {
			return err
		}
		release.Assets = append(release.Assets, images...)
	}
	release.Repository, release.Tag = c.String("repo"), c.String("tag")
	release.Flags = append(trustWords(c), passed(c, "signer-workflow", "signer-digest")...)
	if c.Bool("allow-self-hosted") {
		release.Flags = append(release.Flags, "--allow-self-hosted")
	}
	for i := range release.Assets {
		release.Assets[i].Signed = slices.ContainsFunc(in.set.Artifacts, func(a *artifact.Artifact) bool {
			_, err := os.Stat(bundlePath(a))
			return a.Name == release.Assets[i].Name && err == nil
		})
	}
	return env.tellRelease(ctx, c, release)
}

// verified runs hallmark verify, and returns what it has established of each file.
func (env *Env) verified(ctx context.Context, in *stepInputs, args []string) ([]report.ReleaseAsset, error) {
	var document bytes.Buffer
	err := env.again(ctx, in.stdin(), &document, append([]string{"verify", "--format=json"}, args...)...)
	if err == nil {
		return readAssets(document.Bytes())
	}
	// What the document says is for programs; the log is read by people.
	if again := env.again(ctx, in.stdin(), env.Stdout, append([]string{"verify", "--format=github"}, args...)...); again != nil {
		return nil, again
	}
	return nil, err
}

// tellRelease puts what was established where a job's readers look.
func (env *Env) tellRelease(ctx context.Context, c *cli.Context, release *report.Release) error {
	if !c.Bool("published-later") {
		env.addJobSummary(release.Markdown)
	}
	n := strconv.Itoa(len(release.Assets))
	outputs := []output{{"assets-covered", n}, {"verified", n}}
	if len(release.Assets) > 0 {
		outputs = append(outputs, output{"identity", release.Assets[0].Signer.Identity})
	}
	if path := c.String("summary"); path != "" {
		if err := env.writeOutput(ctx, path, true, release.Markdown); err != nil {
			return err
		}
		outputs = append(outputs, output{"summary-path", path})
	}
	if _, err := fmt.Fprintln(env.Stdout, release.Total()); err != nil {
		return err
	}
	return env.setOutputs(outputs...)
}

// readAssets reads what hallmark verify --format json has written.
func readAssets(document []byte) ([]report.ReleaseAsset, error) {
	var verification struct {
		Targets []struct {
			Name   string            `json:"name"`
			Digest map[string]string `json:"digest"`
			Status string            `json:"status"`
			Bundle string            `json:"bundle"`
			Signer struct {
				Identity string `json:"identity"`
				Issuer   string `json:"issuer"`
			} `json:"signer"`
			Level struct {
				Build int `json:"build"`
			} `json:"level"`
			Logs []struct {
				Index int64 `json:"index"`
			} `json:"logs"`
		} `json:"targets"`
	}
	if err := json.Unmarshal(document, &verification); err != nil {
		return nil, fmt.Errorf("verify's document: %w", err)
	}
	var assets []report.ReleaseAsset
	for _, t := range verification.Targets {
		if t.Status != string(report.Verified) {
			return nil, errors.New("verify's document: a target that is not verified, of a run that did verify all")
		}
		asset := report.ReleaseAsset{Name: t.Name, Digest: t.Digest, Bundle: t.Bundle, Signer: verify.Signer{Identity: t.Signer.Identity, Issuer: t.Signer.Issuer}, Level: t.Level.Build}
		for _, log := range t.Logs {
			asset.Logs = append(asset.Logs, log.Index)
		}
		assets = append(assets, asset)
	}
	return assets, nil
}
