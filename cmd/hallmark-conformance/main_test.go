package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/cli"
	"github.com/hallmark-project/hallmark/internal/corpustest"
	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// TestMain makes this test the program, where a sandbox runs it.
func TestMain(m *testing.M) {
	if os.Getenv("HALLMARK_CONFORMANCE_MAIN") == "1" {
		main()
	}
	os.Exit(m.Run())
}

func say(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), cli.Env{Stdout: &out, Stderr: &out, Now: time.Now}, args)
	return code, out.String()
}

// TestConformanceCorpus puts each case of the suite to the program as the suite does, once
// with the artifact and once with its digest.
func TestConformanceCorpus(t *testing.T) {
	for _, c := range corpustest.Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			args := []string{"verify-bundle", "--bundle", c.Bundle, "--trusted-root", c.Root}
			if c.Key != "" {
				args = append(args, "--key", c.Key)
			} else {
				args = append(args, "--certificate-identity", c.Identity, "--certificate-oidc-issuer", c.Issuer)
			}
			content, err := os.ReadFile(c.Artifact)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(content)
			want := 0
			if c.Fails {
				want = 1
			}
			for _, artifact := range []string{c.Artifact, "sha256:" + hex.EncodeToString(sum[:])} {
				if code, out := say(t, append(args, artifact)...); code != want {
					t.Errorf("%s: exit %d, want %d\n%s", artifact, code, want, out)
				}
			}
		})
	}
}

func TestProtocolRefused(t *testing.T) {
	for name, tc := range map[string]struct{ args, want string }{
		"nothing":            {"", "want sign-bundle or verify-bundle"},
		"unknown command":    {"sign --bundle b x", `unknown command "sign"`},
		"unknown flag":       {"verify-bundle --bundle b --identity-token x a", "identity-token"},
		"no bundle":          {"verify-bundle --key k a", "want --bundle"},
		"no artifact":        {"verify-bundle --bundle b --key k", "one artifact"},
		"two artifacts":      {"verify-bundle --bundle b --key k a b", "one artifact"},
		"no token":           {"sign-bundle --bundle b a", "want --identity-token"},
		"nobody to verify":   {"verify-bundle --bundle b main.go", "hallmark verify: exit code 2"},
		"artifact not there": {"sign-bundle --bundle b --identity-token x absent", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, out := say(t, strings.Fields(tc.args)...); code != 1 || !strings.Contains(out, tc.want) {
				t.Errorf("exit %d, %q, want 1 and %q", code, out, tc.want)
			}
		})
	}
}

func TestTrustOfStaging(t *testing.T) {
	for name, tc := range map[string]struct {
		r    request
		want string
	}{
		"verify":                   {request{staging: true}, "--tuf-mirror https://tuf-repo-cdn.sigstage.dev --tuf-root"},
		"verify, root given":       {request{staging: true, trustedRoot: "r"}, "--trusted-root r"},
		"sign":                     {request{staging: true, token: "t"}, "--tuf-mirror https://tuf-repo-cdn.sigstage.dev --tuf-root"},
		"sign, root given":         {request{staging: true, token: "t", trustedRoot: "r"}, "--trusted-root r --tuf-mirror https://tuf-repo-cdn.sigstage.dev --tuf-root"},
		"sign, all given":          {request{staging: true, token: "t", trustedRoot: "r", signingConfig: "c"}, "--trusted-root r --signing-config c"},
		"public good, none given":  {request{}, ""},
		"public good, config only": {request{token: "t", signingConfig: "c"}, "--signing-config c"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			args, err := tc.r.trust(dir)
			got := strings.TrimSuffix(strings.Join(args, " "), " "+filepath.Join(dir, "staging.root.json"))
			if err != nil || got != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}

// TestSandbox signs and verifies as the suite would, inside a local Sigstore.
func TestSandbox(t *testing.T) {
	s := sandboxtest.Start(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	inside := func(args ...string) error {
		t.Helper()
		cmd := exec.Command(self, args...)
		cmd.Dir = dir
		cmd.Env = append(s.Env, "HALLMARK_CONFORMANCE_MAIN=1", "ACTIONS_ID_TOKEN_REQUEST_URL=", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=")
		out, err := cmd.CombinedOutput()
		t.Logf("%s: %v\n%s", args[0], err, out)
		return err
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const artifact = "a.txt"
	sum := sha256.Sum256([]byte("artifact"))
	digest := hex.EncodeToString(sum[:])
	write(artifact, "artifact")
	write("statement.json", `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a.txt","digest":{"sha256":"`+digest+`"}}],"predicateType":"https://example.com/p","predicate":{}}`)
	const who = "https://github.com/hallmark-project/hallmark/.github/workflows/release.yml@refs/tags/v0.0.0-demo"
	trust := []string{"--trusted-root", s.TrustedRoot()}
	for bundle, what := range map[string][]string{"message.json": {artifact}, "envelope.json": {"--in-toto", "statement.json"}} {
		sign := append([]string{"sign-bundle", "--identity-token", idToken(t, s), "--signing-config", s.SigningConfig(), "--bundle", bundle}, trust...)
		if err := inside(append(sign, what...)...); err != nil {
			t.Fatal(err)
		}
	}
	verify := func(bundle, who, artifact string) error {
		return inside(append(append([]string{"verify-bundle", "--bundle", bundle, "--certificate-identity", who,
			"--certificate-oidc-issuer", "https://token.actions.githubusercontent.com"}, trust...), artifact)...)
	}
	for _, bundle := range []string{"message.json", "envelope.json"} {
		for _, artifact := range []string{artifact, "sha256:" + digest} {
			if err := verify(bundle, who, artifact); err != nil {
				t.Errorf("%s of %s: %v", bundle, artifact, err)
			}
		}
	}
	write("other.txt", "other")
	if verify("message.json", who+"x", artifact) == nil || verify("message.json", who, "other.txt") == nil || verify("message.json", who, "sha256:"+strings.Repeat("0", 64)) == nil {
		t.Error("another signer, or other bytes, are accepted")
	}
}

// idToken asks the job's issuer for a token, as the suite's own beacon would
// have one at hand.
func idToken(t *testing.T, s *sandboxtest.Sandbox) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL")+"&audience=sigstore", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer "+s.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Value == "" {
		t.Fatal(resp.Status, err)
	}
	return answer.Value
}
