package cli

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/provenance"
	"github.com/hallmark-project/hallmark/verify"
)

// summaryFlags are what a verification summary needs, and what signing it does.
func summaryFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "emit-vsa", Category: groupOutput, Usage: "write a SLSA verification summary to `FILE`"},
		&cli.StringFlag{Name: "resource-uri", Category: groupOutput, Usage: "what the summary is about, an `URI`"},
		&cli.BoolFlag{Name: "sign-vsa", Category: groupOutput, Usage: "sign the summary, and write its bundle to FILE"},
		forceFlag(),
		identityTokenFlag(),
		signingConfigFlag(),
		yesPublicLogFlag(),
		retryForFlag(),
	}
}

// summary is the verification summary that the command line asks for.
type summary struct {
	path     string
	resource string
	policy   []byte
}

// summaryFromFlags is nil where no summary is asked for.
func summaryFromFlags(c *cli.Context, p *verify.Policy) (*summary, error) {
	path, signed := c.String("emit-vsa"), c.Bool("sign-vsa")
	if err := needs(c, "emit-vsa", path != "", "sign-vsa", "force"); err != nil {
		return nil, err
	}
	if err := needs(c, "emit-vsa or --vsa", path != "" || c.String("vsa") != "", "resource-uri"); err != nil {
		return nil, err
	}
	if err := needs(c, "sign-vsa", signed, "identity-token", "signing-config", "yes-public-log", "retry-for"); err != nil {
		return nil, err
	}
	switch {
	case path == "":
		return nil, nil
	case path == "-":
		return nil, withHint(usagef("--emit-vsa -: standard output is for the result"), "--emit-vsa FILE")
	case signed && c.Bool("offline"):
		return nil, usagef("--sign-vsa needs the services that --offline forbids")
	}
	if _, err := os.Lstat(path); err == nil && !c.Bool("force") {
		return nil, withHint(usagef("%s exists, and a summary of another time differs", shown(path)), "--force replaces it")
	}
	resource, err := resourceURI(c, p)
	if err != nil {
		return nil, err
	}
	policy, err := p.YAML()
	return &summary{path, resource, policy}, err
}

// needs refuses flags that have no meaning without another.
func needs(c *cli.Context, other string, given bool, names ...string) error {
	for _, name := range names {
		if !given && c.IsSet(name) {
			return usagef("--%s goes with --%s", name, other)
		}
	}
	return nil
}

// resourceURI is what the flag says, or a package URL of the repository at the
// tag that the policy names.
func resourceURI(c *cli.Context, p *verify.Policy) (string, error) {
	if given := c.String("resource-uri"); given != "" {
		u, err := url.Parse(given)
		if err != nil || u.Scheme == "" || strings.ContainsAny(given, " \t\r\n") {
			return "", usagef("--resource-uri %s: not a URI", shown(given))
		}
		return given, nil
	}
	tag, ok := strings.CutPrefix(p.Ref, "refs/tags/")
	if p.Repository == "" || !ok {
		return "", withHint(usagef("--emit-vsa: the policy names no repository and tag that the summary could be about"), "--resource-uri URI")
	}
	return packageURL(p.Repository, tag), nil
}

// packageURL is what a release is called among packages.
func packageURL(repository, tag string) string {
	// purl-spec, type github: the name is not case sensitive and lower case.
	return "pkg:github/" + strings.ToLower(repository) + "@" + url.PathEscape(tag)
}

// writeSummary writes what was asked for, signed if that was too.
func (env *Env) writeSummary(ctx context.Context, c *cli.Context, s *summary, v *report.Verification) error {
	if s == nil {
		return nil
	}
	statement, err := v.VSA(report.VSA{Version: env.Version, Time: env.Now(), Resource: s.resource, Policy: s.policy})
	if errors.Is(err, report.ErrNoSummary) {
		env.warnf("%s is not written: %v", shown(s.path), err)
		return nil
	}
	if err != nil {
		return err
	}
	payload, err := provenance.Marshal(statement)
	if err != nil {
		return err
	}
	if !c.Bool("sign-vsa") {
		return env.writeOutput(ctx, s.path, c.Bool("force"), func(w io.Writer) error { return writeLines(w, [][]byte{payload}) })
	}
	if err := canWrite(c.Bool("force"), s.path); err != nil {
		return err
	}
	signing, err := env.newSigning(ctx, c, nil)
	if err != nil {
		return err
	}
	defer signing.ids.forget()
	if err := signing.guardPrivate(ctx, c); err != nil {
		return err
	}
	signed, err := signing.statement(ctx, payload, statement.GetSubject()[0], nil)
	if err != nil {
		return err
	}
	return env.writeBundles(ctx, s.path, c.Bool("force"), signed.bundle)
}
