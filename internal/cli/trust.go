package cli

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/internal/weather"
)

// trustFlags are for every command that verifies, signing ones included: whom
// to trust in place of the public good Sigstore.
func trustFlags() []cli.Flag { return append([]cli.Flag{trustedRootFlag()}, tufFlags()...) }

// tufFlags name the TUF repository of a private Sigstore.
func tufFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tuf-mirror", Category: groupTrust, Usage: "get trust from the TUF repository at `URL`"},
		&cli.StringFlag{Name: "tuf-root", Category: groupTrust, Usage: "begin with the TUF root metadata in `FILE`"},
	}
}

// trustOptions say where this run's trust material comes from. retryFor is how
// long a service that fails may go on doing so.
func (env *Env) trustOptions(c *cli.Context, retryFor time.Duration) (trust.Options, error) {
	o := trust.Options{
		RootFile:   c.String("trusted-root"),
		ConfigFile: c.String("signing-config"),
		Now:        env.Now(),
	}
	if err := repositoryFromFlags(c, &o); err != nil {
		return o, err
	}
	if dir, err := os.UserCacheDir(); err == nil {
		o.Dir = filepath.Join(dir, "hallmark", "tuf")
	}
	if !c.Bool("offline") {
		o.Transport = env.transport(retryFor)
	}
	return o, nil
}

// repositoryFromFlags takes the TUF repository from its two flags. One that
// nothing would be asked of is refused, lest it be thought to count.
func repositoryFromFlags(c *cli.Context, o *trust.Options) error {
	mirror, file := c.String("tuf-mirror"), c.String("tuf-root")
	switch {
	case mirror == "" && file == "":
		return nil
	case file == "":
		return withHint(usagef("--tuf-mirror %s: its root metadata is not known", shown(mirror)),
			"add --tuf-root FILE, the root.json that the repository's operator gave you")
	case mirror == "":
		return withHint(usagef("--tuf-root %s: root metadata of which repository?", shown(file)), "add --tuf-mirror URL")
	}
	if o.RootFile != "" && (o.ConfigFile != "" || !signs(c)) {
		return usagef("--trusted-root %s leaves nothing to get from --tuf-mirror %s", shown(o.RootFile), shown(mirror))
	}
	var err error
	o.Mirror = mirror
	o.TUFRoot, err = readSmall("TUF root", file, maxTUFRoot)
	return err
}

// signs tells whether the command signs: verifying does so only on demand.
func signs(c *cli.Context) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(c.Command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	}
	return has("signing-config") && (!has("sign-vsa") || c.Bool("sign-vsa"))
}

// maxTUFRoot is the size of the largest root metadata that a TUF client takes.
const maxTUFRoot = 512000

// transport is the one way to the network: every client is handed it.
func (env *Env) transport(retryFor time.Duration) *weather.Transport {
	return &weather.Transport{Base: env.Network, RetryFor: retryFor, Now: env.Now, Waiting: env.waiting}
}

// waiting says why nothing moves. A bar may stand on the line by then.
func (env *Env) waiting(failing *weather.Error, left time.Duration) {
	if env.StderrTerminal {
		io.WriteString(env.Stderr, "\r\x1b[K")
	}
	env.warnf("%v; it is tried again for up to %s", failing, left.Round(time.Second))
}

// runnerTransport is that to the runner of a job of GitHub Actions. Some of those
// answer a request over HTTP/2 with no more than that they want it over HTTP/1.1.
func (env *Env) runnerTransport(retryFor time.Duration) *weather.Transport {
	t := env.transport(retryFor)
	if usual, ok := http.DefaultTransport.(*http.Transport); ok {
		plain := usual.Clone()
		plain.Protocols = new(http.Protocols)
		plain.Protocols.SetHTTP1(true)
		if plain.TLSClientConfig != nil {
			plain.TLSClientConfig.NextProtos = nil // a transport that was used offers HTTP/2
		}
		t.Base = plain
	}
	return t
}

// trustedRoot is the root to verify against. Verifying does not wait for a
// refresh to succeed: the newest valid copy serves, with a warning.
func (env *Env) trustedRoot(ctx context.Context, c *cli.Context) (*trust.Root, error) {
	o, err := env.trustOptions(c, 0)
	if err != nil {
		return nil, err
	}
	r, warnings, err := o.Root(ctx)
	for _, w := range warnings {
		env.warnf("%s", w)
	}
	return r, err
}

func rootInfo(c *cli.Context, r *trust.Root) report.RootInfo {
	return report.RootInfo{Source: r.Source, SHA256: r.SHA256, Default: len(trustWords(c)) == 0}
}

// trustWords are the flags that chose the trusted root, to be given again by
// whoever verifies; none where it is the usual one.
func trustWords(c *cli.Context) []string {
	names := []string{"tuf-mirror", "tuf-root"}
	if c.String("trusted-root") != "" {
		names = []string{"trusted-root"}
	}
	var words []string
	for _, name := range names {
		if value := c.String(name); value != "" {
			words = append(words, "--"+name, value)
		}
	}
	return words
}
