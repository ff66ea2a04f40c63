// Package cli is the hallmark command: what argv, the environment, the clock
// and the standard streams mean, and which exit code an answer has.
//
// [Main] is all of it. It takes an [Env], the one place through which a run
// meets its process, and returns the exit code; nothing in this package reads
// a global, so that a whole run can be repeated inside a test. Every other
// package is handed values.
//
// # Adding a command
//
// A command is one file, named for it, holding a function of this shape, and
// one line in the table of [newApp]:
//
//	func sumCommand(env *Env) *cli.Command {
//		return &cli.Command{
//			Name:      "sum",
//			Usage:     "print the digests of artifacts", // one line of help
//			UsageText: "hallmark sum dist/*\n…",          // three examples that work
//			ArgsUsage: "ARTIFACT...",                     // "" if it takes none
//			Category:  maintainers,                       // who uses it
//			Flags: []cli.Flag{
//				formatFlag("text", "json"),
//				forceFlag(),
//				outputFlag("write the digests to `FILE`"),
//				quietFlag(),
//			},
//			Action: func(c *cli.Context) error { return sum(c.Context, env, c) },
//		}
//	}
//
// What argv means is settled before urfave/cli sees it (argv.go): flags may
// stand anywhere before "--", each that is not repeatable is given at most
// once, no value is empty, an unknown flag is refused with the nearest one
// named, and positionals are refused where ArgsUsage is empty. An Action can
// rely on all that. Flags are never Required and never read the environment:
// the first prints help to stdout, the second hides a setting.
//
//   - The operator's mistake is usagef("no identity given"), exit 2.
//   - withHint(err, "--repo OWNER/NAME for …") says what to do about any error.
//   - alreadyReported(err) keeps an error's exit code and hint where stdout has
//     said the rest.
//   - Results go to env.Stdout; env.warnf is for people. A write to stdout that
//     fails becomes the command's error by itself.
//   - env.writeOutput(ctx, path, force, func(io.Writer) error) writes a file
//     whole or not at all; "-" is stdout.
//   - env.stage(quiet, "hashing", inBytes) shows progress; Total, Add, Done.
//   - newListFlag makes a repeatable flag, newChoiceFlag one with a closed list of
//     values; c.String("format") is one of the values given to formatFlag.
//
// exit.go maps errors to exit codes and is the only file that does; a package
// whose errors blame the operator or the evidence has its line there.
//
// The reference (docs/reference.md) is made from these commands by go generate,
// and a test holds it current, as others hold every line of help to 80 columns.
package cli

//go:generate go test . -run=TestReference -count=1 -update
