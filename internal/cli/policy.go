package cli

import (
	"crypto"
	"strings"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/verify"
)

// policyFlags are the flags that make a verify.Policy, each named for the fact
// that it is about.
func policyFlags() []cli.Flag {
	text := func(name, group, usage string) cli.Flag {
		return &cli.StringFlag{Name: name, Category: group, Usage: usage}
	}
	yes := func(name, group, usage string) cli.Flag {
		return &cli.BoolFlag{Name: name, Category: group, Usage: usage}
	}
	return []cli.Flag{
		text("repo", groupSigner, "built by GitHub Actions of `OWNER/NAME`"),
		text("identity", groupSigner, "signed by `NAME`, exactly"),
		text("identity-pattern", groupSigner, "signed by a name that `RE2` matches whole"),
		text("issuer", groupSigner, "who vouched for the identity, an `URL`"),
		text("key", groupSigner, "signed by the public key in `FILE`"),
		text("policy", groupSigner, "hold to the policy in `FILE` as well"),
		text("signer-workflow", groupSigner, "signed by the workflow `OWNER/REPO/PATH`"),
		text("signer-digest", groupSigner, "signed by that workflow at commit `SHA`"),
		text("tag", groupBuild, "built from tag `NAME`"),
		text("branch", groupBuild, "built from branch `NAME`"),
		text("ref", groupBuild, "built from the full ref `REF`"),
		text("version", groupBuild, "built from a tag of version `vN[.N[.N]]`"),
		text("commit", groupBuild, "built from commit `SHA`"),
		text("owner", groupBuild, "built from a repository of `OWNER`"),
		text("repo-id", groupBuild, "built from repository number `ID`"),
		text("owner-id", groupBuild, "built from a repository of owner number `ID`"),
		newListFlag("event", groupBuilt, "started by `EVENT`; may be repeated"),
		newListFlag("input", groupBuilt, "given input `NAME=VALUE`; may be repeated"),
		yes("allow-self-hosted", groupBuilt, "accept the project's own machines"),
		text("require", groupBuilt, "accept only `signature|provenance`"),
		&cli.IntFlag{Name: "slsa-level", Category: groupBuilt, Usage: "support at least SLSA Build level `N`"},
		newListFlag("predicate-type", groupBuilt, "accept statements of type `URI`; may be repeated"),
		yes("require-inclusion-proof", groupBuilt, "refuse a log's mere promise"),
		yes("allow-unlogged", groupBuilt, "accept what no log has seen (with --key)"),
		yes("print-policy", groupOutput, "print the policy of the flags, verify nothing"),
	}
}

// policyFromFlags makes the policy in which the flags and the policy file hold
// together, and refuses one that cannot be meant.
func policyFromFlags(c *cli.Context) (*verify.Policy, error) {
	file, err := readPolicy(c.String("policy"))
	if err != nil {
		return nil, err
	}
	p := &verify.Policy{
		Repository:            c.String("repo"),
		SignerWorkflow:        c.String("signer-workflow"),
		SignerDigest:          c.String("signer-digest"),
		Owner:                 c.String("owner"),
		RepositoryID:          c.String("repo-id"),
		OwnerID:               c.String("owner-id"),
		Version:               c.String("version"),
		Commit:                c.String("commit"),
		Events:                c.StringSlice("event"),
		AllowSelfHosted:       c.Bool("allow-self-hosted"),
		Require:               verify.Require(c.String("require")),
		Level:                 c.Int("slsa-level"),
		PredicateTypes:        c.StringSlice("predicate-type"),
		RequireInclusionProof: c.Bool("require-inclusion-proof"),
		RequireAll:            c.Bool("require-all"),
		AllowUnlogged:         c.Bool("allow-unlogged"),
	}
	if c.IsSet("slsa-level") && p.Level < 1 {
		return nil, usagef("--slsa-level %d: want 1, 2 or 3", p.Level)
	}
	if p.Inputs, err = inputsFromFlags(c); err != nil {
		return nil, err
	}
	if p.Ref, err = refFromFlags(c); err != nil {
		return nil, err
	}
	if path := c.String("key"); path != "" {
		if p.Key, err = readPublicKey(path); err != nil {
			return nil, err
		}
	}
	if err := identityFromFlags(c, p, file); err != nil {
		return nil, err
	}
	if err := believeSummary(c, p); err != nil {
		return nil, err
	}
	if p, err = p.And(file); err != nil {
		return nil, err
	}
	if p, err = impliedBy(c, p); err != nil {
		return nil, err
	}
	unloggedSummary(p)
	if p.Repository == "" && len(p.Identities) == 0 && p.Key == nil {
		return nil, withHint(usagef("no identity given: say who must have signed"),
			"--repo OWNER/NAME for what GitHub Actions built, --identity and --issuer for a person or another CI, "+
				"--key FILE for a key; `hallmark inspect FILE` shows who did sign")
	}
	return p, repositoryHint(p.Validate(), c.String("repo"))
}

// repositoryHint adds to an error what --repo takes in the place of an address.
func repositoryHint(err error, repo string) error {
	if _, name, ok := strings.Cut(repo, "github.com/"); ok && err != nil {
		return withHint(err, "--repo %s", shown(strings.TrimSuffix(strings.Trim(name, "/"), ".git")))
	}
	return err
}

// identityFromFlags pairs a name or pattern with its issuer. An issuer alone
// goes with --repo, or with the repository of a policy file.
func identityFromFlags(c *cli.Context, p, file *verify.Policy) error {
	name, pattern, issuer := c.String("identity"), c.String("identity-pattern"), c.String("issuer")
	switch {
	case name != "" && pattern != "":
		return usagef("--identity and --identity-pattern cannot both be given")
	case name == "" && pattern == "":
		if issuer != "" && p.Repository == "" && file.Repository == "" {
			return withHint(usagef("--issuer says who vouched, but not for whom"), "add --identity NAME")
		}
		p.Issuer = issuer
		return nil
	case issuer == "":
		return withHint(usagef("an identity needs its issuer: who vouched for the name"),
			"--issuer %s for GitHub Actions", verify.GitHubIssuer)
	}
	id := verify.Identity{Subject: name, Issuer: issuer}
	if pattern != "" {
		re, err := verify.CompilePattern(pattern)
		if err != nil {
			return err
		}
		id.Pattern = re
	}
	p.Identities = []verify.Identity{id}
	return nil
}

// refFromFlags turns the three ways to name a ref into a full one. Given more
// than one, they must mean the same.
func refFromFlags(c *cli.Context) (string, error) {
	ref, from := "", ""
	for _, flag := range []struct{ name, prefix string }{{"ref", ""}, {"tag", "refs/tags/"}, {"branch", "refs/heads/"}} {
		value := c.String(flag.name)
		if value == "" {
			continue
		}
		if flag.prefix != "" && strings.HasPrefix(value, "refs/") {
			return "", withHint(usagef("--%s %s: want a name, not a full ref", flag.name, shown(value)), "--ref %s", shown(value))
		}
		full := flag.prefix + value
		if ref != "" && full != ref {
			return "", usagef("--%s and --%s name different refs", from, flag.name)
		}
		ref, from = full, flag.name
	}
	return ref, nil
}

// maxKeyFile bounds a public key file, in bytes.
const maxKeyFile = 64 << 10

func readPublicKey(path string) (crypto.PublicKey, error) {
	data, err := readSmall("key", path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(data), "PRIVATE KEY") {
		return nil, withHint(usagef("key %s is a private key", shown(path)), "verifying takes the public key, and nobody should send you the other")
	}
	key, err := cryptoutils.UnmarshalPEMToPublicKey(data)
	if err != nil {
		return nil, usagef("key %s: %w", shown(path), err)
	}
	return key, nil
}
