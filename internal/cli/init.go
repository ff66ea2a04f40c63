package cli

import (
	"github.com/urfave/cli/v2"
)

func initCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "add hallmark to a project's workflows, or check them",
		UsageText: "hallmark init\n" +
			"hallmark init --write --level 3\n" +
			"hallmark init --check --format sarif .github/workflows > hallmark.sarif",
		ArgsUsage: "[DIR]",
		Category:  maintainers,
		Description: "DIR is a project, by default this folder, or a folder of workflows. What\n" +
			"releases it is found, and the smallest change after which hallmark signs all\n" +
			"that is published is shown as a patch, with what is left to do by hand. A\n" +
			"project gets a " + guideFile + " too, and the policy that its commands follow. A\n" +
			"workflow that is not understood stays as it is, and it is said where (exit 3).\n\n" +
			"With --check nothing is changed: the rules, with what each is for, are listed in\n" +
			"docs/rules.md. Nothing is fetched either way.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "write", Category: groupChecks, Usage: "write the change"},
			newChoiceFlag("level", groupChecks, "SLSA Build level to reach, or the one there is", "kept", "2", "3"),
			&cli.StringFlag{Name: "repo", Category: groupChecks, Usage: "release `OWNER/NAME` (default: DIR's origin)"},
			&cli.BoolFlag{Name: "check", Category: groupChecks, Usage: "hold workflows and actions to the rules"},
			newChoiceFlag("fail-on", groupChecks, "exit 1 at such a finding, or a worse one", "error", "warning", "none"),
			formatFlag("text", "json", "sarif"),
		},
		Action: func(c *cli.Context) error { return runInit(env, c) },
	}
}

func runInit(env *Env, c *cli.Context) error {
	if c.Args().Len() > 1 {
		return withHint(usagef("init takes one folder, got %d", c.Args().Len()), "hallmark init DIR")
	}
	dir := "."
	if c.Args().Present() {
		dir = c.Args().First()
	}
	for _, name := range []string{"write", "level", "repo"} {
		if c.IsSet(name) && c.Bool("check") {
			return withHint(usagef("--check changes nothing, and --%s is for a change", name), "leave out the one or the other")
		}
	}
	for _, name := range []string{"fail-on", "format"} {
		if c.IsSet(name) && !c.Bool("check") {
			return withHint(usagef("--%s is for --check", name), "hallmark init --check")
		}
	}
	if c.Bool("check") {
		return checkWorkflows(env, c, dir)
	}
	return env.adopt(c.Context, c, dir)
}
