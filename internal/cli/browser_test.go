package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// A browser for scripts: it goes to the page that it is given, follows where it
// is sent, and appends what it saw last to the file browser.
func init() {
	programs["xdg-open"] = func() {
		shown := new(bytes.Buffer)
		for _, name := range []string{"COSIGN_PASSWORD", "GITHUB_TOKEN"} {
			if _, ok := os.LookupEnv(name); ok {
				fmt.Fprintln(shown, "browser sees", name)
			}
		}
		resp, err := http.Get(os.Args[1])
		if err == nil {
			_, err = io.Copy(shown, resp.Body)
			resp.Body.Close()
		}
		if err != nil {
			fmt.Fprintln(shown, err)
		}
		if err := os.WriteFile("browser", shown.Bytes(), 0o600); err != nil {
			os.Exit(1)
		}
	}
}

// TestDeviceContradictions: who signs is said once.
func TestDeviceContradictions(t *testing.T) {
	for _, flags := range []string{"--key k", "--identity-token t"} {
		t.Run(flags, func(t *testing.T) {
			args := append([]string{"sign", "--device", "a"}, strings.Fields(flags)...)
			if code, _, stderr := runMain(t, args...); code != exitUsage || !strings.Contains(stderr, "sign with one or the other") {
				t.Errorf("exit %d, %s", code, stderr)
			}
		})
	}
}

// TestNobodyToAsk: without a terminal, and in CI, no browser is opened.
func TestNobodyToAsk(t *testing.T) {
	tests := map[string]Env{
		"no terminal": {},
		"CI": {StdinTerminal: true, LookupEnv: func(name string) (string, bool) {
			return map[string]string{"CI": "true"}[name], name == "CI"
		}},
	}
	for name, env := range tests {
		t.Run(name, func(t *testing.T) {
			env := env.withDefaults()
			app := &cli.App{Writer: io.Discard, Action: func(c *cli.Context) error {
				person, err := env.interactive(c, nil, nil)
				if person != nil || err != nil {
					t.Errorf("%v, %v", person, err)
				}
				return nil
			}}
			if err := app.Run([]string{"sign"}); err != nil {
				t.Fatal(err)
			}
		})
	}
}
