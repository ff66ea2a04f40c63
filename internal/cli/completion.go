package cli

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completeWord, as the first argument, asks for what may stand in place of the
// last one, the word at the cursor, which comes behind a "=" so that no shell
// drops it when it is empty. The request comes first so that no file name on a
// command line can be taken for it, nor a completion run the command.
const completeWord = "__complete"

// Each script hands the words before the cursor to completeWord; all they know
// is how their shell wants to be answered.
//
//go:embed completion/hallmark.*
var completionScripts embed.FS

var shells = []string{"bash", "zsh", "fish", "powershell"}

func completionCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "completion",
		Usage: "print a script that completes commands and flags in a shell",
		UsageText: "source <(hallmark completion bash)\n" +
			"hallmark completion zsh > ~/.zfunc/_hallmark\n" +
			"hallmark completion fish > ~/.config/fish/completions/hallmark.fish",
		ArgsUsage: strings.Join(shells, "|"),
		Action: func(c *cli.Context) error {
			shell := c.Args().First()
			if c.NArg() != 1 || !slices.Contains(shells, shell) {
				return usagef("completion needs the name of one shell: %s", strings.Join(shells, ", "))
			}
			script, err := completionScripts.ReadFile(path.Join("completion", "hallmark."+shell))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(env.Stdout, "%s", script)
			return err
		},
	}
}

// completions lists what may stand in place of the last of words. An empty
// answer leaves it to the shell, which offers files.
func completions(app *cli.App, words []string) []string {
	if len(words) == 0 {
		return nil
	}
	before, current := words[:len(words)-1], strings.TrimPrefix(words[len(words)-1], "=")
	var command *cli.Command
	commands := app.Commands
	for len(before) > 0 && len(commands) > 0 {
		next := findCommand(commands, before[0])
		if next == nil {
			return nil
		}
		command, commands, before = next, next.Subcommands, before[1:]
	}
	var candidates []string
	switch {
	case len(commands) > 0:
		for _, c := range commands {
			candidates = append(candidates, c.Name)
		}
	case slices.Contains(before, "--"):
	case len(before) > 0 && valueOf(command, before[len(before)-1]) != nil:
		candidates = choices(valueOf(command, before[len(before)-1]))
	case strings.HasPrefix(current, "-"):
		candidates = append(candidates, "--help")
		for _, f := range command.Flags {
			candidates = append(candidates, spellings(f)...)
		}
	case strings.Contains(command.ArgsUsage, "|") && len(before) == 0:
		candidates = strings.Split(command.ArgsUsage, "|")
	case command.Name == "help":
		return completions(app, words[1:])
	}
	return slices.DeleteFunc(candidates, func(c string) bool { return !strings.HasPrefix(c, current) })
}

// valueOf is the flag whose value follows word, or nil.
func valueOf(command *cli.Command, word string) cli.Flag {
	if f := findFlag(command, word); f != nil && f.TakesValue() {
		return f
	}
	return nil
}

func choices(f cli.Flag) []string {
	if choice, ok := f.(*choiceFlag); ok {
		return slices.Clone(choice.values)
	}
	return nil
}
