package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/internal/trust"
)

func trustCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "trust",
		Usage: "show or refresh the trusted root",
		UsageText: "hallmark trust show\n" +
			"hallmark trust show --offline --format json\n" +
			"hallmark trust update",
		Subcommands: []*cli.Command{
			{
				Name:      "show",
				Usage:     "show whom verifying trusts, from where and since when",
				UsageText: "hallmark trust show --trusted-root trusted_root.json",
				Flags:     append(trustFlags(), offlineFlag(), formatFlag("text", "json")),
				Action:    func(c *cli.Context) error { return runTrustShow(c.Context, env, c) },
			},
			{
				Name:      "update",
				Usage:     "refresh the trusted root and signing config now",
				UsageText: "hallmark trust update --tuf-mirror https://tuf.example --tuf-root root.json",
				Description: "Verifying and signing refresh them by themselves once a day. What the TUF\n" +
					"repository says is kept in the user's cache, and verified again on each use.",
				Flags:  append(tufFlags(), formatFlag("text", "json")),
				Action: func(c *cli.Context) error { return runTrustUpdate(c.Context, env, c) },
			},
		},
	}
}

func runTrustShow(ctx context.Context, env *Env, c *cli.Context) error {
	root, err := env.trustedRoot(ctx, c)
	if err != nil {
		return err
	}
	return env.printTrust(c, env.describeTrust(c, root))
}

func runTrustUpdate(ctx context.Context, env *Env, c *cli.Context) error {
	options, err := env.trustOptions(c, 0)
	if err != nil {
		return err
	}
	update, err := options.Update(ctx)
	if err != nil {
		return err
	}
	shown := env.describeTrust(c, update.After)
	shown.Change = &report.TrustChange{NewConfig: update.NewConfig}
	if update.Before != nil {
		shown.Change.Before, shown.Change.Roots = rootInfo(c, update.Before), servicesOf(update.Before)
	}
	return env.printTrust(c, shown)
}

func (env *Env) describeTrust(c *cli.Context, r *trust.Root) *report.Trust {
	return &report.Trust{Root: rootInfo(c, r), Current: r.Date, Roots: servicesOf(r), Now: env.Now()}
}

// servicesOf lists whom each document of a trusted root believes.
func servicesOf(r *trust.Root) [][]report.Service {
	var all [][]report.Service
	for _, document := range r.Documents {
		all = append(all, inspectRoot(document, "").Services)
	}
	return all
}

func (env *Env) printTrust(c *cli.Context, t *report.Trust) error {
	if c.String("format") == "json" {
		return t.JSON(env.Stdout)
	}
	return t.Text(env.Stdout, env.textOptions())
}
