package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"golang.org/x/term"
)

// passwordVariable is where cosign looks for the password of a key, and so do
// its users.
const passwordVariable = "COSIGN_PASSWORD"

// password is that of an encrypted key: what COSIGN_PASSWORD holds, be it empty,
// or what is typed.
func (env *Env) password(ctx context.Context, key string) ([]byte, error) {
	if value, ok := env.takePassword(); ok {
		return value, nil
	}
	return env.prompt(ctx, "password of "+shown(key)+": ")
}

// newPassword is for a key that is about to be made, typed twice.
func (env *Env) newPassword(ctx context.Context, key string) ([]byte, error) {
	if value, ok := env.takePassword(); ok {
		return value, nil
	}
	first, err := env.prompt(ctx, "password for "+shown(key)+": ")
	if err != nil {
		return nil, err
	}
	second, err := env.prompt(ctx, "the same again: ")
	defer clear(second)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, usagef("the two passwords differ")
	}
	return first, nil
}

// takePassword reads the variable and unsets it: no program that is started
// later has any business with it.
func (env *Env) takePassword() ([]byte, bool) {
	value, ok := env.LookupEnv(passwordVariable)
	_ = env.Unsetenv(passwordVariable)
	return []byte(value), ok
}

func (env *Env) prompt(ctx context.Context, question string) ([]byte, error) {
	if !env.StdinTerminal || env.ReadPassword == nil {
		return nil, withHint(usagef("a password is needed, and there is no terminal to ask for it"), "put it in %s", passwordVariable)
	}
	fmt.Fprint(env.Stderr, question)
	password, err := env.ReadPassword(ctx)
	fmt.Fprintln(env.Stderr)
	if err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	return password, nil
}

// readPassword reads a line from the terminal without echo, and leaves the
// terminal as it was when ctx ends first.
func readPassword(ctx context.Context) ([]byte, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	type answer struct {
		line []byte
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(terminal)
		typed <- answer{line, err}
	}()
	select {
	case a := <-typed:
		return a.line, a.err
	case <-ctx.Done():
		_ = term.Restore(terminal, before)
		return nil, context.Cause(ctx)
	}
}
