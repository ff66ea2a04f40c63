package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/trust"
)

// withFlags runs argv up to the action of a command that verifies, and of one
// that signs where signs is true.
func withFlags(t *testing.T, signs bool, args []string, action func(*cli.Context) error) error {
	t.Helper()
	flags := trustFlags()
	if signs {
		flags = append(flags, signingConfigFlag())
	}
	env := Env{}.withDefaults()
	app := sampleApp(&env, nil)
	app.Commands = []*cli.Command{{Name: "do", Flags: append(flags, offlineFlag()), Action: action}}
	call, err := parseArgs(app, append([]string{"do"}, args...))
	if err != nil {
		return err
	}
	return app.RunContext(t.Context(), call.argv(app.Name))
}

func TestTrustFlags(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "root.json")
	mustWrite(t, root, "the root")
	mustWrite(t, filepath.Join(dir, "large"), strings.Repeat("x", maxTUFRoot+1))
	mirror := []string{"--tuf-mirror", "https://tuf.example", "--tuf-root", root}
	tests := map[string]struct {
		args  []string
		signs bool
		want  trust.Options // but for Dir, Transport and Now
		words []string      // to be given again
		text  string        // of an error that blames the operator
	}{
		"none":                      {nil, false, trust.Options{}, nil, ""},
		"file":                      {[]string{"--trusted-root", "r.json"}, false, trust.Options{RootFile: "r.json"}, []string{"--trusted-root", "r.json"}, ""},
		"mirror":                    {mirror, false, trust.Options{Mirror: "https://tuf.example", TUFRoot: []byte("the root")}, mirror, ""},
		"mirror, to sign":           {mirror, true, trust.Options{Mirror: "https://tuf.example", TUFRoot: []byte("the root")}, mirror, ""},
		"mirror without its root":   {mirror[:2], false, trust.Options{}, nil, "root metadata is not known"},
		"root without a mirror":     {mirror[2:], true, trust.Options{}, nil, "of which repository"},
		"root that is not there":    {[]string{"--tuf-mirror", "x", "--tuf-root", filepath.Join(dir, "absent")}, false, trust.Options{}, nil, "no such file"},
		"root that is a folder":     {[]string{"--tuf-mirror", "x", "--tuf-root", dir}, false, trust.Options{}, nil, "want a file"},
		"root that is too large":    {[]string{"--tuf-mirror", "x", "--tuf-root", filepath.Join(dir, "large")}, false, trust.Options{}, nil, "at most 512000"},
		"file and mirror":           {append([]string{"--trusted-root", "r.json"}, mirror...), false, trust.Options{}, nil, "nothing to get from --tuf-mirror"},
		"both files and a mirror":   {append([]string{"--trusted-root", "r", "--signing-config", "c"}, mirror...), true, trust.Options{}, nil, "nothing to get"},
		"root file, config by TUF":  {append([]string{"--trusted-root", "r"}, mirror...), true, trust.Options{RootFile: "r", Mirror: "https://tuf.example", TUFRoot: []byte("the root")}, []string{"--trusted-root", "r"}, ""},
		"config file, root by TUF":  {append([]string{"--signing-config", "c"}, mirror...), true, trust.Options{ConfigFile: "c", Mirror: "https://tuf.example", TUFRoot: []byte("the root")}, mirror, ""},
		"offline with a mirror too": {append([]string{"--offline"}, mirror...), false, trust.Options{Mirror: "https://tuf.example", TUFRoot: []byte("the root")}, mirror, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			env := Env{}.withDefaults()
			var got trust.Options
			var words []string
			err := withFlags(t, test.signs, test.args, func(c *cli.Context) error {
				var err error
				got, err = env.trustOptions(c, 0)
				words = trustWords(c)
				if offline := c.Bool("offline"); err == nil && offline != (got.Transport == nil) {
					t.Errorf("offline %t, transport %v", offline, got.Transport)
				}
				return err
			})
			if test.text != "" {
				if exitCode(err) != exitUsage || !strings.Contains(err.Error(), test.text) {
					t.Errorf("got %v, want a usage error with %q", err, test.text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got.Dir, got.Transport, got.Now = "", nil, test.want.Now
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.words, words); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
