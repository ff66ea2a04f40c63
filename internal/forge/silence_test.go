package forge_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge"
)

// silent gives some bytes, and then none until it is told to stop.
type silent struct {
	io.Reader
	ctx context.Context
}

func (s *silent) Read(p []byte) (int, error) {
	if n, err := s.Reader.Read(p); err == nil {
		return n, nil
	}
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (s *silent) Close() error { return nil }

// TestSilentTransfer: a server that says nothing for half a minute has hung up,
// and the next try goes on where it stopped.
func TestSilentTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := &forge.Client{Transfer: answers(func(r *http.Request) *http.Response {
			if tries == 1 {
				resp := says(200, "")
				resp.Body = &silent{strings.NewReader("the "), r.Context()}
				return resp
			}
			if got := r.Header.Get("Range"); got != "bytes=4-" {
				t.Errorf("it asks for %q, want what is missing", got)
			}
			return says(206, "widget", "Content-Range", "bytes 4-9/10")
		})}
		c.Repeat = func(ctx context.Context, server string, try func(context.Context) error) error {
			for tries++; ; tries++ {
				err := try(ctx)
				if tries > 1 || err == nil {
					return err
				}
				if err.Error() != "no byte in 30s" {
					t.Errorf("got %v", err)
				}
			}
		}
		start := time.Now()
		a := &forge.Asset{ID: 1, Name: "widget", Size: 10, URL: "https://github.com/octo/widget/releases/download/v1/widget"}
		content, digest, err := download(t, c, a)
		if err != nil || content != "the widget" || digest != digestOf("the widget") {
			t.Errorf("got %q, %s, %v", content, digest, err)
		}
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("it took %s, want 30s", waited)
		}
	})
}
