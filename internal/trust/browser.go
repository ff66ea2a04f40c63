package trust

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// callbackPath is where the public instance's issuer sends browsers back to.
const callbackPath = "/auth/callback"

// byBrowser opens a browser and waits for it to come back to this machine with a
// code. RFC 8252, section 7.3.
func (i *Interactive) byBrowser(ctx context.Context, config *oauth2.Config, nonce string) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, signInWithin, fmt.Errorf("nobody signed in within %s", signInWithin))
	defer cancel()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, err
	}
	back := &callback{state: rand.Text(), codes: make(chan string, 1), refusals: make(chan error, 1)}
	server := &http.Server{Handler: back, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() {
		// The page is on its way to the browser; nobody waits for it long.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(last)
		_ = server.Close()
	}()

	config.RedirectURL = fmt.Sprintf("http://localhost:%d%s", listener.Addr().(*net.TCPAddr).Port, callbackPath)
	verifier := oauth2.GenerateVerifier()
	page := config.AuthCodeURL(back.state, oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce))
	i.Tell("sign in with your browser; if none opens, go to %s", page)
	if err := i.Open(ctx, page); err != nil {
		i.Tell("no browser opened: %v", err)
	}
	select {
	case code := <-back.codes:
		return config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	case err := <-back.refusals:
		return nil, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// callback is the page that the browser comes back to. Any other program, and any
// other page in the browser, can come as well: what does not know the state is
// turned away and changes nothing.
type callback struct {
	state    string
	codes    chan string
	refusals chan error
}

// ServeHTTP takes the first answer and no other.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'", "Content-Type": "text/plain; charset=utf-8",
		"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		w.Header().Set(name, value)
	}
	q := r.URL.Query()
	switch {
	case r.Method != http.MethodGet || r.URL.Path != callbackPath:
		http.NotFound(w, r)
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(c.state)) != 1:
		http.Error(w, "this is not the answer that is waited for", http.StatusBadRequest)
	case q.Get("code") == "":
		reason := strings.TrimSpace(q.Get("error") + " " + q.Get("error_description"))
		if len(reason) > 512 {
			reason = strings.ToValidUTF8(reason[:512], "")
		}
		offer(c.refusals, errors.New("it refuses: "+reason))
		fmt.Fprintln(w, "Not signed in. You can close this page.")
	default:
		offer(c.codes, q.Get("code"))
		fmt.Fprintln(w, "Signed in. You can close this page.")
	}
}

// offer gives a value to whoever waits for the first.
func offer[T any](to chan T, value T) {
	select {
	case to <- value:
	default:
	}
}
