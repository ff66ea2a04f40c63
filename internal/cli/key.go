package cli

import (
	"context"
	"crypto"
	"path/filepath"
	"strings"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/sign"
)

// keyFlags are for the commands that sign: other ways to say who does.
func keyFlags() []cli.Flag {
	return []cli.Flag{
		deviceFlag(),
		&cli.StringFlag{Name: "key", Category: groupSigning, Usage: "sign with the key in `FILE`, or of a plugin: NAME://ID"},
		&cli.BoolFlag{Name: "no-log", Category: groupSigning, Usage: "publish nothing in a log (with --key)"},
	}
}

// signingKey is a key that signs in place of an identity.
type signingKey struct {
	crypto.Signer
	name string // as the command line has it
}

// signingKey reads the key that --key names; nil without one.
func (env *Env) signingKey(ctx context.Context, c *cli.Context) (*signingKey, error) {
	name := c.String("key")
	if err := checkPerson(c); err != nil {
		return nil, err
	}
	switch {
	case name == "" && c.Bool("no-log"):
		return nil, withHint(usagef("--no-log goes with --key"),
			"a certificate is valid for minutes, and only a log's or an authority's word shows that it was when it signed")
	case name == "":
		return nil, nil
	case c.String("identity-token") != "":
		return nil, usagef("--key and --identity-token: sign with one or the other")
	}
	if trust.IsPluginKey(name) {
		key, err := trust.OpenPluginKey(ctx, name, env.withoutSecrets(), env.Stderr)
		if err != nil {
			return nil, err
		}
		return &signingKey{key, name}, nil
	}
	key, err := trust.ReadKey(name, func() ([]byte, error) { return env.password(ctx, name) })
	_ = env.Unsetenv(passwordVariable) // read or not: git comes next
	if err != nil {
		return nil, err
	}
	return &signingKey{key, name}, nil
}

// algorithms are the digests that artifacts are signed by and known by.
func (k *signingKey) algorithms() ([]string, error) {
	if k == nil {
		return nil, nil
	}
	algorithm, err := sign.Algorithm(k.Public())
	if err != nil || algorithm == "sha256" {
		return nil, err
	}
	return []string{"sha256", algorithm}, nil
}

// publicFile is the file beside the key that holds its public half, if there is
// one: what others are given to verify with.
func (k *signingKey) publicFile() string {
	path := strings.TrimSuffix(k.name, filepath.Ext(k.name)) + ".pub"
	public, err := readPublicKey(path)
	if err != nil || cryptoutils.EqualKeys(public, k.Public()) != nil {
		return ""
	}
	return path
}
