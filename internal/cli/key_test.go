package cli

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"
)

// A plugin for scripts, of upstream's making: script://FILE is the key in FILE.
// It tells on stderr what it can see of the environment.
func init() {
	programs["sigstore-kms-script"] = func() {
		for _, name := range []string{"HSM_PIN", "COSIGN_PASSWORD", "SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN"} {
			if _, ok := os.LookupEnv(name); ok {
				fmt.Fprintln(os.Stderr, "plugin sees", name)
			}
		}
		args, err := handler.GetPluginArgs(os.Args)
		if err == nil {
			_, err = handler.Dispatch(os.Stdout, os.Stdin, args, scriptKMS{args.InitOptions.KeyResourceID, args.InitOptions.HashFunc})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

type scriptKMS struct {
	file string
	hash crypto.Hash
}

func (k scriptKMS) load() (signature.SignerVerifier, error) {
	pem, err := os.ReadFile(k.file)
	if err != nil {
		return nil, err
	}
	key, err := cryptoutils.UnmarshalPEMToPrivateKey(pem, nil)
	if err != nil {
		return nil, err
	}
	return signature.LoadSignerVerifier(key, k.hash)
}

func (k scriptKMS) PublicKey(o ...signature.PublicKeyOption) (crypto.PublicKey, error) {
	key, err := k.load()
	if err != nil {
		return nil, err
	}
	return key.PublicKey(o...)
}

func (k scriptKMS) SignMessage(message io.Reader, o ...signature.SignOption) ([]byte, error) {
	key, err := k.load()
	if err != nil {
		return nil, err
	}
	return key.SignMessage(message, o...)
}

var errNotAsked = errors.New("not asked for")

func (scriptKMS) VerifySignature(_, _ io.Reader, _ ...signature.VerifyOption) error {
	return errNotAsked
}

func (scriptKMS) CreateKey(context.Context, string) (crypto.PublicKey, error) {
	return nil, errNotAsked
}

func (scriptKMS) CryptoSigner(context.Context, func(error)) (crypto.Signer, crypto.SignerOpts, error) {
	return nil, nil, errNotAsked
}

func (scriptKMS) DefaultAlgorithm() string      { return "" }
func (scriptKMS) SupportedAlgorithms() []string { return nil }
