package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// invocation is what argv asks for.
type invocation struct {
	path        []string     // the words that name the command
	command     *cli.Command // nil: the app itself
	flags       []string     // each as --name=value or --name
	positionals []string
	stdin       int // how many words ask to read standard input
	help        bool
}

// argv is the invocation as the flag package can read it: it stops at the
// first positional, so those come last, behind "--".
func (v *invocation) argv(name string) []string {
	return slices.Concat([]string{name}, v.path, v.flags, []string{"--"}, v.positionals)
}

var errNoCommand = usagef("no command given")

// parseArgs finds the command and reads its arguments against its own flags,
// which may stand before, between or after the positionals.
func parseArgs(app *cli.App, args []string) (*invocation, error) {
	v := &invocation{}
	commands := app.Commands
	for len(commands) > 0 {
		if len(args) == 0 {
			return nil, noCommand(v.path, commands)
		}
		word := args[0]
		args = args[1:]
		switch {
		case word == "--help" || word == "-h":
			v.help = true
			return v, nil
		case word == "--version" && v.command == nil:
			word = "version"
		case strings.HasPrefix(word, "-"):
			err := usagef("flag %s stands before the command", shown(word))
			return nil, withHint(err, "flags belong to a command: hallmark %s %s",
				strings.Join(append(v.path, "COMMAND"), " "), shown(word))
		}
		next := findCommand(commands, word)
		if next == nil {
			return nil, unknownCommand(commands, word)
		}
		v.path = append(v.path, word)
		v.command, commands = next, next.Subcommands
	}
	if err := v.parseFlags(args); err != nil {
		return nil, err
	}
	for _, word := range v.positionals {
		if word == "-" {
			v.stdin++
		}
	}
	if v.stdin > 1 {
		return nil, usagef("- is given %d times, but standard input can be read once only", v.stdin)
	}
	if len(v.positionals) > 0 && v.command.ArgsUsage == "" && !v.help {
		return nil, usagef("%s takes no arguments, got %s", strings.Join(v.path, " "), shown(v.positionals[0]))
	}
	return v, nil
}

func noCommand(path []string, commands []*cli.Command) error {
	if len(path) == 0 {
		return errNoCommand
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	if len(names) == 1 {
		return usagef("%s needs %s after it", strings.Join(path, " "), names[0])
	}
	return usagef("%s needs one of %s after it", strings.Join(path, " "), strings.Join(names, ", "))
}

// parseFlags sorts args into flags and positionals. A value that is empty, or
// a second value for a flag that holds one, is refused: whichever of them were
// dropped, something the operator asked for would not be enforced.
func (v *invocation) parseFlags(args []string) error {
	seen := map[string]bool{}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if word == "--" {
			v.positionals = append(v.positionals, args...)
			return nil
		}
		if word == "-" || !strings.HasPrefix(word, "-") {
			v.positionals = append(v.positionals, word)
			continue
		}
		name, value, attached := strings.Cut(word, "=")
		if name == "--help" || name == "-h" {
			v.help = true
			return nil
		}
		f := findFlag(v.command, name)
		if f == nil {
			return unknownFlag(v.command, v.path, name)
		}
		key := f.Names()[0]
		if seen[key] && !repeatable(f) {
			return usagef("flag %s is given twice", name)
		}
		seen[key] = true
		if f.TakesValue() && !attached {
			if len(args) == 0 || (strings.HasPrefix(args[0], "-") && args[0] != "-") {
				err := usagef("flag %s needs a value", name)
				if len(args) > 0 {
					return withHint(err, "a value that begins with a dash is written %s=%s", name, shown(args[0]))
				}
				return err
			}
			value, attached = args[0], true
			args = args[1:]
		}
		if attached && value == "" {
			return withHint(usagef("flag %s has an empty value", name), "leave the flag out if it is not wanted")
		}
		if value == "-" && key != "output" { // there it is standard output
			v.stdin++
		}
		if attached {
			name += "=" + value
		}
		v.flags = append(v.flags, name)
	}
	return nil
}

// findFlag is the flag of command that is written as name: two dashes before a
// word, one before a letter.
func findFlag(command *cli.Command, name string) cli.DocGenerationFlag {
	for _, f := range command.Flags {
		if slices.Contains(spellings(f), name) {
			return f.(cli.DocGenerationFlag)
		}
	}
	return nil
}

// spellings is how a flag may be written.
func spellings(f cli.Flag) []string {
	var out []string
	for _, name := range f.Names() {
		if len(name) == 1 {
			out = append(out, "-"+name)
		} else {
			out = append(out, "--"+name)
		}
	}
	return out
}

func repeatable(f cli.Flag) bool {
	slice, ok := f.(cli.DocGenerationSliceFlag)
	return ok && slice.IsSliceFlag()
}

func unknownFlag(command *cli.Command, path []string, name string) error {
	names := []string{"--help"}
	for _, f := range command.Flags {
		names = append(names, spellings(f)...)
	}
	err := usagef("unknown flag %s", shown(name))
	if near := nearest(name, names); near != "" {
		return withHint(err, "did you mean %s?", near)
	}
	return withHint(err, "`hallmark %s --help` lists its flags", strings.Join(path, " "))
}
