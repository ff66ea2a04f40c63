package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/tuf"

	"github.com/hallmark-project/hallmark/internal/cli"
)

// request is a command of the protocol.
type request struct {
	token, bundle, trustedRoot, signingConfig string
	identity, issuer, key                     string
	inToto, staging                           bool
	artifact                                  string
}

// parse reads the command's flags and the artifact after them.
func parse(command string, args []string) (*request, error) {
	r := &request{}
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&r.bundle, "bundle", "", "")
	flags.StringVar(&r.trustedRoot, "trusted-root", "", "")
	flags.BoolVar(&r.staging, "staging", false, "")
	switch command {
	case "sign-bundle":
		flags.StringVar(&r.token, "identity-token", "", "")
		flags.StringVar(&r.signingConfig, "signing-config", "", "")
		flags.BoolVar(&r.inToto, "in-toto", false, "")
	case "verify-bundle":
		flags.StringVar(&r.identity, "certificate-identity", "", "")
		flags.StringVar(&r.issuer, "certificate-oidc-issuer", "", "")
		flags.StringVar(&r.key, "key", "", "")
	default:
		return nil, fmt.Errorf("unknown command %q: want sign-bundle or verify-bundle", command)
	}
	if err := flags.Parse(args); err != nil {
		return nil, fmt.Errorf("%s: %w", command, err)
	}
	if flags.NArg() != 1 || r.bundle == "" {
		return nil, fmt.Errorf("%s: want --bundle and one artifact", command)
	}
	r.artifact = flags.Arg(0)
	return r, nil
}

// trust are the flags that say whom to trust. The staging instance is a TUF
// repository like any other, unless files leave nothing to get from it.
func (r *request) trust(scratch string) ([]string, error) {
	var args []string
	if r.trustedRoot != "" {
		args = append(args, "--trusted-root", r.trustedRoot)
	}
	if r.signingConfig != "" {
		args = append(args, "--signing-config", r.signingConfig)
	}
	if !r.staging || r.trustedRoot != "" && (r.signingConfig != "" || r.token == "") {
		return args, nil
	}
	root := filepath.Join(scratch, "staging.root.json")
	if err := os.WriteFile(root, tuf.StagingRoot(), 0o600); err != nil {
		return nil, err
	}
	return append(args, "--tuf-mirror", tuf.StagingMirror, "--tuf-root", root), nil
}

// sign has hallmark sign a copy of the artifact, for it writes a bundle beside
// what it signs. A statement is signed where it stands.
func (r *request) sign(ctx context.Context, env cli.Env, scratch string) error {
	if r.token == "" {
		return errors.New("sign-bundle: want --identity-token")
	}
	args, err := r.trust(scratch)
	if err != nil {
		return err
	}
	env.Stdin = strings.NewReader(r.token)
	args = append([]string{"sign", "--identity-token", "-"}, args...)
	if r.inToto {
		return hallmark(ctx, env, append(args, "--statement", r.artifact, "--force", "--output", r.bundle))
	}
	content, err := os.ReadFile(r.artifact)
	if err != nil {
		return err
	}
	artifact := filepath.Join(scratch, filepath.Base(r.artifact))
	if err := os.WriteFile(artifact, content, 0o600); err != nil {
		return err
	}
	if err := hallmark(ctx, env, append(args, artifact)); err != nil {
		return err
	}
	bundle, err := os.ReadFile(artifact + ".sigstore.json")
	if err != nil {
		return err
	}
	return os.WriteFile(r.bundle, bundle, 0o644)
}

func (r *request) verify(ctx context.Context, env cli.Env, scratch string) error {
	args, err := r.trust(scratch)
	if err != nil {
		return err
	}
	args = append([]string{"verify", "--bundle", r.bundle}, args...)
	switch {
	case r.key != "":
		args = append(args, "--key", r.key)
	default:
		args = append(args, "--identity", r.identity, "--issuer", r.issuer)
	}
	if kind := predicateType(r.bundle); kind != "" {
		args = append(args, "--predicate-type", kind) // the protocol asks who signed, whatever was stated
	}
	artifact := r.artifact
	if _, err := os.Stat(artifact); err != nil && strings.HasPrefix(artifact, "sha256:") {
		artifact = "artifact@" + artifact
	}
	return hallmark(ctx, env, append(args, "--", artifact))
}

// predicateType is what the bundle's statement says it is, "" for any other
// content. What is wrong with a bundle is for hallmark to say.
func predicateType(bundle string) string {
	data, err := os.ReadFile(bundle)
	if err != nil {
		return ""
	}
	var content struct {
		Envelope struct {
			Payload []byte `json:"payload"`
		} `json:"dsseEnvelope"`
	}
	var statement struct {
		PredicateType string `json:"predicateType"`
	}
	if json.Unmarshal(data, &content) != nil || json.Unmarshal(content.Envelope.Payload, &statement) != nil {
		return ""
	}
	return statement.PredicateType
}
