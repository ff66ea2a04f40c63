package verify_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	sgverify "github.com/sigstore/sigstore-go/pkg/verify"
	"golang.org/x/sync/errgroup"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
	"github.com/hallmark-project/hallmark/sign"
	"github.com/hallmark-project/hallmark/verify"
)

// signedArtifact is an artifact and the bundle that it was given, as bytes.
type signedArtifact struct {
	artifact *intoto.ResourceDescriptor
	bundle   []byte
}

// signMany signs n artifacts in a sandbox, each with a certificate of its own
// or all with one.
func signMany(b *testing.B, n int, ownCertificates bool) (root.TrustedMaterial, []signedArtifact) {
	b.Helper()
	sandbox := sandboxtest.Start(b)
	tr, err := root.NewTrustedRootFromPath(sandbox.TrustedRoot())
	if err != nil {
		b.Fatal(err)
	}
	config, err := root.NewSigningConfigFromPath(sandbox.SigningConfig())
	if err != nil {
		b.Fatal(err)
	}
	newSigner := func() *sign.Signer {
		return &sign.Signer{Config: config, Root: tr, Now: time.Now, Token: func(ctx context.Context) (string, error) { return sandboxToken(ctx, sandbox.Env) }}
	}
	shared := newSigner()
	signed := make([]signedArtifact, n)
	g, ctx := errgroup.WithContext(b.Context())
	g.SetLimit(200)
	for i := range signed {
		g.Go(func() error {
			sum := sha256.Sum256(fmt.Append(nil, "artifact ", i))
			a := &intoto.ResourceDescriptor{Name: fmt.Sprint("artifact-", i), Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])}}
			signer := shared
			if ownCertificates {
				signer = newSigner()
			}
			made, err := signer.Message(ctx, a)
			if err != nil {
				return err
			}
			signed[i].artifact = a
			signed[i].bundle, err = made.MarshalJSON()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
	return tr, signed
}

// sandboxToken asks the sandbox's runner endpoint, as a job would.
func sandboxToken(ctx context.Context, env []string) (string, error) {
	vars := make(map[string]string)
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		vars[name] = value
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, vars["ACTIONS_ID_TOKEN_REQUEST_URL"]+"&audience=sigstore", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+vars["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var answer struct{ Value string }
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Value, err
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBulk verifies a thousand bundles on all cores, parsing included, and
// reports the CPU time of one beside sigstore-go's own verifier over the same.
func BenchmarkBulk(b *testing.B) {
	for _, tt := range []struct {
		name string
		own  bool
	}{{"certificate for each", true}, {"one certificate", false}} {
		b.Run(tt.name, func(b *testing.B) {
			const n = 1000
			tr, signed := signMany(b, n, tt.own)
			p := &verify.Policy{Repository: "hallmark-project/hallmark"}
			var ours, theirs, wall time.Duration
			for b.Loop() {
				v := &verify.Verifier{Root: tr}
				cpu, began := cpuTime(), time.Now()
				parallel(b, signed, func(s signedArtifact) error {
					parsed, err := verify.ParseBundle(s.bundle)
					if err != nil {
						return err
					}
					_, err = v.Verify(parsed, s.artifact, p)
					return err
				})
				ours += cpuTime() - cpu
				wall += time.Since(began)
				cpu = cpuTime()
				parallel(b, signed, func(s signedArtifact) error { return naively(tr, s) })
				theirs += cpuTime() - cpu
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N*n)/1000, "cpu-ms/bundle")
			b.ReportMetric(float64(theirs.Microseconds())/float64(b.N*n)/1000, "sigstore-go-cpu-ms/bundle")
			b.ReportMetric(float64(ours)/float64(wall)/float64(runtime.GOMAXPROCS(0)), "cores-used")
		})
	}
}

func parallel(b *testing.B, signed []signedArtifact, f func(signedArtifact) error) {
	var wg sync.WaitGroup
	work := make(chan signedArtifact)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range work {
				if err := f(s); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for _, s := range signed {
		work <- s
	}
	close(work)
	wg.Wait()
}

// naively verifies as sigstore-go's documentation shows.
func naively(tr root.TrustedMaterial, s signedArtifact) error {
	v, err := sgverify.NewVerifier(tr, sgverify.WithSignedCertificateTimestamps(1), sgverify.WithTransparencyLog(1), sgverify.WithObserverTimestamps(1))
	if err != nil {
		return err
	}
	parsed := new(bundle.Bundle)
	if err := parsed.UnmarshalJSON(s.bundle); err != nil {
		return err
	}
	digest, err := hex.DecodeString(s.artifact.Digest["sha256"])
	if err != nil {
		return err
	}
	id, err := sgverify.NewShortCertificateIdentity(verify.GitHubIssuer, "", "", "^https://github.com/hallmark-project/hallmark/")
	if err != nil {
		return err
	}
	_, err = v.Verify(parsed, sgverify.NewPolicy(sgverify.WithArtifactDigest("sha256", digest), sgverify.WithCertificateIdentity(id)))
	return err
}
