package cli

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hallmark-project/hallmark/internal/schematest"
)

// update rewrites what the tests of this package compare with: go generate.
var update = flag.Bool("update", false, "rewrite generated files and scripts' expected output")

// scripts is where the scripts stand: the words of users, beside the other
// material of the project.
const scripts = "../../testdata/script"

func TestScripts(t *testing.T) {
	testscript.Run(t, scriptParams(scripts))
}

// scriptParams gives scripts, beside testscript's own commands:
//
//	exits N PROGRAM [ARG...]   run a program and want exactly exit code N
//	schema NAME FILE           want FILE (or stdout) to be valid under docs/schema/NAME.json
//	flip FILE                  change one bit in the middle of a file
//	registry [--no-referrers|--login]  start an OCI registry at $REGISTRY
//	push REPOSITORY [FOLDER]   put an index there as :v1, perhaps a real one
//	payload IMAGE FILE         write what cosign signs for an image
//	attach KIND IMAGE BUNDLE [PAYLOAD]  attach a bundle, or what cosign would
//
// HOME and the XDG folders are below the script's own folder, CI is not set,
// and hallmark is the program under test. $SLSA is a folder of real releases,
// the test data of slsa-verifier's module, and $PUBLIC_ROOT the trusted root that
// they were made under, for runs that may connect but not to refresh it. Where
// output is to be compared whole, go test -update rewrites it in the script.
func scriptParams(dir string) testscript.Params {
	return testscript.Params{
		Dir:                dir,
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"attach":   cmdAttach,
			"exits":    cmdExits,
			"flip":     cmdFlip,
			"payload":  cmdPayload,
			"push":     cmdPush,
			"registry": cmdRegistry,
			"schema":   cmdSchema,
		},
		Setup: func(env *testscript.Env) error {
			slsa, err := releases()
			if err != nil {
				return err
			}
			env.Setenv("SLSA", slsa)
			root, err := filepath.Abs(filepath.Join("..", "trust", "embedded", "trusted_root.json"))
			if err != nil {
				return err
			}
			env.Setenv("PUBLIC_ROOT", root)
			home := filepath.Join(env.WorkDir, ".home")
			for name, dir := range map[string]string{
				"HOME": "", "USERPROFILE": "", "XDG_CONFIG_HOME": ".config", "XDG_CACHE_HOME": ".cache", "XDG_DATA_HOME": ".local/share",
			} {
				env.Setenv(name, filepath.Join(home, dir))
			}
			return os.MkdirAll(home, 0o755)
		},
	}
}

// releases finds real releases of many builders, with their bundles.
var releases = sync.OnceValues(func() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", slsaVerifier).Output()
	return filepath.Join(strings.TrimSpace(string(dir)), "cli", "slsa-verifier", "testdata"), err
})

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exits: %v", err)
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("exits: %v", err)
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", args[1], got, want)
	}
}

func cmdFlip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip FILE")
	}
	data := []byte(ts.ReadFile(args[0]))
	if len(data) == 0 {
		ts.Fatalf("flip: %s is empty", args[0])
	}
	data[len(data)/2] ^= 1
	path := ts.MkAbs(args[0])
	ts.Check(os.Remove(path)) // a copy from the module cache cannot be written to
	ts.Check(os.WriteFile(path, data, 0o644))
}

func cmdSchema(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: schema NAME FILE")
	}
	err := schematest.Validate(args[0], []byte(ts.ReadFile(args[1])))
	if (err != nil) != neg {
		ts.Fatalf("schema %s: %v", args[0], err)
	}
}

// scriptContext is the context that cmd/hallmark gives Main.
func scriptContext() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}
