package main

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/verify"
)

func TestRekorV1(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ rekor, config string }{
		{rekorV1, signingConfigFile},
		{rekorBoth, signingConfigV1File},
	} {
		t.Run(test.rekor, func(t *testing.T) {
			t.Parallel()
			sandbox := mustStart(t, "--rekor", test.rekor)
			trusted := sandbox.trustedRoot(t)
			for _, content := range []sign.Content{
				&sign.PlainData{Data: blob},
				&sign.DSSEData{Data: statement, PayloadType: "application/vnd.in-toto+json"},
			} {
				b, err := sandbox.sign(t, test.config, content)
				if err != nil {
					t.Fatal(err)
				}
				entry := b.GetVerificationMaterial().GetTlogEntries()[0]
				if entry.GetIntegratedTime() == 0 || len(entry.GetInclusionPromise().GetSignedEntryTimestamp()) == 0 {
					t.Errorf("%T: the entry lacks the time and promise of Rekor v1", content)
				}
				artifact := verify.WithoutArtifactUnsafe()
				if _, ok := content.(*sign.PlainData); ok {
					artifact = verify.WithArtifact(strings.NewReader(string(blob)))
				}
				if _, err := verifyBundle(trusted, b, artifact, defaultSAN, defaultIssuer); err != nil {
					t.Errorf("%T: %v", content, err)
				}
			}
		})
	}
}

// TestEntryTwice wants what the public log answers to an entry that it holds: where
// it stands. A client whose answer was lost asks so.
func TestEntryTwice(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--rekor", rekorV1)
	b, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: blob})
	if err != nil {
		t.Fatal(err)
	}
	config, err := root.NewSigningConfigFromPath(filepath.Join(sandbox.dir, signingConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	// What stands in the log is what was proposed.
	entry := b.GetVerificationMaterial().GetTlogEntries()[0].GetCanonicalizedBody()
	for range 3 {
		response, err := http.Post(config.RekorLogURLs()[0].URL+"/api/v1/log/entries", "application/json", bytes.NewReader(entry))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusConflict || response.Header.Get("Location") == "" {
			t.Errorf("%s at %q, want 409 and where the entry is", response.Status, response.Header.Get("Location"))
		}
	}
}

// TestBothLogs wants the common signing config to name both logs, since
// clients choose by what they know.
func TestBothLogs(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--rekor", rekorBoth)
	config, err := root.NewSigningConfigFromPath(filepath.Join(sandbox.dir, signingConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	var versions []uint32
	for _, s := range config.RekorLogURLs() {
		versions = append(versions, s.MajorAPIVersion)
	}
	if got := fmt.Sprint(versions); got != "[2 1]" {
		t.Errorf("API versions %s, want [2 1]", got)
	}
	if got := len(sandbox.trustedRoot(t).RekorLogs()); got != 2 {
		t.Errorf("%d logs are trusted, want 2", got)
	}
}

// TestConcurrentSigning loads Trillian's memory storage, which both logs over
// it read and write. Under the race detector the sandbox is watched too, being
// this same binary.
func TestConcurrentSigning(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t, "--rekor", rekorV1)
	trusted := sandbox.trustedRoot(t)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			data := fmt.Appendf(nil, "artifact %d\n", i)
			b, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: data})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := verifyBundle(trusted, b, verify.WithArtifact(strings.NewReader(string(data))), defaultSAN, defaultIssuer); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
