package forge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// Cache is a round tripper for Client.API that asks anew only for what has
// changed. Nothing is taken from it without GitHub's word that it is still so;
// but that word does not count against the limit of a token, so that a second
// run costs next to nothing. What it cannot keep, it does without.
type Cache struct {
	// Base makes the requests, and bounds what they bring.
	Base http.RoundTripper
	// Dir is the folder of what was answered. It holds what the token could see,
	// and is made for its owner alone.
	Dir string
}

// kept is an answer as it lies in the folder.
type kept struct {
	ETag   string `json:"etag"`
	Link   string `json:"link,omitempty"`
	Type   string `json:"content_type"`
	SHA256 string `json:"sha256"` // of the body
	Body   []byte `json:"body"`
}

// RoundTrip answers what can be asked conditionally, and hands on the rest.
func (c *Cache) RoundTrip(r *http.Request) (*http.Response, error) {
	base := transportOr(c.Base)
	if r.Method != http.MethodGet || r.URL.Host != apiHost || r.Header.Get("If-None-Match") != "" {
		return base.RoundTrip(r)
	}
	name := filepath.Join(c.Dir, keyOf(r))
	known := read(name)
	if known != nil {
		r = r.Clone(r.Context())
		r.Header.Set("If-None-Match", known.ETag)
	}
	resp, err := base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	switch etag := resp.Header.Get("ETag"); {
	case resp.StatusCode == http.StatusNotModified && known != nil:
		resp.Body.Close()
		return known.answer(resp), nil
	case resp.StatusCode != http.StatusOK || etag == "":
		return resp, nil
	default:
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		c.keep(name, kept{etag, resp.Header.Get("Link"), resp.Header.Get("Content-Type"), sumOf(body), body})
		return resp, nil
	}
}

// keyOf keeps apart what may have different answers: to strangers and to those
// who hold a token, which does not stand in any name.
func keyOf(r *http.Request) string {
	return sumOf([]byte(r.URL.String() + "\n" + r.Header.Get("Accept") + "\n" + r.Header.Get("Authorization")))
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// read gives what was kept whole, else nothing.
func read(name string) *kept {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	k := new(kept)
	if json.Unmarshal(content, k) != nil || k.ETag == "" || k.SHA256 != sumOf(k.Body) {
		return nil
	}
	return k
}

// keep writes an answer, or leaves it: the next run asks again.
func (c *Cache) keep(name string, k kept) {
	content, err := json.Marshal(k)
	if err != nil || os.MkdirAll(c.Dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(c.Dir, ".hallmark-")
	if err != nil {
		return
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err != nil || closeErr != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}

// answer is what was kept, in place of the answer that it is still so.
func (k *kept) answer(unchanged *http.Response) *http.Response {
	header := unchanged.Header.Clone()
	header.Set("Content-Type", k.Type)
	header.Del("Link")
	if k.Link != "" {
		header.Set("Link", k.Link)
	}
	answer := *unchanged
	answer.Status, answer.StatusCode, answer.Header = "200 OK", http.StatusOK, header
	answer.ContentLength, answer.Body = int64(len(k.Body)), io.NopCloser(bytes.NewReader(k.Body))
	return &answer
}
