package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// everyCommand calls f with each command of app and the words that name it.
func everyCommand(app *cli.App, f func(c *cli.Command, path []string)) {
	var walk func(commands []*cli.Command, path []string)
	walk = func(commands []*cli.Command, path []string) {
		for _, c := range commands {
			path := append(slices.Clone(path), c.Name)
			f(c, path)
			walk(c.Subcommands, path)
		}
	}
	walk(app.Commands, nil)
}

func testApps() map[string]*cli.App {
	env := Env{}.withDefaults()
	return map[string]*cli.App{"real": newApp(&env), "sample": sampleApp(&env, nil)}
}

func TestHelpFitsTheScreen(t *testing.T) {
	for name, app := range testApps() {
		t.Run(name, func(t *testing.T) {
			text := appHelp(app)
			if n := strings.Count(text, "\n"); n > 24 {
				t.Errorf("help is %d lines long, a screen has 24", n)
			}
			wantColumns(t, "help", text)
			everyCommand(app, func(c *cli.Command, path []string) {
				wantColumns(t, strings.Join(path, " "), commandHelp(c, path))
			})
		})
	}
}

func wantColumns(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > columns {
			t.Errorf("%s: a line is %d columns wide: %s", what, n, line)
		}
	}
}

// Every example in help must be a command line that is understood.
func TestExamplesParse(t *testing.T) {
	for name, app := range testApps() {
		everyCommand(app, func(c *cli.Command, path []string) {
			if c.UsageText == "" && len(path) == 1 {
				t.Errorf("%s: %s has no example", name, c.Name)
			}
			if n := strings.Count(c.UsageText, "\n"); name == "real" && len(path) == 1 && n != 2 {
				t.Errorf("%s has %d examples, want 3", c.Name, n+1)
			}
			for line := range strings.Lines(c.UsageText) {
				_, line, _ = strings.Cut(strings.TrimSpace(line), "hallmark ")
				line, _, _ = strings.Cut(line, " > ")
				if _, err := parseArgs(app, strings.Fields(strings.TrimSuffix(line, ")"))); err != nil {
					t.Errorf("%s: example %q: %v", c.Name, line, err)
				}
			}
		})
	}
}

// What urfave/cli would do behind our back with these is in doc.go.
func TestFlagsKeepTheRules(t *testing.T) {
	for _, app := range testApps() {
		everyCommand(app, func(c *cli.Command, path []string) {
			for _, f := range c.Flags {
				name := strings.Join(path, " ") + " " + spellings(f)[0]
				if required, ok := f.(cli.RequiredFlag); ok && required.IsRequired() {
					t.Errorf("%s is Required", name)
				}
				if doc := f.(cli.DocGenerationFlag); len(doc.GetEnvVars()) > 0 || doc.GetUsage() == "" {
					t.Errorf("%s reads the environment or is not explained", name)
				}
				if list, ok := f.(*cli.StringSliceFlag); ok && !list.KeepSpace {
					t.Errorf("%s would trim its values: use newListFlag", name)
				}
				if !slices.Contains(flagGroups, f.(cli.CategorizableFlag).GetCategory()) {
					t.Errorf("%s is in no group", name)
				}
			}
			if c.Category != "" && !slices.Contains(audiences, c.Category) {
				t.Errorf("%s is for %q, who is unknown", c.Name, c.Category)
			}
		})
	}
}

func TestCommandHelp(t *testing.T) {
	const want = `$ hallmark sum dist/*
$ hallmark sum --format json a.txt
$ hallmark sum -o SUMS dist

hallmark sum [flags] ARTIFACT...
  print the digests of artifacts

How it was built
  --param K=V  record K=V

Signing
  --jobs N  work on N at a time

Trust
  --signing-config FILE  sign with the services that FILE names
  --trusted-root FILE    trust FILE in place of the public good Sigstore
  --offline              open no connection at all

Output
  --format text|json  how to print the result
  -o, --output FILE   write the digests to FILE
  --force             replace files that exist with other content
  --quiet             show no progress
`
	if got := commandHelp(sample(nil), []string{"sum"}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHelpGoesWhereItIsAskedFor(t *testing.T) {
	code, stdout, stderr := runMain(t, "help")
	if code != exitDone || stderr != "" || !strings.HasPrefix(stdout, about) {
		t.Errorf("asked for: exit %d, stdout %.20q, stderr %q", code, stdout, stderr)
	}
	code, stdout, stderr = runMain(t)
	if code != exitUsage || stdout != "" || !strings.HasPrefix(stderr, about) {
		t.Errorf("not asked for: exit %d, stdout %q, stderr %.20q", code, stdout, stderr)
	}
}
