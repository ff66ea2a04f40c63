package sign_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
	"github.com/hallmark-project/hallmark/internal/weather"
	"github.com/hallmark-project/hallmark/sign"
)

const payload = `{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"https://example.com/p","subject":[{"digest":{"sha256":"` +
	`0000000000000000000000000000000000000000000000000000000000000000"},"name":"a"}]}`

// rig is a signer in a running sandbox, and what is needed to judge its work.
type rig struct {
	*sign.Signer
	sandbox  *sandboxtest.Sandbox
	verifier *verify.Verifier
	keys     root.TrustedMaterial
}

func newRig(t *testing.T, transport http.RoundTripper, flags ...string) *rig {
	t.Helper()
	s := sandboxtest.Start(t, flags...)
	config, err := root.NewSigningConfigFromPath(s.SigningConfig())
	if err != nil {
		t.Fatal(err)
	}
	material, err := root.NewTrustedRootFromPath(s.TrustedRoot())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := verify.NewVerifier(material, verify.WithSignedCertificateTimestamps(1), verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	if err != nil {
		t.Fatal(err)
	}
	return &rig{sandbox: s, verifier: verifier, keys: material, Signer: &sign.Signer{
		Config: config, Root: material, Transport: transport, Now: time.Now,
		Token: func(ctx context.Context) (string, error) { return runnerToken(ctx, s) },
	}}
}

// runnerToken asks for an identity as a job does.
func runnerToken(ctx context.Context, s *sandboxtest.Sandbox) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL")+"&audience=sigstore", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "bearer "+s.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ Value string }
	return answer.Value, errors.Join(json.NewDecoder(resp.Body).Decode(&answer), func() error {
		if answer.Value == "" {
			return errors.New("no token")
		}
		return nil
	}())
}

func digestOf(content string) (*intoto.ResourceDescriptor, []byte) {
	sum := sha256.Sum256([]byte(content))
	return &intoto.ResourceDescriptor{Name: content, Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])}}, sum[:]
}

// wantMessage signs and has sigstore-go judge it, the signer's identity too.
func (r *rig) wantMessage(t *testing.T, content string) *bundle.Bundle {
	t.Helper()
	artifact, sum := digestOf(content)
	b, err := r.Message(t.Context(), artifact)
	if err != nil {
		t.Error(err)
		return nil
	}
	r.wantVerified(t, b, verify.WithArtifactDigest("sha256", sum))
	return b
}

func (r *rig) wantVerified(t *testing.T, b *bundle.Bundle, what verify.ArtifactPolicyOption) {
	t.Helper()
	// What is written and read again must be what verifies.
	data, err := b.MarshalJSON()
	if err != nil {
		t.Error(err)
		return
	}
	read := new(bundle.Bundle)
	if err := read.UnmarshalJSON(data); err != nil {
		t.Error(err)
		return
	}
	identity, err := verify.NewShortCertificateIdentity("https://token.actions.githubusercontent.com", "", "", "^https://github\\.com/"+r.sandbox.Getenv("GITHUB_REPOSITORY")+"/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.verifier.Verify(read, verify.NewPolicy(what, verify.WithCertificateIdentity(identity))); err != nil {
		t.Error(err)
	}
}

// requests counts the requests to a path in the sandbox's log.
func (r *rig) requests(t *testing.T, path string) int {
	t.Helper()
	data, err := os.ReadFile(r.sandbox.RequestLog())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasSuffix(strings.TrimSpace(line), " "+path) {
			n++
		}
	}
	return n
}

func TestSandboxBothContents(t *testing.T) {
	for name, flags := range map[string][]string{"Rekor v2": nil, "Rekor v1": {"--rekor", "v1"}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, &weather.Transport{Now: time.Now, RetryFor: time.Minute}, flags...)
			b := r.wantMessage(t, "widget")
			if b != nil && b.MediaType != "application/vnd.dev.sigstore.bundle.v0.3+json" {
				t.Errorf("media type %s", b.MediaType)
			}
			b, err := r.Statement(t.Context(), []byte(payload))
			if err != nil {
				t.Fatal(err)
			}
			r.wantVerified(t, b, verify.WithArtifactDigest("sha256", make([]byte, 32)))
			if n := r.requests(t, "/api/v2/signingCert"); n != 1 {
				t.Errorf("%d certificates were asked for, want 1", n)
			}
		})
	}
}

// TestSandboxConcurrent signs as a release does: many artifacts, one certificate,
// and the log's waiting time once and not fifty times.
func TestSandboxConcurrent(t *testing.T) {
	r := newRig(t, &weather.Transport{Now: time.Now, RetryFor: time.Minute})
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() { r.wantMessage(t, fmt.Sprint("artifact ", i)) })
	}
	wait.Wait()
	if n := r.requests(t, "/api/v2/signingCert"); n != 1 {
		t.Errorf("%d certificates were asked for, want 1", n)
	}
	if n := r.requests(t, "/api/v2/log/entries"); n != 50 {
		t.Errorf("%d entries were posted, want 50", n)
	}
}

// losing answers the first request to a path with the server's own answer only
// after it has thrown one away: the service did its work, nobody heard of it.
type losing struct {
	path string
	lost atomic.Int32
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, l.path) && l.lost.Add(1) == 1 {
		resp.Body.Close()
		return nil, errors.New("connection reset by peer")
	}
	return resp, err
}

// TestSandboxLostAnswer: the log holds the entry and says so to the second try;
// a new signature is made, and it verifies.
func TestSandboxLostAnswer(t *testing.T) {
	for _, path := range []string{"/api/v2/signingCert", "/timestamp", "/log/entries"} {
		for name, flags := range map[string][]string{"Rekor v2": nil, "Rekor v1": {"--rekor", "v1"}} {
			t.Run(name+path, func(t *testing.T) {
				lossy := &losing{path: path}
				noWait := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
				r := newRig(t, &weather.Transport{Base: lossy, Now: time.Now, RetryFor: time.Minute, Sleep: noWait}, flags...)
				r.wantMessage(t, "widget")
				if lossy.lost.Load() < 2 {
					t.Errorf("%s was asked %d times, want another try", path, lossy.lost.Load())
				}
			})
		}
	}
}

// TestSandboxRenewal: with less than a minute left a new certificate is asked
// for, with a new token.
func TestSandboxRenewal(t *testing.T) {
	r := newRig(t, nil)
	var ahead atomic.Int64
	r.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	r.wantMessage(t, "before")
	ahead.Store(int64(10 * time.Minute))
	r.wantMessage(t, "after")
	if n := r.requests(t, "/api/v2/signingCert"); n != 2 {
		t.Errorf("%d certificates were asked for, want 2", n)
	}
}

func TestSandboxForeignRoot(t *testing.T) {
	r, other := newRig(t, nil), newRig(t, nil)
	r.Root = other.keys
	artifact, _ := digestOf("widget")
	if _, err := r.Message(t.Context(), artifact); err == nil || !strings.Contains(err.Error(), "trusted root") {
		t.Errorf("got %v", err)
	}
	if n := r.requests(t, "/api/v2/log/entries"); n != 0 {
		t.Errorf("%d entries were published", n)
	}
}

func TestSandboxBadToken(t *testing.T) {
	r := newRig(t, nil)
	good := r.Token
	r.Token = func(ctx context.Context) (string, error) {
		token, err := good(ctx)
		return token[:len(token)-8] + "AAAAAAAA", err
	}
	artifact, _ := digestOf("widget")
	_, err := r.Message(t.Context(), artifact)
	if err == nil || !strings.HasPrefix(err.Error(), "certificate authority http://") || errors.Is(err, sign.ErrSetup) {
		t.Errorf("got %v", err)
	}
}
