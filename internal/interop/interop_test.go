// Package interop has others judge what hallmark makes, and hallmark what they
// make, inside the sandbox: sigstore-js, whose verifier shares no code with
// ours, and cosign's library, for what stands in registries. It is tests alone,
// so that nothing of a peer is linked into the program.
//
// For every yes there are twins that must be a no, each for its own reason. A
// line counts the checks of a peer:
//
//	interop sigstore-js: 12 passed, 0 failed
package interop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hallmark-project/hallmark/internal/cli"
	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// Who signs in the sandbox.
const (
	identity   = "https://github.com/hallmark-project/hallmark/.github/workflows/release.yml@refs/tags/v0.0.0-demo"
	issuer     = "https://token.actions.githubusercontent.com"
	repository = "hallmark-project/hallmark"
)

const password = "correct horse" // of every key

// TestMain lets tests run this binary as hallmark: a job is its environment.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hallmark": func() {
		os.Exit(cli.Main(context.Background(), cli.Process("v0.0.0-test", "")))
	}})
}

// site is a sandbox with both kinds of log, where hallmark and a peer are the
// same job, and the trusted root of an instance that has nothing to do with it.
type site struct {
	*sandboxtest.Sandbox
	dir         string
	foreignRoot string
	configs     map[string]string // by what they ask for
}

// What a site can be asked to sign with: a log of either version, or two of the
// newer and two timestamp authorities.
const (
	rekorV1  = "Rekor v1"
	rekorV2  = "Rekor v2"
	twoOfAll = "two logs and authorities"
)

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Sandbox: sandboxtest.Start(t, "--rekor", "both"), dir: t.TempDir()}
	s.foreignRoot = sandboxtest.Start(t).TrustedRoot()
	s.configs = map[string]string{
		rekorV1:  filepath.Join(s.Dir, "signing_config_v1.json"),
		rekorV2:  s.SigningConfig(),
		twoOfAll: filepath.Join(s.dir, "two.json"),
	}
	s.adopt(t, sandboxtest.Start(t))
	return s
}

// adopt makes a second instance's log and timestamp authority part of this one.
func (s *site) adopt(t *testing.T, second *sandboxtest.Sandbox) {
	t.Helper()
	config, more := readObject(t, s.SigningConfig()), readObject(t, second.SigningConfig())
	for _, list := range []string{"rekorTlogUrls", "tsaUrls"} {
		more[list].([]any)[0].(map[string]any)["operator"] = "the second"
		config[list] = append(config[list].([]any), more[list].([]any)...)
	}
	for _, selector := range []string{"rekorTlogConfig", "tsaConfig"} {
		config[selector] = map[string]any{"selector": "EXACT", "count": 2}
	}
	writeObject(t, s.configs[twoOfAll], config)

	root, more := readObject(t, s.TrustedRoot()), readObject(t, second.TrustedRoot())
	for _, list := range []string{"tlogs", "timestampAuthorities"} {
		root[list] = append(root[list].([]any), more[list].([]any)...)
	}
	writeObject(t, s.TrustedRoot(), root)
}

// widget is a file to sign, in a folder of its own.
func widget(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "widget")
	mustWrite(t, file, []byte("widget"))
	return file
}

// hallmark runs the program to its end.
func (s *site) hallmark(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "hallmark", args...)
	cmd.Env = append(s.Env, "CI=", "COSIGN_PASSWORD="+password, "HOME="+s.dir, "XDG_CACHE_HOME="+s.dir, "DOCKER_CONFIG="+s.dir)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func (s *site) mustHallmark(t *testing.T, args ...string) {
	t.Helper()
	if code, said := s.hallmark(t, args...); code != 0 {
		t.Fatalf("hallmark %s: exit %d\n%s", strings.Join(args, " "), code, said)
	}
}

// wantRefused wants hallmark to say no, and the check that did.
func (s *site) wantRefused(t *testing.T, check string, args ...string) {
	t.Helper()
	code, said := s.hallmark(t, args...)
	if code != 1 || !regexp.MustCompile(`(?m)^ +`+check+` `).MatchString(said) {
		t.Errorf("hallmark %s: exit %d, want 1 and the check %s\n%s", strings.Join(args, " "), code, check, said)
	}
}

// sign has hallmark sign or attest a file, and returns where the bundle is.
func (s *site) sign(t *testing.T, log, command, file string, more ...string) (bundle string) {
	t.Helper()
	s.mustHallmark(t, append([]string{command, "--signing-config", s.configs[log], "--trusted-root", s.TrustedRoot(), file}, more...)...)
	if command == "attest" {
		return file + ".intoto.jsonl"
	}
	return file + ".sigstore.json"
}

func readObject(t *testing.T, path string) (object map[string]any) {
	t.Helper()
	if err := json.Unmarshal(mustRead(t, path), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func writeObject(t *testing.T, path string, object map[string]any) {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, path, data)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustWrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
