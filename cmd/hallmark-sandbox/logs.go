package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

// The transparency logs that may be asked for.
const (
	rekorV2   = "v2"
	rekorV1   = "v1"
	rekorBoth = "both"
)

// launchRekor launches the Rekor v2 server unless only v1 is wanted; then it
// returns nil.
func (s *Sandbox) launchRekor(private string) (*rekorServer, error) {
	if s.options.Rekor == rekorV1 {
		return nil, nil
	}
	output := io.Discard
	if s.options.Verbose {
		output = heedless{os.Stderr}
	}
	r, err := launchRekor(private, loopback, output)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, r.stop)
	return r, nil
}

// heedless writes what it can. A server must not end because nobody reads its
// log any more.
type heedless struct{ io.Writer }

func (w heedless) Write(b []byte) (int, error) {
	_, _ = w.Writer.Write(b)
	return len(b), nil
}

// meetRekor waits for the launched server, starts Rekor v1 if it is wanted, and
// enters what there is into the trust material.
func (s *Sandbox) meetRekor(ctx context.Context, private string, v2 *rekorServer, trillian *trillianServer, t *trust) error {
	if v2 != nil {
		if err := v2.ready(ctx, loopback); err != nil {
			return err
		}
		s.Failed = v2.exited
		url, err := s.serve("rekor", v2.front())
		if err != nil {
			return err
		}
		id, err := checkpointKeyID(loopback, v2.public)
		if err != nil {
			return fmt.Errorf("rekor: %w", err)
		}
		t.rekor = append(t.rekor, rekorLog{newLog(url, v2.public, t.start, id), 2})
	}
	if s.options.Rekor == rekorV2 {
		return nil
	}
	v1, key, err := newRekorV1(ctx, private, trillian)
	if err != nil {
		return err
	}
	url, err := s.serve("rekor-v1", v1)
	if err != nil {
		return err
	}
	id, err := keyID(key)
	if err != nil {
		return fmt.Errorf("rekor v1: %w", err)
	}
	t.rekor = append(t.rekor, rekorLog{newLog(url, key, t.start, id), 1})
	return nil
}
