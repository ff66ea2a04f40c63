package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

const about = `hallmark makes, signs and verifies the provenance of software releases. It
signs without keys, through Sigstore, as the CI job or person that runs it. Its
yes rests on what no build script can forge: the signer's certificate.
`

// appHelp is the one screen of `hallmark help`: the commands by who uses them,
// each group with the first example of its first command.
func appHelp(app *cli.App) string {
	var b strings.Builder
	b.WriteString(about)
	for _, audience := range audiences {
		commands := slices.DeleteFunc(slices.Clone(app.Commands), func(c *cli.Command) bool {
			return c.Category != audience
		})
		if len(commands) == 0 {
			continue
		}
		example, _, _ := strings.Cut(commands[0].UsageText, "\n")
		fmt.Fprintf(&b, "\n%-18s $ %s\n", audience, example)
		for _, c := range commands {
			fmt.Fprintf(&b, "  %-16s %s\n", c.Name, c.Usage)
		}
	}
	var others []string
	for _, c := range app.Commands {
		if c.Category == "" {
			others = append(others, c.Name)
		}
	}
	fmt.Fprintf(&b, "\nAlso: %s. More: hallmark COMMAND --help\n", strings.Join(others, ", "))
	b.WriteString("Exit codes: 0 yes or done, 1 the evidence says no, 2 usage, 3 could not decide\n")
	return b.String()
}

// commandHelp is `hallmark COMMAND --help`: examples first, then the flags.
func commandHelp(c *cli.Command, path []string) string {
	var b strings.Builder
	for line := range strings.Lines(c.UsageText) {
		fmt.Fprintf(&b, "$ %s\n", strings.TrimSpace(line))
	}
	fmt.Fprintf(&b, "\n%s\n  %s\n", synopsis(c, path), c.Usage)
	if c.Description != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(c.Description))
	}
	for _, sub := range c.Subcommands {
		fmt.Fprintf(&b, "\n  %-16s %s", sub.Name, sub.Usage)
	}
	if len(c.Subcommands) > 0 {
		b.WriteString("\n")
	}
	for _, group := range groupFlags(c) {
		fmt.Fprintf(&b, "\n%s\n", group.name)
		width := 0
		for _, f := range group.flags {
			width = max(width, len(flagName(f)))
		}
		for _, f := range group.flags {
			usage, _ := flagUsage(f)
			fmt.Fprintf(&b, "  %-*s  %s\n", width, flagName(f), usage)
		}
	}
	return b.String()
}

func synopsis(c *cli.Command, path []string) string {
	words := append([]string{"hallmark"}, path...)
	if len(c.Flags) > 0 {
		words = append(words, "[flags]")
	}
	if len(c.Subcommands) > 0 {
		words = append(words, "COMMAND")
	}
	if c.ArgsUsage != "" {
		words = append(words, c.ArgsUsage)
	}
	return strings.Join(words, " ")
}

type flagGroup struct {
	name  string
	flags []cli.DocGenerationFlag
}

// groupFlags sorts a command's flags into groups, these as flagGroups orders
// them and the flags of each as the command lists them.
func groupFlags(c *cli.Command) []flagGroup {
	var groups []flagGroup
	for _, f := range c.Flags {
		name := f.(cli.CategorizableFlag).GetCategory()
		i := slices.IndexFunc(groups, func(g flagGroup) bool { return g.name == name })
		if i < 0 {
			i = len(groups)
			groups = append(groups, flagGroup{name: name})
		}
		groups[i].flags = append(groups[i].flags, f.(cli.DocGenerationFlag))
	}
	slices.SortStableFunc(groups, func(a, b flagGroup) int {
		return cmp.Compare(slices.Index(flagGroups, a.name), slices.Index(flagGroups, b.name))
	})
	return groups
}

// flagName is a flag as help lists it: "-o, --output FILE".
func flagName(f cli.DocGenerationFlag) string {
	names := spellings(f)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(min(len(a), 3), min(len(b), 3)) })
	name := strings.Join(names, ", ")
	if _, placeholder := flagUsage(f); f.TakesValue() {
		name += " " + cmp.Or(placeholder, "VALUE")
	}
	return name
}

// flagUsage splits a usage text into what is said and the placeholder that
// stands in it between backquotes. A list of choices is said only once, as the
// placeholder.
func flagUsage(f cli.DocGenerationFlag) (usage, placeholder string) {
	before, rest, found := strings.Cut(f.GetUsage(), "`")
	if !found {
		return before, ""
	}
	placeholder, after, _ := strings.Cut(rest, "`")
	if short, ok := strings.CutSuffix(before, " ("); ok && after == ")" {
		return short, placeholder
	}
	return before + placeholder + after, placeholder
}
