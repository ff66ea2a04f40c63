package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"
)

// actionPublishCommand releases what steps before it have attested and signed.
func actionPublishCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "publish",
		Usage: "release what steps have attested",
		Flags: slices.Concat(stepInputFlags(), handoverFlags(), []cli.Flag{bundlesFlag()}, strangerFlags(), []cli.Flag{
			newChoiceFlag("publish", groupOutput, "what becomes of the release", "publish", "draft"),
		}),
		Action: func(c *cli.Context) error { return runActionPublish(c.Context, env, c) },
	}
}

func runActionPublish(ctx context.Context, env *Env, c *cli.Context) error {
	in, err := env.stepInputs(ctx, c)
	if err != nil {
		return err
	}
	files, err := in.files(c.String("bundles"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		_, err := env.Stdout.Write([]byte("nothing to publish: no file is named, and what images say is in their registries\n"))
		return err
	}
	args := append([]string{"publish", "--format=github"}, passed(c, "repo", "policy", "signer-workflow", "signer-digest", "slsa-level", "trusted-root")...)
	if c.Bool("allow-self-hosted") {
		args = append(args, "--allow-self-hosted")
	}
	if c.String("publish") == "draft" {
		args = append(args, "--draft")
	}
	return env.again(ctx, nil, env.Stdout, slices.Concat(args, []string{"--", c.String("tag")}, files)...)
}

// files are the paths of everything that is released: artifacts, the bundles
// beside them, and those in folder.
func (in *stepInputs) files(folder string) ([]string, error) {
	var paths []string
	for _, a := range in.set.Artifacts {
		if a.Path == "" {
			continue
		}
		paths = append(paths, a.Path)
		if _, err := os.Stat(bundlePath(a)); err == nil {
			paths = append(paths, bundlePath(a))
		}
	}
	inFolder, err := regularFiles(folder)
	return append(paths, inFolder...), err
}

// regularFiles are the files of a folder, by name. One that is not there is as
// good as empty: what images say is in their registries.
func regularFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if folder == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var paths []string
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			paths = append(paths, filepath.Join(folder, entry.Name()))
		}
	}
	return paths, err
}
