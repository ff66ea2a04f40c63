package cli

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/verify"
)

func bundleCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "bundle",
		Usage: "turn older signatures into bundles",
		UsageText: "hallmark bundle complete widget.tar.gz.sig\n" +
			"hallmark bundle complete widget.tar.gz.bundle\n" +
			"hallmark help bundle complete",
		Category:    downstream,
		Subcommands: []*cli.Command{bundleCompleteCommand(env)},
	}
}

func bundleCompleteCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "complete",
		Usage: "fetch the log's proof and write the bundle of today",
		UsageText: "hallmark bundle complete widget.tar.gz.sig\n" +
			"hallmark bundle complete -o multiple.jsonl multiple.intoto.jsonl\n" +
			"hallmark bundle complete --key cosign.pub widget.tar.gz.sig",
		ArgsUsage: "FILE",
		Description: "FILE is a detached signature beside the file that it signs, a bundle of cosign,\n" +
			"envelopes of slsa-github-generator, or a Sigstore bundle with a mere promise.\n" +
			"The log entry is verified before anything is written; who signed is not judged.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "key", Category: groupSigner, Usage: "signed by the public key in `FILE`"},
			outputFlag("write to `FILE`, not beside the input"),
			forceFlag(),
		}, trustFlags()...),
		Action: func(c *cli.Context) error { return runBundleComplete(c.Context, env, c) },
	}
}

func runBundleComplete(ctx context.Context, env *Env, c *cli.Context) error {
	if c.NArg() != 1 {
		return withHint(usagef("bundle complete needs one file"), "hallmark bundle complete FILE")
	}
	path := c.Args().First()
	found, err := material.ReadFile(path)
	if err != nil {
		return usagef("%w", err)
	}
	if !hasLegacy(found) {
		_, err := fmt.Fprintf(env.Stdout, "complete   %s  as it is\n", shown(path))
		return err
	}
	var key crypto.PublicKey
	if file := c.String("key"); file != "" {
		if key, err = readPublicKey(file); err != nil {
			return err
		}
	}
	trusted, err := env.trustedRoot(ctx, c)
	if err != nil {
		return err
	}
	bundles := make([]*bundle.Bundle, len(found))
	v, completer := &verify.Verifier{Root: trusted.Material}, env.completer(c, trusted, key)
	for i, f := range found {
		if bundles[i], err = completeOne(ctx, completer, v, f); err != nil {
			return fmt.Errorf("%s: %w", shown(f.Name), err)
		}
	}
	out := c.String("output")
	if out == "" {
		out = completePath(path, len(bundles))
	}
	if err := env.writeBundles(ctx, out, c.Bool("force"), bundles...); err != nil || out == "-" {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "completed  %s  %s\n", shown(out), counted(len(bundles), "bundle"))
	return err
}

func hasLegacy(found []material.Found) bool {
	for _, f := range found {
		if !f.Modern() {
			return true
		}
	}
	return false
}

// completeOne completes a piece of material and verifies it for what it says it
// is about and whom it names: what does not hold is not worth keeping.
func completeOne(ctx context.Context, completer *material.Completer, v *verify.Verifier, f material.Found) (*bundle.Bundle, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	subject, err := subjectOf(ctx, f, completer.Key)
	if err != nil {
		return nil, err
	}
	completed, err := completer.Complete(ctx, aboutArtifact(f, subject, completer.Key))
	if err != nil {
		return nil, err
	}
	_, err = v.Verify(completed.Bundle, subject.ResourceDescriptor, policyOfItself(completed.Bundle, completer.Key))
	return completed.Bundle, err
}

// subjectOf is the artifact that the material is about: the file beside it, or
// what it names.
func subjectOf(ctx context.Context, f material.Found, key crypto.PublicKey) (*artifact.Artifact, error) {
	if f.NamesNoDigest() {
		path := strings.TrimSuffix(f.File, ".sig")
		if info, err := os.Stat(path); path == f.File || err != nil || !info.Mode().IsRegular() {
			return nil, withHint(usagef("%s does not say what it signs", shown(f.File)),
				"put it beside that file, as NAME.sig beside NAME")
		}
		set, err := artifact.Collect(ctx, []string{path}, artifact.Options{Algorithms: verify.Algorithms(f.Bundle, key)})
		if err != nil {
			return nil, err
		}
		return set.Artifacts[0], nil
	}
	claimed := verify.ClaimedSubjects(f.Bundle)
	if len(claimed) == 0 {
		claimed = []*intoto.ResourceDescriptor{{}}
	}
	return &artifact.Artifact{ResourceDescriptor: claimed[0]}, nil
}

// policyOfItself accepts whoever the bundle names, if it is they.
func policyOfItself(b *bundle.Bundle, key crypto.PublicKey) *verify.Policy {
	says := verify.Describe(b)
	p := new(verify.Policy)
	if says.Statement != nil {
		p.PredicateTypes = []string{says.Statement.PredicateType}
	}
	if says.Certificate != nil {
		p.Identities = []verify.Identity{{Subject: says.Identity, Issuer: says.Issuer}}
	} else {
		p.Key = key
	}
	return p
}

// olderEndings are what older forms are called after the file they are about.
var olderEndings = []string{".cosign.bundle", ".bundle", ".sigstore", ".sigstore.json", ".intoto.jsonl", ".sig", ".jsonl", ".json"}

// completePath is where verify will look for the result: beside the artifact,
// or among its folder's attestations where there are several.
func completePath(path string, n int) string {
	name := filepath.Base(path)
	for _, ending := range olderEndings {
		if stem, ok := strings.CutSuffix(name, ending); ok && stem != "" {
			name = stem
			break
		}
	}
	if n > 1 {
		return filepath.Join(filepath.Dir(path), name+".complete.intoto.jsonl")
	}
	return filepath.Join(filepath.Dir(path), name+".sigstore.json")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
