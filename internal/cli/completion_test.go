package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompletions(t *testing.T) {
	tests := map[string]string{ // words before the cursor, the last behind "=" -> candidates
		"=su":                      "sum",
		"=ver":                     "verify version",
		"=--":                      "",
		"version =--f":             "--format",
		"version --format =":       "text json",
		"version --format =j":      "json",
		"version --format json =-": "--help --format",
		"sum -o =":                 "",
		"sum a =":                  "",
		"sum a =-":                 "--help --param --jobs --signing-config --trusted-root --offline --format --output -o --force --quiet",
		"sum -- =--f":              "",
		"box =":                    "show complete",
		"box show =--":             "--help",
		"nonsense =":               "",
		"completion =":             "bash zsh fish powershell",
		"completion bash =":        "",
		"help =vers":               "version",
		"help box =s":              "show",
		"":                         "",
	}
	env := Env{}.withDefaults()
	app := sampleApp(&env, nil)
	for line, want := range tests {
		t.Run(line, func(t *testing.T) {
			got := strings.Join(completions(app, strings.Fields(line)), " ")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestCompletionNeverRunsTheCommand(t *testing.T) {
	code, stdout, _ := runMain(t, completeWord, "version", "--format", "json", "=")
	if code != exitDone || stdout != "" {
		t.Errorf("exit %d, stdout %q", code, stdout)
	}
}
