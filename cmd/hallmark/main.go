// Command hallmark makes, signs and verifies the provenance of software
// releases. Package internal/cli is all of it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/hallmark-project/hallmark/internal/cli"
)

// Stamped by the build: -ldflags "-X main.version=… -X main.commit=…".
var (
	version = "devel"
	commit  string
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(cli.Main(ctx, cli.Process(version, commit)))
}
