package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/golang/snappy"
)

// bundleAt fetches a bundle from where GitHub has put it. The address opens the
// blob by itself, for a while: no token goes there, and it is shown to nobody.
func (c *Client) bundleAt(ctx context.Context, address string) ([]byte, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: a bundle at no address", ErrAnswer)
	}
	resp, err := c.fetch(ctx, c.API, at, http.Header{}, holdsBundles)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", plain(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("bundle at %s: %w", at.Host, refusal(resp))
	}
	packed, err := io.ReadAll(io.LimitReader(resp.Body, int64(maxPacked)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("bundle at %s: %w", at.Host, err)
	case len(packed) > maxPacked:
		return nil, overLimit("bytes in a packed bundle", int64(len(packed)), maxPacked)
	}
	bundle, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("bundle at %s: %w", at.Host, err)
	}
	return bundle, nil
}

var errPacked = errors.New("it is not packed as bundles are")

// framed begins snappy's framing format.
// https://github.com/google/snappy/blob/main/framing_format.txt
var framed = []byte("\xff\x06\x00\x00sNaPpY")

// unpack reads a bundle in any of the forms that may be met: a block of snappy,
// which GitHub writes; its framing format; plain JSON, whose first character
// would be a block of 123 bytes. No more is unpacked than a bundle may have.
func unpack(packed []byte) ([]byte, error) {
	switch plain := bytes.TrimSpace(packed); {
	case bytes.HasPrefix(packed, framed):
		bundle, err := io.ReadAll(io.LimitReader(snappy.NewReader(bytes.NewReader(packed)), maxBundle+1))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errPacked, err)
		}
		if len(bundle) > maxBundle {
			return nil, overLimit("bytes in a bundle", int64(len(bundle)), maxBundle)
		}
		return bundle, nil
	case bytes.HasPrefix(plain, []byte("{")):
		if len(plain) > maxBundle {
			return nil, overLimit("bytes in a bundle", int64(len(plain)), maxBundle)
		}
		return plain, nil
	}
	size, err := snappy.DecodedLen(packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	if size > maxBundle {
		return nil, overLimit("bytes in a bundle", int64(size), maxBundle)
	}
	bundle, err := snappy.Decode(nil, packed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPacked, err)
	}
	return bundle, nil
}
