package cli

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/artifact"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/verify"
)

// askLogsFor is how long a log may go on failing while somebody waits for a
// verdict.
const askLogsFor = 30 * time.Second

// unlogged completes, from the logs of the trusted root, signatures that came
// without proof of their log entry. Each is looked up once, however many
// artifacts it is about.
type unlogged struct {
	completer *material.Completer // nil where no log may be asked

	mu   sync.Mutex
	done map[*bundle.Bundle]*lookedUp
}

type lookedUp struct {
	once  sync.Once
	found material.Found
	err   error
}

func newUnlogged(completer *material.Completer) *unlogged {
	return &unlogged{completer: completer, done: make(map[*bundle.Bundle]*lookedUp)}
}

func (u *unlogged) complete(ctx context.Context, f material.Found) (material.Found, error) {
	u.mu.Lock()
	one, ok := u.done[f.Bundle]
	if !ok {
		one = new(lookedUp)
		u.done[f.Bundle] = one
	}
	u.mu.Unlock()
	one.once.Do(func() { one.found, one.err = u.completer.Complete(ctx, f) })
	return one.found, one.err
}

// verify verifies material that may lack its log entry. What the log does not
// say stays open only where the log could not be asked; where it holds nothing,
// or may not be asked, the material is judged as it is.
func (u *unlogged) verify(ctx context.Context, v *verify.Verifier, f material.Found, a *artifact.Artifact, p *verify.Policy) (*verify.Verdict, error) {
	f = aboutArtifact(f, a, p.Key)
	if !f.LacksEntry() || p.AllowUnlogged {
		return v.Verify(f.Bundle, a.ResourceDescriptor, p)
	}
	if u.completer == nil {
		verdict, err := v.Verify(f.Bundle, a.ResourceDescriptor, p)
		return verdict, toComplete(err, f)
	}
	completed, missing := u.complete(ctx, f)
	if missing == nil {
		return v.Verify(completed.Bundle, a.ResourceDescriptor, p)
	}
	verdict, err := v.Verify(f.Bundle, a.ResourceDescriptor, p)
	if isTransparency(err) {
		return nil, missing
	}
	return verdict, err
}

// aboutArtifact takes a signature that does not say what it signs to be about the
// artifact that it is tried on, by the digest with which its key signs.
func aboutArtifact(f material.Found, a *artifact.Artifact, key crypto.PublicKey) material.Found {
	if !f.NamesNoDigest() {
		return f
	}
	for _, algorithm := range verify.Algorithms(f.Bundle, key) {
		if digest, err := hex.DecodeString(a.GetDigest()[algorithm]); err == nil && len(digest) > 0 {
			return f.About(algorithm, digest)
		}
	}
	return f
}

// toComplete adds to the refusal of what no log vouches for how to change that.
func toComplete(err error, f material.Found) error {
	var r *verify.Rejection
	if !errors.As(err, &r) || r.Check != verify.CheckTransparency || f.File == "" {
		return err
	}
	with := *r
	with.Why = "a " + string(f.Form) + " brings no proof of its own, and no log may be asked"
	with.Hint = "`hallmark bundle complete " + shown(f.File) + "` fetches the proof once, for use offline"
	return &with
}

func isTransparency(err error) bool {
	var r *verify.Rejection
	return errors.As(err, &r) && r.Check == verify.CheckTransparency
}

// completer asks the logs of the trusted root; nil where nothing may be asked.
func (env *Env) completer(c *cli.Context, trusted *trust.Root, key crypto.PublicKey) *material.Completer {
	if c.Bool("offline") {
		return nil
	}
	return &material.Completer{Root: trusted.Material, Transport: env.transport(askLogsFor), Key: key}
}
