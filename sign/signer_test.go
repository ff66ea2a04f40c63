package sign

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	trustroot "github.com/sigstore/protobuf-specs/gen/pb-go/trustroot/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
)

var hexOf = hex.EncodeToString

const statement = `{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"https://example.com/p","subject":[{"digest":{"sha256":"00"},"name":"a"}]}`

// clock is set by hand. It begins now, because the library that plays the
// timestamp authority looks at the real one.
type clock struct {
	mu   sync.Mutex
	time time.Time
}

func newClock() *clock { return &clock{time: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = c.time.Add(d)
}

func artifact(name string) *intoto.ResourceDescriptor {
	return &intoto.ResourceDescriptor{Name: name, Digest: digest(name)}
}

// TestMessage checks what is signed: the digest itself, as any verifier with the
// artifact would.
func TestMessage(t *testing.T) {
	f := newFake(t, newClock().now)
	b, err := f.signer().Message(t.Context(), artifact("widget"))
	if err != nil {
		t.Fatal(err)
	}
	if b.MediaType != "application/vnd.dev.sigstore.bundle.v0.3+json" {
		t.Errorf("media type %s", b.MediaType)
	}
	sum := sha256.Sum256([]byte("widget"))
	message := b.GetMessageSignature()
	if got := message.GetMessageDigest(); hexOf(got.GetDigest()) != hexOf(sum[:]) || got.GetAlgorithm().String() != "SHA2_256" {
		t.Errorf("digest is %v", got)
	}
	leaf := wantCertificate(t, b.GetVerificationMaterial().GetCertificate().GetRawBytes())
	if !ecdsa.VerifyASN1(leaf.PublicKey.(*ecdsa.PublicKey), sum[:], message.GetSignature()) {
		t.Error("the signature is not over the artifact")
	}
	material := b.GetVerificationMaterial()
	if len(material.GetTlogEntries()) != 1 || len(material.GetTimestampVerificationData().GetRfc3161Timestamps()) != 1 {
		t.Errorf("%d log entries, %d timestamps, want one of each", len(material.GetTlogEntries()), len(material.GetTimestampVerificationData().GetRfc3161Timestamps()))
	}
}

func wantCertificate(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func TestStatement(t *testing.T) {
	f := newFake(t, newClock().now)
	b, err := f.signer().Statement(t.Context(), []byte(statement))
	if err != nil {
		t.Fatal(err)
	}
	envelope := b.GetDsseEnvelope()
	if string(envelope.GetPayload()) != statement || envelope.GetPayloadType() != "application/vnd.in-toto+json" || len(envelope.GetSignatures()) != 1 {
		t.Fatalf("envelope is %v", envelope)
	}
	pae := sha256.Sum256([]byte(fmt.Sprintf("DSSEv1 28 application/vnd.in-toto+json %d %s", len(statement), statement)))
	leaf := wantCertificate(t, b.GetVerificationMaterial().GetCertificate().GetRawBytes())
	if !ecdsa.VerifyASN1(leaf.PublicKey.(*ecdsa.PublicKey), pae[:], envelope.GetSignatures()[0].GetSig()) {
		t.Error("the signature is not over the envelope's encoding")
	}
}

// TestOneCertificate: one for all that are signed at once, a new one shortly
// before it ends.
func TestOneCertificate(t *testing.T) {
	c := newClock()
	f := newFake(t, c.now)
	s := f.signer()
	signMany(t, s, 50)
	if n := f.certificates.Load(); n != 1 {
		t.Errorf("50 signatures took %d certificates", n)
	}
	c.pass(8 * time.Minute)
	signMany(t, s, 2)
	if n := f.certificates.Load(); n != 1 {
		t.Errorf("with two minutes left there are %d certificates", n)
	}
	c.pass(61 * time.Second)
	signMany(t, s, 20)
	if n := f.certificates.Load(); n != 2 {
		t.Errorf("with less than a minute left there are %d certificates, want 2", n)
	}
}

func signMany(t *testing.T, s *Signer, n int) {
	t.Helper()
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			if _, err := s.Message(t.Context(), artifact(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestJobs(t *testing.T) {
	f := newFake(t, newClock().now)
	const jobs, signatures = 3, 9
	arrived, release := make(chan struct{}, signatures), make(chan struct{})
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/log/entries") {
			arrived <- struct{}{}
			<-release
		}
		return false
	}
	s := f.signer()
	s.Jobs = jobs
	done := make(chan struct{})
	go func() { defer close(done); signMany(t, s, signatures) }()
	for range signatures / jobs {
		for range jobs {
			<-arrived
		}
		if len(arrived) != 0 || len(s.slots) != jobs {
			t.Errorf("%d more entries came while %d were under way", len(arrived), jobs)
		}
		for range jobs {
			release <- struct{}{}
		}
	}
	<-done
	for version, want := range map[uint32]int{1: 64, 2: 256} {
		s := &Signer{services: services{logVersion: version}}
		if got := s.jobs(); got != want {
			t.Errorf("Rekor v%d: %d jobs, want %d", version, got, want)
		}
	}
}

// TestConflict: the log holds the first signature, so another is made.
func TestConflict(t *testing.T) {
	f := newFake(t, newClock().now)
	conflicts := 2
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if conflicts == 0 || !strings.HasSuffix(r.URL.Path, "/log/entries") {
			return false
		}
		conflicts--
		w.WriteHeader(http.StatusConflict)
		return true
	}
	if _, err := f.signer().Message(t.Context(), artifact("a")); err != nil {
		t.Error(err)
	}
	if n := f.timestamps.Load(); n != 3 {
		t.Errorf("%d timestamps, want one for each of three signatures", n)
	}
	conflicts = 100
	if _, err := f.signer().Message(t.Context(), artifact("a")); !errors.Is(err, errConflict) {
		t.Errorf("got %v, want the log's conflict in the end", err)
	}
}

func TestServiceErrors(t *testing.T) {
	refuse := func(path string, status int, body string) func(*fake) {
		return func(f *fake) {
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, path) {
					return false
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
				return true
			}
		}
	}
	tests := map[string]struct {
		spoil func(*fake)
		want  string
	}{
		"token refused":      {refuse("signingCert", 400, `{"code":3,"message":"the identity token\nis bad"}`), "certificate authority http://HOST: 400 Bad Request: the identity token is bad"},
		"timestamp refused":  {refuse("tsa", 403, "\x1b[31mno"), "timestamp authority http://HOST: 403 Forbidden: [31mno"},
		"entry refused":      {refuse("entries", 422, strings.Repeat("x", 1<<20)), "log http://HOST: 422 Unprocessable Entity: " + strings.Repeat("x", 512)},
		"log is down":        {refuse("entries", 503, ""), "log http://HOST: 503 Service Unavailable"},
		"entry is no JSON":   {refuse("entries", 201, "<html>"), "log http://HOST: answer is no JSON, or only a part of it"},
		"entry is no entry":  {refuse("entries", 201, "[]"), "log http://HOST: "},
		"entry, other code":  {refuse("entries", 200, "{}"), "log http://HOST: unexpected answer 200 OK"},
		"half a certificate": {refuse("signingCert", 201, `{"signedCertificateEmb`), "certificate authority http://HOST: answer is no JSON, or only a part of it"},
		"half a timestamp":   {refuse("tsa", 201, "\x30\x82\x04\x00\x02"), "timestamp authority http://HOST: answer is no timestamp, or only a part of it"},
		"timestamp and more": {refuse("tsa", 201, "\x30\x00\x00"), "timestamp authority http://HOST: answer is no timestamp, or only a part of it"},
		"certificate is not": {refuse("signingCert", 200, `{"signedCertificateEmbeddedSct":{"chain":{"certificates":["x"]}}}`), "certificate authority http://HOST: unable to parse"},
		"foreign key":        {func(f *fake) { f.subject = newKey(f.t, elliptic.P256()).Public() }, "the certificate is for another key"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, newClock().now)
			tc.spoil(f)
			_, err := f.signer().Message(t.Context(), artifact("a"))
			want := strings.ReplaceAll(tc.want, "http://HOST", f.url)
			if err == nil || !strings.HasPrefix(err.Error(), want) && !strings.Contains(err.Error(), want) || errors.Is(err, ErrSetup) {
				t.Errorf("got %.200v, want %.200q", err, want)
			}
			if err != nil && (strings.Contains(err.Error(), token) || len(err.Error()) > 700) {
				t.Errorf("the error is too talkative: %.1000v", err)
			}
		})
	}
}

// TestForeignAuthorityIsSeenBeforeTheLog: nothing is published with a
// certificate that the trusted root does not know.
func TestForeignAuthorityIsSeenBeforeTheLog(t *testing.T) {
	c := newClock()
	f := newFake(t, c.now)
	s := f.signer()
	s.Root = newFake(t, c.now).material()
	if _, err := s.Message(t.Context(), artifact("a")); err == nil || !strings.Contains(err.Error(), "trusted root") {
		t.Errorf("got %v", err)
	}
	if n := f.entries.Load() + f.timestamps.Load(); n != 0 {
		t.Errorf("%d requests came after the certificate", n)
	}
}

// TestFailedCertificateFailsAllAtOnce: those that wait for it do not each ask
// again.
func TestFailedCertificateFailsAllAtOnce(t *testing.T) {
	f := newFake(t, newClock().now)
	s := f.signer()
	broken := errors.New("no identity")
	waiting := make(chan struct{})
	asked := 0
	s.Token = func(context.Context) (string, error) {
		asked++
		<-waiting
		return "", broken
	}
	s.prepare.Do(s.setup)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := s.Message(t.Context(), artifact("a")); !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
		})
	}
	for len(s.slots) < 20 { // slots are taken before the certificate is asked for
		time.Sleep(time.Millisecond)
	}
	close(waiting)
	wait.Wait()
	if asked > 2 { // one more where a goroutine came late
		t.Errorf("the identity was asked for %d times", asked)
	}
}

func TestCancelled(t *testing.T) {
	f := newFake(t, newClock().now)
	for _, path := range []string{"signingCert", "tsa", "entries"} {
		t.Run(path, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			f.before = func(_ http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, path) {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the client go
				cancel()
				<-r.Context().Done()
				return true
			}
			if _, err := f.signer().Message(ctx, artifact("a")); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSetupErrors(t *testing.T) {
	f := newFake(t, newClock().now)
	config := func(change func(*root.SigningConfig)) *root.SigningConfig {
		c := f.config()
		change(c)
		return c
	}
	late := root.Service{URL: f.url, MajorAPIVersion: 2, ValidityPeriodStart: f.now().Add(time.Hour), Operator: "fake"}
	past := root.Service{URL: f.url, MajorAPIVersion: 1, ValidityPeriodStart: f.now().Add(-2 * time.Hour), ValidityPeriodEnd: f.now().Add(-time.Hour), Operator: "fake"}
	future := root.Service{URL: f.url, MajorAPIVersion: 1, ValidityPeriodStart: f.now().Add(time.Hour), Operator: "fake"}
	clock := ", and this machine's clock says " + f.now().UTC().Format(time.RFC3339)
	noSelector, err := root.NewSigningConfigFromProtobuf(&trustroot.SigningConfig{
		MediaType: root.SigningConfigMediaType02, CaUrls: []*trustroot.Service{{Url: f.url, MajorApiVersion: 1}},
		RekorTlogUrls: []*trustroot.Service{{Url: f.url, MajorApiVersion: 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		signer *Signer
		want   string
	}{
		"zero":              {&Signer{}, "needs a signing config"},
		"no key, no log":    {&Signer{Config: f.config(), NoLog: true}, "only what a key signs"},
		"no authority":      {&Signer{Config: config(func(c *root.SigningConfig) { c.WithFulcioCertificateAuthorityURLs() })}, "certificate authority"},
		"no log":            {&Signer{Config: config(func(c *root.SigningConfig) { c.WithRekorLogURLs() })}, "no transparency log"},
		"log not yet valid": {&Signer{Config: config(func(c *root.SigningConfig) { c.WithRekorLogURLs(late) })}, "transparency log: none is in use before " + late.ValidityPeriodStart.UTC().Format(time.RFC3339) + clock},
		"authority retired": {&Signer{Config: config(func(c *root.SigningConfig) { c.WithFulcioCertificateAuthorityURLs(past) })}, "certificate authority: none is in use after " + past.ValidityPeriodEnd.UTC().Format(time.RFC3339) + clock},
		"between two":       {&Signer{Config: config(func(c *root.SigningConfig) { c.WithTimestampAuthorityURLs(past, future) })}, "timestamp authority: none is in use now" + clock},
		"unknown version":   {&Signer{Config: config(func(c *root.SigningConfig) { c.WithRekorLogURLs(root.Service{URL: f.url, MajorAPIVersion: 9}) })}, "no matching services found for API versions"},
		"no timestamps":     {&Signer{Config: config(func(c *root.SigningConfig) { c.WithTimestampAuthorityURLs() })}, "gives no time"},
		"no selector":       {&Signer{Config: noSelector}, "rekorTlogConfig"},
		"three of one log":  {&Signer{Config: config(func(c *root.SigningConfig) { c.WithRekorTlogConfig(trustroot.ServiceSelector_EXACT, 3) })}, "count 3"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if name != "zero" {
				tc.signer.Now, tc.signer.Token = f.now, f.signer().Token
			}
			if _, err := tc.signer.Message(t.Context(), artifact("a")); !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestStatementsRefused(t *testing.T) {
	tests := map[string]struct{ payload, want string }{
		"empty":           {"", "EOF"},
		"a list":          {"[]", "array"},
		"other type":      {strings.Replace(statement, "Statement/v1", "Statement/v0.1", 1), "want"},
		"key twice":       {strings.Replace(statement, `"predicate":{}`, `"predicate":{"a":1,"a":2}`, 1), "duplicate"},
		"rest":            {statement + "{}", "after"},
		"invalid UTF-8":   {strings.Replace(statement, `"a"`, "\"\xff\"", 1), "UTF-8"},
		"no predicate":    {strings.Replace(statement, "https://example.com/p", "", 1), "predicate type"},
		"no subject":      {strings.Replace(statement, `[{"digest":{"sha256":"00"},"name":"a"}]`, "[]", 1), "no subject"},
		"subject unnamed": {strings.Replace(statement, `{"sha256":"00"}`, "{}", 1), "no digest"},
		"too large":       {`"` + strings.Repeat("x", maxPayload) + `"`, "at most"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, newClock().now)
			_, err := f.signer().Statement(t.Context(), []byte(tc.payload))
			if !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if f.certificates.Load() != 0 {
				t.Error("an identity was used for it")
			}
		})
	}
}

func TestRenewal(t *testing.T) {
	noon := newClock().now()
	leaf := &x509.Certificate{NotBefore: noon, NotAfter: noon.Add(10 * time.Minute)}
	tests := map[string]struct {
		leaf        *x509.Certificate
		asked, want time.Time
	}{
		"clocks agree":         {leaf, noon, noon.Add(9 * time.Minute)},
		"our clock is ahead":   {leaf, noon.Add(time.Hour), noon.Add(time.Hour + 9*time.Minute)},
		"our clock is behind":  {leaf, noon.Add(-time.Hour), noon.Add(-time.Hour + 9*time.Minute)},
		"the answer took long": {leaf, noon.Add(-30 * time.Second), noon.Add(8*time.Minute + 30*time.Second)},
		"backdated":            {&x509.Certificate{NotBefore: noon.Add(-5 * time.Minute), NotAfter: noon.Add(5 * time.Minute)}, noon, noon.Add(4 * time.Minute)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := renewal(tc.leaf, tc.asked); !got.Equal(tc.want) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func FuzzCheckStatement(f *testing.F) {
	f.Add([]byte(statement))
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","_type":"x"}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if checkStatement(payload) == nil && !strings.Contains(string(payload), "subject") && !strings.Contains(string(payload), `\u`) {
			t.Errorf("%q was accepted", payload)
		}
	})
}

func BenchmarkMessage(b *testing.B) {
	f := newFake(b, newClock().now)
	s := f.signer()
	for b.Loop() {
		if _, err := s.Message(b.Context(), artifact("a")); err != nil {
			b.Fatal(err)
		}
	}
}
