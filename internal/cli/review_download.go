package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"regexp"

	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/material"
	"github.com/hallmark-project/hallmark/review"
)

// maxKept bounds the bytes of all assets that a record keeps.
const maxKept = 128 << 20

// download fetches the assets, some at a time, as a stranger would, and keeps
// the bytes of those that may serve to verify others.
func (c *collector) download(ctx context.Context) error {
	progress := c.env.stage(c.options.quiet, "downloading", inBytes)
	defer progress.Done()
	total := int64(0)
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(maxTransfers)
	var wanted []*review.Asset
	for i := range c.record.Releases.Items {
		assets := c.record.Releases.Items[i].Assets
		for j := range assets {
			a := &assets[j]
			if c.options.digestsOnly && a.Stated != "" && (a.Size > material.MaxFile || !mayServe.MatchString(a.Name)) {
				a.Bytes.Unknown = "the digest is taken from GitHub, as was asked"
				continue
			}
			wanted = append(wanted, a)
			total += a.Size
		}
	}
	progress.Total(total)
	for _, a := range wanted {
		g.Go(func() error { return c.fetch(inner, a, c.at[a], progress) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if c.kept > maxKept {
		c.env.warnf("the releases hold more than %s that may serve to verify; what came last is known by its digest alone", byteSize(maxKept))
	}
	return nil
}

// fetch downloads one asset, or recalls what an earlier run made of its bytes.
func (c *collector) fetch(ctx context.Context, a *review.Asset, from *forge.Asset, progress *stage) error {
	a.Bytes = review.Answer{Source: from.URL, Time: c.now()}
	if c.recall(a) {
		progress.Add(a.Size)
		return nil
	}
	r := newReceiver(a.Size)
	digest, err := c.client.Download(ctx, c.project.Repository, from, io.MultiWriter(r, (*progressWriter)(progress)))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		a.Bytes.Unknown = err.Error()
		return nil
	}
	a.Digests = map[string]string{"sha256": digest, "sha512": hex.EncodeToString(r.sha512.Sum(nil))}
	a.Bytes.SHA256 = digest
	if a.Size > 0 {
		a.Flipped = hex.EncodeToString(r.flipped.Sum(nil))
	}
	if !r.keeps || !mayVerify(r.kept.Bytes()) {
		c.remember(a)
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept += a.Size; c.kept <= maxKept {
		c.record.Blobs.Add(r.kept.Bytes())
	}
	return nil
}

// A receiver takes the bytes of an asset once, and holds none that cannot be
// verification material.
type receiver struct {
	sha512, flipped hash.Hash
	at, middle      int64 // the byte in which a bit is flipped
	kept            bytes.Buffer
	keeps           bool
}

const (
	smallFile  = 8 << 10 // which may be a signature in binary form
	sniffed    = 512
	maxSumFile = 1 << 20
)

func newReceiver(size int64) *receiver {
	return &receiver{sha512: sha512.New(), flipped: sha256.New(), middle: size / 2, keeps: size <= material.MaxFile/4}
}

func (r *receiver) Write(p []byte) (int, error) {
	r.sha512.Write(p)
	if i := r.middle - r.at; i >= 0 && i < int64(len(p)) {
		r.flipped.Write(p[:i])
		r.flipped.Write([]byte{p[i] ^ 1})
		r.flipped.Write(p[i+1:])
	} else {
		r.flipped.Write(p)
	}
	r.at += int64(len(p))
	if r.keeps {
		r.kept.Write(p)
		if head := r.kept.Bytes(); len(head) > smallFile && bytes.IndexByte(head[:sniffed], 0) >= 0 {
			r.keeps, r.kept = false, bytes.Buffer{}
		}
	}
	return len(p), nil
}

var sumLine = regexp.MustCompile(`^(?:\\?[0-9a-fA-F]{64,128} |SHA(?:256|384|512) \()`)

// mayVerify tells what can be a bundle, a signature, a certificate, a checksum
// file or a bill of materials from what cannot. Which it is, if any, the
// judgement says.
func mayVerify(content []byte) bool {
	text := bytes.TrimSpace(content)
	switch {
	case len(content) <= smallFile:
		return true
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("-----BEGIN ")):
		return true
	}
	return len(content) <= maxSumFile && sumLine.Match(text)
}
