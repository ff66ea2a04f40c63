package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// The groups in which help lists flags, in its order.
const (
	groupSigner  = "Who must have signed"
	groupBuild   = "What it must be built from"
	groupBuilt   = "How it was built"
	groupSigning = "Signing"
	groupBundles = "Where bundles are"
	groupChecks  = "Workflows"
	groupCollect = "What is collected"
	groupJudge   = "How it is judged"
	groupMany    = "Many projects"
	groupInput   = "Artifacts"
	groupTrust   = "Trust"
	groupOutput  = "Output"
)

var flagGroups = []string{
	groupSigner, groupBuild, groupBuilt, groupSigning, groupBundles, groupChecks, groupCollect, groupJudge, groupMany, groupInput, groupTrust, groupOutput,
}

// choiceFlag is a flag with a closed list of values.
type choiceFlag struct {
	*cli.StringFlag
	values []string
}

// newChoiceFlag makes a flag that takes one of values, by default the first.
// Its usage is completed with the list, unless that names the value already.
func newChoiceFlag(name, group, usage string, values ...string) cli.Flag {
	if !strings.Contains(usage, "`") {
		usage += " (`" + strings.Join(values, "|") + "`)"
	}
	return &choiceFlag{&cli.StringFlag{
		Name:     name,
		Category: group,
		Usage:    usage,
		Value:    values[0],
		Action: func(_ *cli.Context, value string) error {
			if slices.Contains(values, value) {
				return nil
			}
			err := usagef("--%s is one of %s, got %s", name, strings.Join(values, ", "), shown(value))
			if near := nearest(value, values); near != "" {
				return withHint(err, "did you mean --%s %s?", name, near)
			}
			return err
		},
	}, values}
}

// newListFlag makes a flag that may be repeated. Each value is taken as it is:
// commas and spaces are part of it.
func newListFlag(name, group, usage string) cli.Flag {
	return &cli.StringSliceFlag{Name: name, Category: group, Usage: usage, KeepSpace: true}
}

// formatFlag chooses how the result on stdout is written; it never changes the
// exit code.
func formatFlag(formats ...string) cli.Flag {
	usage := "how to print the result"
	if len(formats) > 3 {
		usage = "print as `FORMAT`: " + strings.Join(formats, ", ")
	}
	return newChoiceFlag("format", groupOutput, usage, formats...)
}

// outputFlag names the file that a command writes.
func outputFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Usage: usage}
}

func forceFlag() cli.Flag {
	return &cli.BoolFlag{Name: "force", Category: groupOutput, Usage: "replace files that exist with other content"}
}

func quietFlag() cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Category: groupOutput, Usage: "show no progress"}
}

// trustedRootFlag is for every command that verifies, signing ones included.
func trustedRootFlag() cli.Flag {
	return &cli.StringFlag{Name: "trusted-root", Category: groupTrust,
		Usage: "trust `FILE` in place of the public good Sigstore"}
}

// signingConfigFlag is for every command that signs.
func signingConfigFlag() cli.Flag {
	return &cli.StringFlag{Name: "signing-config", Category: groupTrust,
		Usage: "sign with the services that `FILE` names"}
}

func offlineFlag() cli.Flag {
	return &cli.BoolFlag{Name: "offline", Category: groupTrust, Usage: "open no connection at all"}
}
