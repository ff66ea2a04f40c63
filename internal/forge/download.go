package forge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
)

// Download writes the file to w as it comes, and returns the SHA-256 digest, in
// hex, of the bytes that came. It goes on where the connection broke. The file
// must have the stated size; whether it has the stated digest is the caller's
// to say.
//
// A published file is asked for as a stranger would, a draft's with the token.
func (c *Client) Download(ctx context.Context, r Repository, a *Asset, w io.Writer) (sha256Hex string, err error) {
	if err := r.check(); err != nil {
		return "", err
	}
	d := &download{client: c, repository: r, asset: a, to: w, hash: sha256.New(), byNumber: a.draft || a.URL == ""}
	server := webOrigin
	if d.byNumber {
		server = apiOrigin
	}
	if err := c.repeat(ctx, server, d.try); err != nil {
		return "", failed(fmt.Sprintf("%s of %s", a.Name, r), err)
	}
	return hex.EncodeToString(d.hash.Sum(nil)), nil
}

// download is a file on its way, through as many tries as it takes.
type download struct {
	client     *Client
	repository Repository
	asset      *Asset
	to         io.Writer
	hash       hash.Hash
	have       int64
	byNumber   bool // from the API
}

func (d *download) try(ctx context.Context) error {
	ctx, watch, stop := watched(ctx)
	defer stop()
	resp, err := d.open(ctx)
	if err != nil {
		return because(ctx, err)
	}
	body := watch.over(resp.Body)
	defer body.Close()
	// A server that knows of no ranges begins anew.
	for skip := d.have - start(resp); skip != 0; {
		if skip < 0 {
			return fmt.Errorf("%w: bytes are left out", ErrAnswer)
		}
		n, err := io.CopyN(io.Discard, body, skip)
		if skip -= n; err != nil {
			return &interrupted{nil, because(ctx, whole(err))}
		}
	}
	left := d.asset.Size - d.have
	n, err := io.Copy(&sink{to: d.to, hash: d.hash}, io.LimitReader(body, left))
	d.have += n
	if broken := (*sinkError)(nil); errors.As(err, &broken) {
		return broken.err
	}
	if err != nil {
		return &interrupted{nil, because(ctx, err)}
	}
	if n < left {
		return &interrupted{nil, io.ErrUnexpectedEOF}
	}
	if extra, _ := body.Read(make([]byte, 1)); extra > 0 {
		return fmt.Errorf("%w: it has more than the %d bytes stated", ErrAnswer, d.asset.Size)
	}
	return nil
}

// open asks for the bytes that are missing.
func (d *download) open(ctx context.Context) (*http.Response, error) {
	c, header := d.client, http.Header{}
	if d.have > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.have))
	}
	at, err := url.Parse(d.asset.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: to be had at %.100q", ErrAnswer, d.asset.URL)
	}
	var resp *http.Response
	if d.byNumber {
		if resp, at, err = d.ask(ctx, header); err != nil {
			return nil, err
		}
	}
	if resp == nil {
		if resp, err = c.fetch(ctx, c.Transfer, at, header, holdsAssets); err != nil {
			return nil, err
		}
	}
	switch {
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusPartialContent && d.have > 0:
		return resp, nil
	case resp.StatusCode == http.StatusNotFound && c.Token != "" && !d.byNumber:
		// A private repository's is to be had through the API alone.
		resp.Body.Close()
		d.byNumber = true
		return d.open(ctx)
	case resp.StatusCode < 400:
		resp.Body.Close()
		return nil, fmt.Errorf("%w: %s", ErrAnswer, resp.Status)
	}
	return nil, refusal(resp)
}

// ask has the API say where the file is, if it does not give it itself.
func (d *download) ask(ctx context.Context, header http.Header) (*http.Response, *url.URL, error) {
	address := fmt.Sprintf("%s/repos/%s/%s/releases/assets/%d", apiOrigin, d.repository.Owner, d.repository.Name, d.asset.ID)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header = header.Clone()
	request.Header.Set("Accept", "application/octet-stream")
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", d.client.agent())
	resp, err := (&entrance{base: transportOr(d.client.Transfer), token: d.client.Token, unbounded: true}).RoundTrip(request)
	if err != nil {
		return nil, nil, &interrupted{nil, err}
	}
	if !isRedirect(resp) {
		return resp, nil, nil
	}
	resp.Body.Close()
	at, err := resp.Location()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: a redirect to nowhere", ErrAnswer)
	}
	return nil, at, nil
}

// start is where in the file an answer begins.
func start(resp *http.Response) int64 {
	if resp.StatusCode != http.StatusPartialContent {
		return 0
	}
	var from int64
	if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &from); err != nil || from < 0 {
		return -1
	}
	return from
}

// sink writes to both, and marks the errors of the caller's writer: no other
// try mends them.
type sink struct {
	to   io.Writer
	hash hash.Hash
}

type sinkError struct{ err error }

func (e *sinkError) Error() string { return e.err.Error() }

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	s.hash.Write(p[:max(0, n)])
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return n, &sinkError{err}
	}
	return n, nil
}

// because says why a watched transfer was cancelled.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return &interrupted{nil, cause}
	}
	return err
}

func whole(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
