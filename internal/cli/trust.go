package cli

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/internal/weather"
)

// trustOptions say where this run's trust material comes from. retryFor is how
// long a service that fails may go on doing so.
func (env *Env) trustOptions(c *cli.Context, retryFor time.Duration) trust.Options {
	o := trust.Options{
		RootFile:   c.String("trusted-root"),
		ConfigFile: c.String("signing-config"),
		Now:        env.Now(),
	}
	if dir, err := os.UserCacheDir(); err == nil {
		o.Dir = filepath.Join(dir, "hallmark", "tuf")
	}
	if !c.Bool("offline") {
		o.Transport = env.transport(retryFor)
	}
	return o
}

// transport is the one way to the network: every client is handed it.
func (env *Env) transport(retryFor time.Duration) *weather.Transport {
	return &weather.Transport{RetryFor: retryFor, Now: env.Now}
}

// trustedRoot is the root to verify against. Verifying does not wait for a
// refresh to succeed: the newest valid copy serves, with a warning.
func (env *Env) trustedRoot(ctx context.Context, c *cli.Context) (*trust.Root, error) {
	r, warnings, err := env.trustOptions(c, 0).Root(ctx)
	for _, w := range warnings {
		env.warnf("%s", w)
	}
	return r, err
}

func rootInfo(c *cli.Context, r *trust.Root) report.RootInfo {
	return report.RootInfo{Source: r.Source, SHA256: r.SHA256, Default: c.String("trusted-root") == ""}
}
