package cli

import (
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hallmark-project/hallmark/internal/sandboxtest"
)

// TestSandboxScripts runs the scripts that sign. They have two more commands:
//
//	sandbox [FLAG...]    start a sandbox with these flags, and be the job in it
//	idtoken NAME FILE    get a token of the job for the audience NAME
//	cosign IMAGE         verify what is attached to an image with cosign's library
//
// $CONFIG and $ROOT are then its signing config and trusted root, $REQUESTS is
// the file that lists what was contacted, and hallmark-sandbox can be run.
func TestSandboxScripts(t *testing.T) {
	binary := sandboxtest.Binary(t)
	params := scriptParams(filepath.Join(scripts, "sandbox"))
	maps.Copy(params.Cmds, map[string]func(*testscript.TestScript, bool, []string){
		"cosign":  cmdCosign,
		"sandbox": cmdSandbox,
		"idtoken": cmdIDToken,
		"log":     cmdLog,
		"older":   cmdOlder,
	})
	setup := params.Setup
	params.Setup = func(env *testscript.Env) error {
		env.Values["t"] = env.T()
		path := env.Getenv("PATH") + string(os.PathListSeparator) + filepath.Dir(binary)
		env.Setenv("PATH", path)
		return setup(env)
	}
	testscript.Run(t, params)
}

func cmdSandbox(ts *testscript.TestScript, neg bool, args []string) {
	t, ok := ts.Value("t").(testing.TB)
	if neg || !ok {
		ts.Fatalf("usage: sandbox [FLAG...]")
	}
	s := sandboxtest.Start(t, args...)
	outside := os.Environ()
	for _, kv := range s.Env {
		if name, value, _ := strings.Cut(kv, "="); !slices.Contains(outside, kv) {
			ts.Setenv(name, value)
		}
	}
	ts.Setenv("CI", "")
	ts.Setenv("CONFIG", s.SigningConfig())
	ts.Setenv("ROOT", s.TrustedRoot())
	ts.Setenv("REQUESTS", s.RequestLog())
}

func cmdIDToken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: idtoken AUDIENCE FILE")
	}
	req, err := http.NewRequest(http.MethodGet, ts.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL")+"&audience="+args[0], nil)
	ts.Check(err)
	req.Header.Set("Authorization", "bearer "+ts.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"))
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	ts.Check(err)
	var answer struct {
		Value string `json:"value"`
	}
	ts.Check(json.Unmarshal(data, &answer))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(answer.Value), 0o600))
}
