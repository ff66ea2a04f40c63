package cli

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"runtime"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/internal/trust"
)

func deviceFlag() cli.Flag {
	return &cli.BoolFlag{Name: "device", Category: groupSigning, Usage: "sign in with a code, in a browser anywhere"}
}

// interactive is how a person signs in, at the issuer that the signing config
// names: with a browser where there is a terminal, or with a device, which is
// asked for. It is nil where there is nobody to ask.
func (env *Env) interactive(c *cli.Context, config *root.SigningConfig, transport http.RoundTripper) (*trust.Interactive, error) {
	device := c.Bool("device")
	if !device && (!env.StdinTerminal || env.getenv("CI") == "true") {
		return nil, nil
	}
	issuer := trust.OIDCIssuer(config, env.Now())
	switch {
	case issuer == "" && device:
		return nil, usagef("--device: the signing config names no issuer to sign in at")
	case issuer == "":
		return nil, nil
	}
	return &trust.Interactive{
		Issuer: issuer,
		Device: device,
		Client: &http.Client{Transport: transport},
		Now:    env.Now,
		Open:   env.openBrowser,
		Tell: func(format string, args ...any) {
			fmt.Fprintln(env.Stderr, "hallmark: "+report.Escape(fmt.Sprintf(format, args...)))
		},
	}, nil
}

// openers are what systems open a web page with.
var openers = map[string][]string{
	"darwin":  {"open"},
	"windows": {"rundll32", "url.dll,FileProtocolHandler"},
}

// openBrowser starts a browser and leaves it to itself: some end with the page,
// others with the day. It is shown no password or token.
func (env *Env) openBrowser(_ context.Context, page string) error {
	words := openers[runtime.GOOS]
	if words == nil {
		words = []string{"xdg-open"}
	}
	cmd := exec.Command(words[0], append(words[1:len(words):len(words)], page)...)
	cmd.Env = env.withoutSecrets()
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// withoutSecrets is the environment for a program that is started.
func (env *Env) withoutSecrets() []string {
	return trust.Environment(env.Environ(), passwordVariable, "GITHUB_TOKEN", "GH_TOKEN")
}

// checkPerson refuses two ways to say who signs.
func checkPerson(c *cli.Context) error {
	switch {
	case !c.Bool("device"):
		return nil
	case c.String("key") != "":
		return usagef("--key and --device: sign with one or the other")
	case c.String("identity-token") != "":
		return usagef("--identity-token and --device: sign with one or the other")
	}
	return nil
}
