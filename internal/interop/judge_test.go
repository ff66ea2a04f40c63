package interop

import (
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
)

// judge has hallmark verify a bundle that a peer made for a file: a message
// signature, or a statement of predicateType.
func (s *site) judge(t *testing.T, p *peer, file, bundle string) {
	verify := func(root, repository, file, bundle string) []string {
		args := []string{"verify", "--offline", "--trusted-root", root, "--repo", repository, "--bundle", bundle, file}
		if strings.Contains(string(mustRead(t, bundle)), `"dsseEnvelope"`) {
			args = append(args, "--predicate-type", predicateType)
		}
		return args
	}
	p.check(t, "accepted", func(t *testing.T) {
		s.mustHallmark(t, verify(s.TrustedRoot(), repository, file, bundle)...)
	})
	p.check(t, "bytes flipped", func(t *testing.T) {
		s.wantRefused(t, "subject", verify(s.TrustedRoot(), repository, flipped(t, file), bundle)...)
	})
	p.check(t, "signature flipped", func(t *testing.T) {
		s.wantRefused(t, "(transparency|signature|timestamp)", verify(s.TrustedRoot(), repository, file, changed(t, bundle, (*fields).flipSignature))...)
	})
	p.check(t, "no log entry", func(t *testing.T) {
		s.wantRefused(t, "(transparency|timestamp)", verify(s.TrustedRoot(), repository, file, changed(t, bundle, (*fields).dropLogs))...)
	})
	p.check(t, "other repository", func(t *testing.T) {
		s.wantRefused(t, "source", verify(s.TrustedRoot(), repository+"x", file, bundle)...)
	})
	p.check(t, "other root", func(t *testing.T) {
		s.wantRefused(t, "(certificate|transparency|timestamp)", verify(s.foreignRoot, repository, file, bundle)...)
	})
}

// judgeImage has hallmark verify what a peer has put beside an index, and want
// nothing of it for an image in the index.
func (s *site) judgeImage(t *testing.T, p *peer, what string, index, child name.Digest, flags ...string) {
	verify := func(root, identity string, image name.Digest) []string {
		return append([]string{"verify", "--trusted-root", root, "--identity", identity, "--issuer", issuer, "oci://" + image.String()}, flags...)
	}
	p.check(t, what+"accepted", func(t *testing.T) { s.mustHallmark(t, verify(s.TrustedRoot(), identity, index)...) })
	p.check(t, what+"other identity", func(t *testing.T) {
		s.wantRefused(t, "identity", verify(s.TrustedRoot(), identity+"x", index)...)
	})
	p.check(t, what+"other root", func(t *testing.T) {
		s.wantRefused(t, "(certificate|transparency|timestamp)", verify(s.foreignRoot, identity, index)...)
	})
	p.check(t, what+"an image in the index", func(t *testing.T) {
		s.wantRefused(t, "coverage", verify(s.TrustedRoot(), identity, child)...)
	})
}
