package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Who uses a command: the groups of `hallmark help`, in its order. A command
// without one is listed last, by name alone.
const (
	maintainers = "Maintainers"
	downstream  = "Downstream users"
	reviewers   = "Reviewers"
)

var audiences = []string{maintainers, downstream, reviewers}

// newApp builds the application. What urfave/cli would print, read from the
// environment or exit on by itself is switched off here, once.
func newApp(env *Env) *cli.App {
	app := &cli.App{
		Name:  "hallmark",
		Usage: "make, sign and verify the provenance of software releases",
		Commands: []*cli.Command{ // in the order of help, the most used first
			attestCommand(env),
			signCommand(env),
			publishCommand(env),
			provenanceCommand(env),
			keygenCommand(env),
			initCommand(env),
			verifyCommand(env),
			inspectCommand(env),
			reviewCommand(env),
			bundleCommand(env),
			trustCommand(env),
			actionCommand(env),
			completionCommand(env),
			helpCommand(env),
			versionCommand(env),
		},
		Reader:    env.Stdin,
		Writer:    env.Stdout,
		ErrWriter: env.Stderr,

		DisableSliceFlagSeparator: true, // a pattern or an identity may hold commas
		ExitErrHandler:            func(*cli.Context, error) {},
		HideHelp:                  true, // help.go prints it
		HideVersion:               true,
		OnUsageError:              flagError,
	}
	prepare(app.Commands)
	return app
}

// prepare gives every command, at whatever depth, what urfave/cli does not
// hand down from the app.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelp = true
		c.OnUsageError = flagError
		prepare(c.Subcommands)
	}
}

// flagError words what the flag package refused: values, since unknown flags
// never get that far.
func flagError(_ *cli.Context, err error, _ bool) error {
	message := strings.NewReplacer(" for flag -", " for flag --", " for -", " for flag --").Replace(err.Error())
	return usagef("%s", strings.TrimSuffix(message, ": parse error"))
}

// findCommand is the command that path names below commands.
func findCommand(commands []*cli.Command, name string) *cli.Command {
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(name) })
	if i < 0 {
		return nil
	}
	return commands[i]
}

// resolveCommand follows words from the app's commands down; it wants every
// word to name one.
func resolveCommand(app *cli.App, words []string) (*cli.Command, error) {
	var command *cli.Command
	commands := app.Commands
	for _, word := range words {
		next := findCommand(commands, word)
		if next == nil {
			return nil, unknownCommand(commands, word)
		}
		command, commands = next, next.Subcommands
	}
	return command, nil
}

func unknownCommand(commands []*cli.Command, word string) error {
	var names []string
	for _, c := range commands {
		names = append(names, c.Names()...)
	}
	err := usagef("unknown command %s", shown(word))
	if near := nearest(word, names); near != "" {
		return withHint(err, "did you mean %s?", near)
	}
	return withHint(err, "`hallmark help` lists the commands")
}

func helpCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show what hallmark does, or how one command is used",
		UsageText: "hallmark help\nhallmark help version\nhallmark version --help",
		ArgsUsage: "[COMMAND...]",
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			command, err := resolveCommand(c.App, words)
			if err != nil {
				return err
			}
			text := appHelp(c.App)
			if command != nil {
				text = commandHelp(command, words)
			}
			_, err = io.WriteString(env.Stdout, text)
			return err
		},
	}
}
