package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
)

// TestRegistryFindsReferrers attaches one manifest to another, as bundles are
// attached to images.
func TestRegistryFindsReferrers(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	repository := "http://" + sandbox.env["HALLMARK_SANDBOX_REGISTRY"] + "/v2/octo/widget/"
	const (
		mediaType = "application/vnd.oci.image.manifest.v1+json"
		config    = `"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}`
		image     = `{"schemaVersion":2,"mediaType":"` + mediaType + `",` + config + `,"layers":[]}`
	)
	imageDigest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(image)))
	attached := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"%s","artifactType":"application/vnd.example",%s,"layers":[],"annotations":{"a":"b"},`+
		`"subject":{"mediaType":"%s","digest":"%s","size":%d}}`, mediaType, config, mediaType, imageDigest, len(image))
	for _, manifest := range []string{image, attached} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut,
			fmt.Sprintf("%smanifests/sha256:%x", repository, sha256.Sum256([]byte(manifest))), strings.NewReader(manifest))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", mediaType)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusCreated {
			t.Fatalf("PUT: %s", response.Status)
		}
	}
	response, err := http.Get(repository + "referrers/" + imageDigest)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var index struct {
		Manifests []struct {
			Digest, ArtifactType string
			Annotations          map[string]string
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&index); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(index.Manifests), fmt.Sprintf("[{sha256:%x application/vnd.example map[a:b]}]", sha256.Sum256([]byte(attached))); got != want {
		t.Errorf("referrers %s, want %s", got, want)
	}
}

// TestLogCanBeRead reads the checkpoint of the log that an entry went to.
func TestLogCanBeRead(t *testing.T) {
	t.Parallel()
	sandbox := mustStart(t)
	if _, err := sandbox.sign(t, signingConfigFile, &sign.PlainData{Data: blob}); err != nil {
		t.Fatal(err)
	}
	config, err := root.NewSigningConfigFromPath(filepath.Join(sandbox.dir, signingConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/api/v2/checkpoint":           loopback + "\n1\n",
		"/api/v2/tile/entries/000.p/1": "hashedrekord",
	} {
		response, err := http.Get(config.RekorLogURLs()[0].URL + path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusOK || !strings.Contains(string(content), want) {
			t.Errorf("%s: %s %q, want %q in it", path, response.Status, content, want)
		}
	}
}

// TestDirRemains wants the files to outlive a command, and no environment of
// an earlier run to be taken for this one's.
func TestDirRemains(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, script := range []string{
		`test -f "$HALLMARK_SANDBOX_DIR/env" && test -f "$HALLMARK_SANDBOX_DIR/tuf/1.root.json"`,
		`! grep -q /token "$HALLMARK_SANDBOX_DIR/requests.log"`,
	} {
		cmd, tmp := sandboxCommand(t.Context(), t, "--dir", dir, "--", "sh", "-c", script)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", script, err, out)
		}
		wantEmpty(t, tmp)
	}
	for _, file := range []string{envFile, caFile, trustedRootFile, signingConfigFile, requestsFile} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
}

// TestTerminal runs a sandbox from a script on a terminal: the command must be
// able to read, and the script must get the terminal back.
func TestTerminal(t *testing.T) {
	t.Parallel()
	terminal, err := exec.LookPath("script")
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("needs script(1) for a terminal")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), terminal, "-qec",
		`sh -c '"$0" -- sh -c "read x; echo command \$x"; read y; echo script $y' `+self, "/dev/null")
	cmd.Env = append(os.Environ(), asSandbox+"=1", "TMPDIR="+t.TempDir())
	cmd.Stdin = strings.NewReader("one\ntwo\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"command one", "script two"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
}
