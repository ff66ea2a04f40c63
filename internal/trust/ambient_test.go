package trust

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/sigstore/cosign/v2/pkg/providers"
	"github.com/spiffe/go-spiffe/v2/proto/spiffe/workload"
	"google.golang.org/grpc"
)

// leavePlatforms makes the process one that no platform knows.
func leavePlatforms(t *testing.T) {
	t.Helper()
	leaveJob(t)
	t.Setenv("GOOGLE_SERVICE_ACCOUNT_NAME", "")
	t.Setenv("SPIFFE_ENDPOINT_SOCKET", filepath.Join(t.TempDir(), "none"))
}

// onBuildkite makes the process a job of Buildkite, whose agent answers so.
func onBuildkite(t *testing.T, answer http.HandlerFunc) {
	t.Helper()
	agent := httptest.NewServer(answer)
	t.Cleanup(agent.Close)
	t.Setenv("BUILDKITE_AGENT_ACCESS_TOKEN", "agent")
	t.Setenv("BUILDKITE_AGENT_ENDPOINT", agent.URL)
	t.Setenv("BUILDKITE_JOB_ID", "job-7")
}

// workloads is the Workload API of a SPIFFE agent.
type workloads struct {
	workload.UnimplementedSpiffeWorkloadAPIServer
	t     *testing.T
	token string
}

func (w workloads) FetchJWTSVID(_ context.Context, r *workload.JWTSVIDRequest) (*workload.JWTSVIDResponse, error) {
	if diff := cmp.Diff([]string{Audience}, r.GetAudience()); diff != "" {
		w.t.Errorf("audience: -want +got\n%s", diff)
	}
	return &workload.JWTSVIDResponse{Svids: []*workload.JWTSVID{{SpiffeId: "spiffe://octo.example/release", Svid: w.token}}}, nil
}

// withSpiffe starts a SPIFFE agent that gives out a token.
func withSpiffe(t *testing.T, token string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "spiffe") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "api.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	workload.RegisterSpiffeWorkloadAPIServer(server, workloads{t: t, token: token})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	t.Setenv("SPIFFE_ENDPOINT_SOCKET", socket)
}

func TestBuildkite(t *testing.T) {
	leavePlatforms(t)
	want := mint(t, issuerKey, jose.ES256, func(o object) { o["iss"] = "https://agent.buildkite.com" })
	onBuildkite(t, func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Audience string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Audience != Audience || r.URL.Path != "/jobs/job-7/oidc/tokens" {
			t.Errorf("%s %q, %v", r.URL.Path, asked.Audience, err)
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"token": want})
	})
	token, source, err := Identity{Now: atNoon}.Token(t.Context())
	if err != nil || token.Reveal() != want || source != "buildkite-agent" {
		t.Errorf("the token of %q, %v", source, err)
	}
}

func TestSpiffe(t *testing.T) {
	leavePlatforms(t)
	want := mint(t, issuerKey, jose.ES256, func(o object) {
		o["iss"], o["sub"], o["exp"] = "https://spire.octo.example", "spiffe://octo.example/release", int64(4102444800)
	})
	withSpiffe(t, want)
	token, source, err := Identity{Now: atNoon}.Token(t.Context())
	if err != nil || token.Reveal() != want || source != "spiffe" {
		t.Errorf("the token of %q, %v", source, err)
	}
}

// TestNobodyElseSigns: where a platform is there and fails, the next that would
// have an identity is not asked for it.
func TestNobodyElseSigns(t *testing.T) {
	other := mint(t, issuerKey, jose.ES256, func(o object) {
		o["sub"], o["exp"] = "spiffe://octo.example/other", int64(4102444800)
	})
	credentials := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(credentials, []byte(`{"type":"no such type"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		enter func(*testing.T)
		only  string
		want  string
	}{
		"buildkite refuses": {func(t *testing.T) {
			onBuildkite(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"message":"no"}`, http.StatusForbidden) })
		}, "", "identity from buildkite-agent"},
		"buildkite says nothing": {func(t *testing.T) {
			onBuildkite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
		}, "", "identity from buildkite-agent: the token is empty"},
		"google has no credentials": {func(t *testing.T) {
			t.Setenv("GOOGLE_SERVICE_ACCOUNT_NAME", "release@octo.example")
			t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", credentials)
		}, "", "identity from google-impersonate"},
		"a job of GitHub that may not ask": {func(*testing.T) {}, "github-actions", "none was given"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			leavePlatforms(t)
			withSpiffe(t, other)
			tc.enter(t)
			_, source, err := Identity{Platform: tc.only, Now: atNoon}.Token(t.Context())
			if err == nil || !strings.Contains(err.Error(), tc.want) || errors.Is(err, ErrIdentity) != (tc.only != "") {
				t.Errorf("from %q: %v, want %q", source, err, tc.want)
			}
		})
	}
}

// TestPlatformsAreCosigns: every provider that cosign has, but for those that
// read what the caller hands down.
func TestPlatformsAreCosigns(t *testing.T) {
	others := slices.DeleteFunc(slices.Clone(Platforms), func(name string) bool { return name == gitHubActions })
	for _, name := range others {
		if _, err := providers.ProvideFrom(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	if got, want := len(providers.Providers()), len(others); got != want {
		t.Errorf("%d are registered, %d are tried", got, want)
	}
}
