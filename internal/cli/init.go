package cli

import (
	"github.com/urfave/cli/v2"
)

func initCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "check the workflows that release a project",
		UsageText: "hallmark init --check\n" +
			"hallmark init --check --fail-on warning .github/workflows\n" +
			"hallmark init --check --format sarif > hallmark.sarif",
		ArgsUsage: "[DIR]",
		Category:  maintainers,
		Description: "DIR is a project, by default this folder, or a folder of workflows. Nothing is\n" +
			"changed and nothing is fetched: the rules, with what each is for, are listed in\n" +
			"docs/rules.md.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Category: groupChecks, Usage: "hold workflows and actions to the rules"},
			newChoiceFlag("fail-on", groupChecks, "exit 1 at such a finding, or a worse one", "error", "warning", "none"),
			formatFlag("text", "json", "sarif"),
		},
		Action: func(c *cli.Context) error { return runInit(env, c) },
	}
}

func runInit(env *Env, c *cli.Context) error {
	if c.Args().Len() > 1 {
		return withHint(usagef("init takes one folder, got %d", c.Args().Len()), "hallmark init --check DIR")
	}
	if !c.Bool("check") {
		return withHint(usagef("init needs --check"), "hallmark init --check holds the workflows to the rules")
	}
	dir := "."
	if c.Args().Present() {
		dir = c.Args().First()
	}
	return checkWorkflows(env, c, dir)
}
