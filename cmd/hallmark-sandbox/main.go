// Command hallmark-sandbox runs a command inside a complete, local Sigstore, as
// if it were a job of GitHub Actions:
//
//	hallmark-sandbox -- hallmark attest dist/*
//
// It starts Fulcio with a certificate transparency log, a Rekor transparency
// log, a timestamp authority, two OIDC issuers, an OCI registry and a TUF
// repository on loopback: upstream's own servers, with keys that live as long
// as the sandbox. It gives the command the environment of a job, runs it, stops
// everything and returns the command's exit code.
//
// The issuer of jobs answers under GitHub's own name, by way of a proxy that leads
// nowhere else, so certificates look as they will look in production and
// nothing reaches the public instance. The one of people has a single person,
// who consents to whatever a browser asks. Nothing that is signed inside is worth
// anything outside: every root of trust is made for the run.
//
// With --dir and no command it stays up until it is interrupted, and writes
// what clients need, among it a file of shell variables, to that folder.
//
// Linux only: it relies on SSL_CERT_FILE being heeded and on the kernel to end
// its child processes with it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

func init() {
	// Children die with the thread that started them (Pdeathsig), and only the
	// first thread lives as long as the process: main stays on it.
	runtime.LockOSThread()
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == rekorVerb {
		rekorMain(os.Args[2:])
		return
	}
	code, err := run(os.Args[1:], os.Stderr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "hallmark-sandbox: error: %v\n", err)
	}
	os.Exit(code)
}

const usage = `hallmark-sandbox runs a command inside a local Sigstore, as a GitHub Actions job.

  hallmark-sandbox [flags] -- COMMAND [ARG...]
  hallmark-sandbox [flags] --dir DIR           stay up until interrupted;
                                               . DIR/env makes a shell the job

flags:
`

// parse reads the command line.
func parse(args []string, stderr io.Writer) (o Options, command []string, err error) {
	fs := flag.NewFlagSet("hallmark-sandbox", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.Dir, "dir", "", "write the sandbox's files to `DIR`, which remain")
	fs.StringVar(&o.Rekor, "rekor", rekorV2, "`VERSION` of the transparency log: v2, v1 or both")
	fs.StringVar(&o.Issuer, "issuer", defaultIssuer, "`URL` of the OIDC issuer, https")
	fs.StringVar(&o.Person, "person", defaultPerson, "`EMAIL` of whoever signs in with a browser or a device")
	fs.StringVar(&o.GitHub, "github", "", "answer for GitHub, as a fake that keeps its state in `DIR`")
	granted := fs.String("permissions", defaultPermissions, "what the job's token may do there, as `NAME:read|write,...`")
	fs.DurationVar(&o.TokenTTL, "token-ttl", defaultTokenTTL, "`DURATION` that identity tokens are valid for; below zero they are expired")
	fs.BoolVar(&o.Verbose, "verbose", false, "write requests and the servers' logs to stderr")
	o.Job.flags(fs)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			help(stderr, fs)
		}
		return o, nil, err
	}
	if err := o.check(); err != nil {
		return o, nil, err
	}
	if o.permissions, err = permissions(*granted); err != nil {
		return o, nil, err
	}
	if fs.NArg() == 0 && o.Dir == "" {
		return o, nil, errors.New("nothing to run: give a COMMAND after --, or --dir DIR to stay up")
	}
	return o, fs.Args(), nil
}

// help lists the flags as this project writes them, with two dashes.
func help(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprint(w, usage)
	fs.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(w, "  %s\n        %s\n", strings.TrimSpace("--"+f.Name+" "+value), text)
	})
}

func (o *Options) check() error {
	if err := o.Job.check(); err != nil {
		return err
	}
	if !slices.Contains([]string{rekorV2, rekorV1, rekorBoth}, o.Rekor) {
		return fmt.Errorf("--rekor %q: want v2, v1 or both", o.Rekor)
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Host != u.Hostname() || u.String() != "https://"+u.Host+u.EscapedPath() {
		return fmt.Errorf("--issuer %q: want https://HOST or https://HOST/PATH", o.Issuer)
	}
	o.issuerHost = strings.ToLower(u.Hostname())
	for name, dir := range map[string]*string{"dir": &o.Dir, "github": &o.GitHub} {
		if *dir == "" {
			continue
		}
		if *dir, err = filepath.Abs(*dir); err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	return nil
}

func run(args []string, stderr io.Writer) (code int, err error) {
	o, command, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return exitSandbox, err
	}
	// From here on a signal ends the sandbox in order.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// Asked for, it is no longer the end of a process whose stderr has gone. Not
	// ignored: the command would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	private, err := os.MkdirTemp("", "hallmark-sandbox-")
	if err != nil {
		return exitSandbox, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(private)) }()
	if o.Dir == "" {
		o.Dir = filepath.Join(private, "job")
	}
	quietLogs(o.Verbose)
	starting, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	sandbox, err := Start(starting, private, o)
	stop()
	if err != nil {
		return exitSandbox, err
	}
	defer sandbox.Close()

	if len(command) > 0 {
		return runCommand(command, childEnvironment(os.Environ(), sandbox.Environment), signals, sandbox.Failed)
	}
	fmt.Fprintln(stderr, "ready")
	select {
	case <-signals:
		return 0, nil
	case <-sandbox.Failed:
		return exitSandbox, errors.New("rekor ended")
	}
}
