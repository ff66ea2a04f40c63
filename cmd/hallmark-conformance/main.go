// Command hallmark-conformance speaks the protocol of the public conformance
// suite for Sigstore clients (github.com/sigstore/sigstore-conformance,
// docs/cli_protocol.md) and has hallmark do the work:
//
//	hallmark-conformance sign-bundle --identity-token TOKEN --bundle FILE [--in-toto]
//	    [--trusted-root FILE] [--signing-config FILE] [--staging] ARTIFACT
//	hallmark-conformance verify-bundle --bundle FILE
//	    (--certificate-identity NAME --certificate-oidc-issuer URL | --key FILE)
//	    [--trusted-root FILE] [--staging] ARTIFACT|sha256:DIGEST
//
// It exits with 0 where that went well and with 1 where it did not. It is for
// the suite and is not released.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/hallmark-project/hallmark/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, cli.Process("conformance", ""), os.Args[1:]))
}

// run carries out one command of the protocol.
func run(ctx context.Context, env cli.Env, args []string) int {
	if err := command(ctx, env, args); err != nil {
		fmt.Fprintln(env.Stderr, "hallmark-conformance:", err)
		return 1
	}
	return 0
}

func command(ctx context.Context, env cli.Env, args []string) error {
	if len(args) == 0 {
		return errors.New("want sign-bundle or verify-bundle")
	}
	r, err := parse(args[0], args[1:])
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "hallmark-conformance-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if args[0] == "sign-bundle" {
		return r.sign(ctx, env, scratch)
	}
	return r.verify(ctx, env, scratch)
}

// hallmark runs hallmark with the arguments.
func hallmark(ctx context.Context, env cli.Env, args []string) error {
	env.Args = args
	if code := cli.Main(ctx, env); code != 0 {
		return fmt.Errorf("hallmark %s: exit code %d", args[0], code)
	}
	return nil
}
