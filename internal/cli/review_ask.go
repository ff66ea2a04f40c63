package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/hallmark-project/hallmark/review"
)

// maxAnswerKept is how much of the answers to one question a record keeps, in
// bytes; of more it has the digest alone.
const maxAnswerKept = 4 << 20

// A question is what is asked in one or several calls, and hears their answers.
type question struct {
	mu     sync.Mutex
	source string
	bodies bytes.Buffer
	sum    hash.Hash
	large  bool
}

type questionKey struct{}

// hearing hands answers on, and to the question that they are for.
type hearing struct{ base http.RoundTripper }

func (h *hearing) RoundTrip(r *http.Request) (*http.Response, error) {
	q, _ := r.Context().Value(questionKey{}).(*question)
	resp, err := h.base.RoundTrip(r)
	if q == nil {
		return resp, err
	}
	q.mu.Lock()
	q.source = cmp.Or(q.source, r.URL.String())
	q.mu.Unlock()
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	q.hear(body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (q *question) hear(body []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sum == nil {
		q.sum = sha256.New()
	}
	q.sum.Write(body)
	if q.large = q.large || q.bodies.Len()+len(body) > maxAnswerKept; !q.large {
		q.bodies.Write(body)
	}
}

// ask puts a question by the calls that put makes, and says how it was answered.
// Only that the run is to end is an error: what else goes wrong is unknown.
func (c *collector) ask(ctx context.Context, put func(context.Context) error) (review.Answer, error) {
	q := new(question)
	err := put(context.WithValue(ctx, questionKey{}, q))
	if ctx.Err() != nil {
		return review.Answer{}, context.Cause(ctx)
	}
	a := review.Answer{Source: q.source, Time: c.now()}
	switch {
	case err != nil:
		a.Unknown = err.Error()
	case q.sum == nil:
		a.Unknown = "it was not answered"
	case q.large:
		a.SHA256 = hex.EncodeToString(q.sum.Sum(nil))
	default:
		a.SHA256 = c.keep(q.bodies.Bytes())
	}
	return a, nil
}

// now is when something was asked, as exactly as a record says it.
func (c *collector) now() time.Time { return c.env.Now().UTC().Truncate(time.Second) }

// keep adds bytes to the record's blobs.
func (c *collector) keep(data []byte) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record.Blobs.Add(data)
}
