package sandboxtest

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStart(t *testing.T) {
	t.Parallel()
	sandbox := Start(t, "--actor", "mona", "--environment", "it's")
	for _, file := range []string{sandbox.TrustedRoot(), sandbox.SigningConfig(), sandbox.RequestLog(), filepath.Join(sandbox.Dir, "tuf", "1.root.json")} {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
	if got := sandbox.Getenv("GITHUB_ACTOR"); got != "mona" {
		t.Errorf("GITHUB_ACTOR %q, want mona", got)
	}
	response, err := http.Get(sandbox.Getenv("HALLMARK_SANDBOX_TUF") + "/timestamp.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("TUF repository: %s", response.Status)
	}
	log, err := os.ReadFile(sandbox.RequestLog())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(log, []byte(" tuf GET ")) {
		t.Errorf("request log lacks the request:\n%s", log)
	}
}

// TestSource holds source against a real shell.
func TestSource(t *testing.T) {
	t.Parallel()
	const script = `unset GONE ALSO_GONE
export PLAIN='a b'
export QUOTED='it'\''s "$HOME" \ ` + "`x`" + `'
export EMPTY=''
export CHANGED='new'
`
	environ := []string{"GONE=1", "CHANGED=old", "KEPT=yes", "ALSO_GONE=2"}
	want := []string{"KEPT=yes", "PLAIN=a b", "QUOTED=it's \"$HOME\" \\ `x`", "EMPTY=", "CHANGED=new"}
	got := source(environ, script)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}

	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh to compare with")
	}
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), shell, "-c", `. "$0"; for n in GONE ALSO_GONE KEPT PLAIN QUOTED EMPTY CHANGED; do eval "test -z \"\${$n+x}\" || printf '%s=%s\n' $n \"\$$n\""; done`, file)
	cmd.Env = environ
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours bytes.Buffer
	for _, kv := range want {
		io.WriteString(&ours, kv+"\n")
	}
	if diff := cmp.Diff(ours.String(), string(out)); diff != "" {
		t.Errorf("a shell differs (-ours +sh):\n%s", diff)
	}
}
