package cli

import (
	"context"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/term"
)

// Env is everything that a run takes from its process. A zero Env has no
// arguments, reads nothing, writes nowhere and knows no time; [Process] is the
// one of the running program.
type Env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer // results
	Stderr io.Writer // progress, warnings, errors, hints

	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool

	// ReadPassword reads a line from the terminal without echo; nil where there
	// is no terminal.
	ReadPassword func(context.Context) ([]byte, error)

	LookupEnv func(name string) (string, bool)
	Unsetenv  func(name string) error
	Environ   func() []string // all of the environment, for programs that are started
	Now       func() time.Time
	Network   http.RoundTripper // nil is http.DefaultTransport

	Version string // of this build: a tag, or "devel"
	Commit  string // the source commit of this build, or ""

	secrets   map[string]string // that were read, see secret
	gitOrigin string            // where tests have repositories cloned from, not GitHub
}

// Process is the environment of the running program. Version and commit are
// what its build was stamped with.
func Process(version, commit string) Env {
	return Env{
		Args:           os.Args[1:],
		Stdin:          os.Stdin,
		Stdout:         os.Stdout,
		Stderr:         os.Stderr,
		StdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		ReadPassword:   readPassword,
		LookupEnv:      os.LookupEnv,
		Unsetenv:       os.Unsetenv,
		Environ:        os.Environ,
		Now:            time.Now,
		Version:        version,
		Commit:         commit,
	}
}

// withDefaults fills what a caller left out with what does nothing.
func (env Env) withDefaults() Env {
	if env.Stdin == nil {
		env.Stdin = eof{}
	}
	if env.Stdout == nil {
		env.Stdout = io.Discard
	}
	if env.Stderr == nil {
		env.Stderr = io.Discard
	}
	if env.LookupEnv == nil {
		env.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if env.Unsetenv == nil {
		env.Unsetenv = func(string) error { return nil }
	}
	if env.Environ == nil {
		env.Environ = func() []string { return nil }
	}
	if env.Now == nil {
		env.Now = func() time.Time { return time.Time{} }
	}
	return env
}

func (env *Env) getenv(name string) string {
	value, _ := env.LookupEnv(name)
	return value
}

// secret reads a variable that opens doors, and unsets it: no program that is
// started finds it, whoever starts it. It can be read again.
func (env *Env) secret(name string) string {
	value, set := env.LookupEnv(name)
	if !set {
		return env.secrets[name]
	}
	_ = env.Unsetenv(name)
	if env.secrets == nil {
		env.secrets = make(map[string]string)
	}
	env.secrets[name] = value
	return value
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// checkedWriter remembers the first write that failed: a result that nobody
// received must not end in exit code 0.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
