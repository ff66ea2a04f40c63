package cli

import (
	"context"
	"fmt"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/sign"
	"github.com/hallmark-project/hallmark/verify"
)

const defaultRetryFor = 15 * time.Minute

func retryForFlag() cli.Flag {
	return &cli.DurationFlag{Name: "retry-for", Category: groupSigning, Value: defaultRetryFor,
		Usage: "bear with a service that fails for `DURATION`"}
}

func identityTokenFlag() cli.Flag {
	return &cli.StringFlag{Name: "identity-token", Category: groupSigning,
		Usage: "sign with the identity token in `FILE`, or -"}
}

func yesPublicLogFlag() cli.Flag {
	return &cli.BoolFlag{Name: "yes-public-log", Category: groupSigning, Usage: "let a public log name this private repository"}
}

// signingFlags are shared by the commands that sign.
func signingFlags() []cli.Flag {
	return append([]cli.Flag{
		identityTokenFlag(),
		signingConfigFlag(),
		&cli.IntFlag{Name: "jobs", Category: groupSigning, Usage: "post `N` log entries at a time (default: 256 or 64)"},
		yesPublicLogFlag(),
		retryForFlag(),
	}, append(keyFlags(), trustFlags()...)...)
}

// signing is what the artifacts of one call share: one signer and the verifier
// that judges its work before anything is written.
type signing struct {
	ids      *identity
	key      *signingKey // instead of an identity, or nil
	signer   *sign.Signer
	verifier verify.Verifier
	images   *images // nil where no artifact is one
}

// newSigning gets services and trust. It asks for no identity yet. Without a log
// it asks for nothing, unless a signing config names a timestamp authority.
func (env *Env) newSigning(ctx context.Context, c *cli.Context, key *signingKey) (*signing, error) {
	retryFor := c.Duration("retry-for")
	if retryFor < 0 {
		return nil, usagef("--retry-for %s: want a time that is not negative", retryFor)
	}
	if c.Int("jobs") < 0 {
		return nil, usagef("--jobs %d: want a positive number", c.Int("jobs"))
	}
	options, err := env.trustOptions(c, retryFor)
	if err != nil {
		return nil, err
	}
	noServices := c.Bool("no-log") && options.ConfigFile == ""
	if noServices && options.Mirror == "" {
		options.Transport = nil
	}
	trusted, warnings, err := options.Root(ctx)
	if err != nil {
		return nil, err
	}
	var config *root.SigningConfig
	if !noServices {
		var more []string
		if config, more, err = options.SigningConfig(ctx); err != nil {
			return nil, err
		}
		warnings = append(warnings, more...)
	}
	for _, w := range warnings {
		env.warnf("%s", w)
	}
	transport := env.transport(retryFor)
	s := &signing{
		ids: env.identity(c, transport),
		key: key,
		signer: &sign.Signer{
			Config:    config,
			Root:      trusted.Material,
			Transport: transport,
			Jobs:      c.Int("jobs"),
			NoLog:     c.Bool("no-log"),
			Now:       env.Now,
		},
		verifier: verify.Verifier{Root: trusted.Material},
	}
	if key != nil {
		s.signer.Key = key.Signer
		return s, nil
	}
	s.signer.Token = s.ids.next
	s.ids.source.Interactive, err = env.interactive(c, config, transport)
	return s, err
}

// identify makes sure that it is known who signs.
func (s *signing) identify(ctx context.Context) error {
	if s.key != nil {
		return nil
	}
	return s.ids.fetch(ctx)
}

// message signs one artifact's digest and has the bundle verified.
func (s *signing) message(ctx context.Context, a *intoto.ResourceDescriptor) (*bundle.Bundle, *verify.Verdict, error) {
	b, err := s.signer.Message(ctx, a)
	if err != nil {
		return nil, nil, &artifactError{a.GetName(), err}
	}
	verdict, err := s.check(b, a, &verify.Policy{Require: verify.RequireSignature})
	if err != nil {
		return nil, nil, err
	}
	return b, verdict, nil
}

// check verifies a fresh bundle by hallmark's own rules, which are stricter
// than those of the library that made it. The signer must be the key, or whom
// the token named, where that can be known.
func (s *signing) check(b *bundle.Bundle, a *intoto.ResourceDescriptor, p *verify.Policy) (*verify.Verdict, error) {
	s.expect(p, b)
	verdict, err := s.verifier.Verify(b, a, p)
	if err != nil {
		// Not wrapped: it is hallmark's work or the services' that failed, not
		// evidence that somebody else gave.
		return nil, fmt.Errorf("%s: the new bundle does not verify, so it is not written: %v", shown(a.GetName()), err)
	}
	return verdict, nil
}

// expect asks for this run's signer.
func (s *signing) expect(p *verify.Policy, b *bundle.Bundle) {
	if s.key != nil {
		p.Key, p.AllowUnlogged = s.key.Public(), s.signer.NoLog
		return
	}
	p.Identities = []verify.Identity{s.expected(b)}
}

// expected is the identity that the token was for. Where only Fulcio knows what
// it makes of the token, it is the certificate's own.
func (s *signing) expected(b *bundle.Bundle) verify.Identity {
	if name, issuer := s.ids.signer(); name != "" {
		return verify.Identity{Subject: name, Issuer: issuer}
	}
	content, err := b.VerificationContent()
	if err != nil || content.Certificate() == nil {
		return verify.Identity{}
	}
	summary, err := certificate.SummarizeCertificate(content.Certificate())
	if err != nil {
		return verify.Identity{}
	}
	return verify.Identity{Subject: summary.SubjectAlternativeName, Issuer: summary.Issuer}
}

// summary begins the account of a run.
func (s *signing) summary(c *cli.Context, attestation bool) *report.Signing {
	account := &report.Signing{Source: s.ids.from, Attestation: attestation, Trust: trustWords(c)}
	if s.key != nil {
		account.Source, account.PublicKey = s.key.name, s.key.publicFile()
	}
	return account
}

// checkStreams keeps bundles and the account of them apart.
func checkStreams(c *cli.Context) error {
	if c.String("output") == "-" && c.String("format") == "json" {
		return withHint(usagef("--output - and --format json would both write to standard output"), "--output FILE")
	}
	return nil
}

func (env *Env) printSigning(c *cli.Context, s *report.Signing) error {
	if c.String("output") == "-" {
		return s.Text(env.Stderr, report.TextOptions{})
	}
	if c.String("format") == "json" {
		return s.JSON(env.Stdout)
	}
	return s.Text(env.Stdout, env.textOptions())
}
