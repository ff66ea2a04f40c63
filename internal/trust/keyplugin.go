package trust

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	strictjson "github.com/go-json-experiment/json"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/common"
)

const (
	pluginPrefix   = "sigstore-kms-"
	maxPluginReply = 1 << 20
	maxPluginCalls = 8 // at once
)

// pluginName is the name of a plugin: never a path.
var pluginName = regexp.MustCompile(`\A[a-z0-9][a-z0-9_-]*\z`)

// PluginKey is a private key that never leaves its device or service: a program,
// sigstore-kms-NAME, signs with it. It speaks sigstore's plugin protocol, version
// 1, whose messages are upstream's types. Upstream's own client is not used: it
// takes no notice of how the program ended and fails badly at an empty answer.
type PluginKey struct {
	program  string
	resource string
	env      []string
	stderr   io.Writer
	public   crypto.PublicKey
	slots    chan struct{}
}

// IsPluginKey tells a plugin's key, NAME://ID, from a file.
func IsPluginKey(name string) bool { return strings.Contains(name, "://") }

// OpenPluginKey finds the plugin for a key NAME://ID on the PATH, but never in
// the current folder, and asks it for the public key. What the program says on
// its standard error goes to stderr; env is all of the environment that it gets,
// where what would buy an identity token has no place.
func OpenPluginKey(ctx context.Context, name string, env []string, stderr io.Writer) (*PluginKey, error) {
	plugin, resource, _ := strings.Cut(name, "://")
	if !pluginName.MatchString(plugin) {
		return nil, fmt.Errorf("%w: %s: want NAME://ID with NAME of the plugin %sNAME", ErrKey, name, pluginPrefix)
	}
	program, err := exec.LookPath(pluginPrefix + plugin)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, name, err)
	}
	k := &PluginKey{program: program, resource: resource, env: append([]string{}, env...), stderr: stderr, slots: make(chan struct{}, maxPluginCalls)}
	reply, err := k.call(ctx, nil, crypto.SHA256, &common.MethodArgs{
		MethodName: common.PublicKeyMethodName,
		PublicKey:  &common.PublicKeyArgs{PublicKeyOptions: &common.PublicKeyOptions{}},
	})
	if err != nil {
		return nil, err
	}
	if reply.PublicKey == nil {
		return nil, fmt.Errorf("%s: it gave no public key", program)
	}
	if k.public, err = cryptoutils.UnmarshalPEMToPublicKey(reply.PublicKey.PublicKeyPEM); err != nil {
		return nil, fmt.Errorf("%s: its public key: %w", program, err)
	}
	return k, nil
}

// Environment is environ without the variables named and [TokenVariables].
func Environment(environ []string, without ...string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(TokenVariables, name) || slices.Contains(without, name)
	})
}

// Public is the public key that the plugin named.
func (k *PluginKey) Public() crypto.PublicKey { return k.public }

// Sign waits for the plugin for as long as it takes.
func (k *PluginKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.SignContext(context.Background(), digest, opts)
}

// SignContext signs a digest, or a whole message where opts name no hash.
func (k *PluginKey) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	select {
	case k.slots <- struct{}{}:
		defer func() { <-k.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	hash := opts.HashFunc()
	options := &common.SignOptions{MessageOptions: common.MessageOptions{HashFunc: &hash}}
	var message []byte
	if hash == 0 {
		message = digest
	} else {
		options.MessageOptions.Digest = &digest
	}
	reply, err := k.call(ctx, message, hash, &common.MethodArgs{
		MethodName:  common.SignMessageMethodName,
		SignMessage: &common.SignMessageArgs{SignOptions: options},
	})
	if err != nil {
		return nil, err
	}
	if reply.SignMessage == nil || len(reply.SignMessage.Signature) == 0 {
		return nil, fmt.Errorf("%s: it gave no signature", k.program)
	}
	return reply.SignMessage.Signature, nil
}

// call runs the program once: the question is its second argument, the message
// its standard input, the answer its standard output.
func (k *PluginKey) call(ctx context.Context, message []byte, hash crypto.Hash, method *common.MethodArgs) (*common.PluginResp, error) {
	init := &common.InitOptions{
		ProtocolVersion: common.ProtocolVersion, KeyResourceID: k.resource, HashFunc: hash, RPCOptions: &common.RPCOptions{},
	}
	if deadline, ok := ctx.Deadline(); ok {
		init.CtxDeadline = &deadline
	}
	question, err := json.Marshal(common.PluginArgs{InitOptions: init, MethodArgs: method})
	if err != nil {
		return nil, err
	}
	answer := &limited{left: maxPluginReply}
	cmd := exec.CommandContext(ctx, k.program, common.ProtocolVersion, string(question))
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = k.env, bytes.NewReader(message), answer, k.stderr
	cmd.WaitDelay = time.Second
	ended := cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	reply := new(common.PluginResp)
	unreadable := strictjson.Unmarshal(answer.kept.Bytes(), reply)
	switch {
	case unreadable == nil && reply.ErrorMessage != "":
		return nil, fmt.Errorf("%s: %s", k.program, reply.ErrorMessage)
	case ended != nil:
		return nil, fmt.Errorf("%s: %w", k.program, ended)
	case unreadable != nil:
		return nil, fmt.Errorf("%s: its answer: %w", k.program, unreadable)
	}
	return reply, nil
}

// limited keeps what is written to it, up to a size.
type limited struct {
	kept bytes.Buffer // not embedded: copying would go around Write
	left int
}

// Write fails beyond the limit, which ends the program that writes.
func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errors.New("more than 1 MiB of answer")
	}
	return l.kept.Write(p)
}
