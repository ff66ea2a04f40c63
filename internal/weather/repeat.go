package weather

import (
	"context"
	"errors"
	"net/http"
)

// Repeat makes a transfer: it calls try, and again for as long as a try ends in
// weather and the budget lasts. A try says so by an error with a method
//
//	Interrupted() *http.Response
//
// which gives the answer that broke the transfer off, its body to be read, or
// nil where the connection did. Whether that passes is judged as for a call; all
// other errors are final. The server is an origin, as https://uploads.github.com.
func (t *Transport) Repeat(ctx context.Context, server string, try func(context.Context) error) error {
	waits := newBackoff()
	start := t.now()
	for tries := 1; ; tries++ {
		err := try(ctx)
		var broke interface{ Interrupted() *http.Response }
		switch {
		case err == nil:
			t.recovered(server)
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !errors.As(err, &broke):
			return err
		}
		f := broken(ctx, err)
		if resp := broke.Interrupted(); resp != nil {
			words, err := t.words(resp)
			if err != nil {
				return err
			}
			f = t.refusal(resp, words)
		}
		if f == nil || f.permanent {
			return err
		}
		if err := t.pause(ctx, server, server, waits, start, tries, f); err != nil {
			return err
		}
	}
}
