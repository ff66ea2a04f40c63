package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Main runs hallmark once and returns its exit code: 0 done or verified, 1 the
// evidence says no, 2 the operator said something wrong, 3 it could not be
// decided. Results are on env.Stdout, everything for people on env.Stderr. It
// never exits the process, and a panic below it is reported and answered with 3.
func Main(ctx context.Context, env Env) (code int) {
	env = env.withDefaults()
	stdout := &checkedWriter{w: env.Stdout}
	env.Stdout = stdout
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("internal error: %v", p)
			env.printError(withHint(err, "this is a bug in hallmark, please report it with what follows"))
			env.Stderr.Write(debug.Stack())
			code = exitUndecided
		}
	}()

	err := run(ctx, &env)
	switch {
	case err != nil && ctx.Err() != nil:
		err = &cancelledError{err}
	case err == nil && stdout.err != nil:
		err = fmt.Errorf("standard output: %w", stdout.err)
	}
	env.printError(err)
	return exitCode(err)
}

func run(ctx context.Context, env *Env) error {
	app := newApp(env)
	if len(env.Args) > 0 && env.Args[0] == completeWord {
		for _, word := range completions(app, env.Args[1:]) {
			fmt.Fprintln(env.Stdout, word)
		}
		return nil
	}

	call, err := parseArgs(app, env.Args)
	switch {
	case errors.Is(err, errNoCommand):
		fmt.Fprint(env.Stderr, appHelp(app))
		return alreadyReported(err)
	case err != nil:
		return err
	case call.help && call.command == nil:
		fmt.Fprint(env.Stdout, appHelp(app))
		return nil
	case call.help:
		fmt.Fprint(env.Stdout, commandHelp(call.command, call.path))
		return nil
	}
	return app.RunContext(ctx, call.argv(app.Name))
}
