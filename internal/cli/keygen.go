package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/verify"
)

func keygenCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "keygen",
		Usage: "make a key pair for signing without an identity",
		UsageText: "hallmark keygen\n" +
			"hallmark keygen -o release\n" +
			"hallmark keygen --algorithm ecdsa-p384",
		Category: maintainers,
		Description: "PREFIX.key is encrypted with a password, from COSIGN_PASSWORD or typed, and is\n" +
			"read by cosign too; PREFIX.pub is for those who verify. Neither replaces a file\n" +
			"that exists. Only ECDSA keys sign for every kind of log.",
		Flags: []cli.Flag{
			newChoiceFlag("algorithm", groupSigning, "the kind of key", trust.KeyAlgorithms...),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Value: "cosign",
				Usage: "write `PREFIX`.key and PREFIX.pub"},
		},
		Action: func(c *cli.Context) error { return runKeygen(c.Context, env, c) },
	}
}

func runKeygen(ctx context.Context, env *Env, c *cli.Context) error {
	prefix := c.String("output")
	private, public := prefix+".key", prefix+".pub"
	for _, path := range []string{private, public} {
		if _, err := os.Lstat(path); err == nil {
			return exists(path)
		}
	}
	password, err := env.newPassword(ctx, private)
	if err != nil {
		return err
	}
	defer clear(password)
	if len(password) == 0 {
		env.warnf("%s has an empty password: whoever can read it can sign with it", private)
	}
	key, err := trust.GenerateKey(c.String("algorithm"))
	if err != nil {
		return err
	}
	encrypted, plain, err := trust.EncodeKey(key, password)
	if err != nil {
		return err
	}
	if err := writeNew(private, encrypted, 0o600); err != nil {
		return err
	}
	if err := writeNew(public, plain, 0o644); err != nil {
		return errors.Join(err, os.Remove(private))
	}
	_, err = fmt.Fprintf(env.Stdout, "private  %s\npublic   %s  %s\n", shown(private), shown(public), verify.Fingerprint(key.Public()))
	return err
}

// writeNew writes a file that must not be there yet, whoever else may be writing.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return exists(path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func exists(path string) error {
	return withHint(usagef("%s exists: a key is never replaced", shown(path)), "-o PREFIX for another name")
}
