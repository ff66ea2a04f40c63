package cli

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"
)

// actionVerifyCommand is a gate for what a job has downloaded.
func actionVerifyCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "verify what a step was given",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "targets", Category: groupInput, Usage: "`LIST` of files, folders, images, or OWNER/REPO@TAG"},
			&cli.StringFlag{Name: "bundles", Category: groupBundles, Usage: "`LIST` of files with bundles"},
			&cli.StringFlag{Name: "identity", Category: groupSigner, Usage: "signed by `NAME`, exactly"},
			&cli.StringFlag{Name: "issuer", Category: groupSigner, Usage: "who vouched for the identity, an `URL`"},
			offlineFlag(),
		}, strangerFlags()),
		Action: func(c *cli.Context) error { return runActionVerify(c.Context, env, c) },
	}
}

func runActionVerify(ctx context.Context, env *Env, c *cli.Context) error {
	targets, err := listInput("targets", c.String("targets"))
	if err != nil {
		return err
	}
	bundles, err := listInput("bundles", c.String("bundles"))
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return withHint(usagef("nothing to verify"), "name it in the input targets, one a line")
	}
	args := append(passed(c, "identity", "issuer"), strangerArgs(c)...)
	for _, file := range bundles {
		args = append(args, "--bundle="+file)
	}
	if c.Bool("offline") {
		args = append(args, "--offline")
	}
	args = slices.Concat([]string{"verify", "--format=github"}, args, []string{"--"}, targets)
	if err := env.again(ctx, nil, env.Stdout, args...); err != nil {
		return err
	}
	return env.setOutputs(output{"verified", "true"})
}
