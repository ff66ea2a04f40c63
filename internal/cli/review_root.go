package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/pack"
	"github.com/hallmark-project/hallmark/internal/trust"
	"github.com/hallmark-project/hallmark/review"
)

// reviewRoot is what a judgement trusts. Reports name it: under a root of their
// own anybody has signed anything.
type reviewRoot struct {
	*trust.Root
	public bool // whether it is the public good Sigstore's, as it is known here
}

// rootOfReview says of a trusted root what a report has to.
func (env *Env) rootOfReview(ctx context.Context, c *cli.Context, r *trust.Root) (*reviewRoot, error) {
	embedded, err := trust.Embedded()
	if err != nil {
		return nil, err
	}
	if sameDocuments(r, embedded) {
		return &reviewRoot{r, true}, nil
	}
	if len(trustWords(c)) > 0 {
		return &reviewRoot{r, false}, nil
	}
	o, err := env.trustOptions(c, 0)
	if err != nil {
		return nil, err
	}
	o.Transport = nil
	known, _, err := o.Root(ctx)
	if err != nil {
		return nil, err
	}
	return &reviewRoot{r, sameDocuments(r, known)}, nil
}

// rootOf is what a replay trusts: what a flag names, or else what the pack was
// judged under. That is the word of whoever made the pack, unless it is known
// here.
func (env *Env) rootOf(ctx context.Context, c *cli.Context, record *review.Record) (*reviewRoot, error) {
	if len(trustWords(c)) > 0 {
		trusted, err := env.trustedRoot(ctx, c)
		if err != nil {
			return nil, err
		}
		return env.rootOfReview(ctx, c, trusted)
	}
	var texts [][]byte
	for _, d := range record.Documents {
		if text, kept := record.Blobs[d.Asked.SHA256]; kept && d.Kind == review.RootDocument {
			texts = append(texts, text)
		}
	}
	brought, err := trust.Parse("the pack", bytes.Join(texts, []byte("\n")))
	if err != nil {
		return nil, &pack.Error{Item: "its trusted root", Why: err.Error()}
	}
	r, err := env.rootOfReview(ctx, c, brought)
	if err == nil && !r.public {
		env.warnf("the pack brings a trusted root of its own, sha256:%s, which is not the public good Sigstore's as it is known here: whoever made it may have signed anything. --trusted-root FILE names the one that you trust",
			r.sum())
	}
	return r, err
}

// sum is the SHA-256 of the root's documents, one a line.
func (r reviewRoot) sum() string {
	sum := sha256.Sum256(bytes.Join(r.Documents, []byte("\n")))
	return hex.EncodeToString(sum[:])
}

func sameDocuments(a, b *trust.Root) bool {
	return bytes.Equal(bytes.Join(a.Documents, []byte("\n")), bytes.Join(b.Documents, []byte("\n")))
}
