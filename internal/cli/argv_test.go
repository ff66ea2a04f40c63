package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

// got is what an Action sees of argv.
type got struct {
	Args         []string
	Param        []string
	Jobs         int
	Format       string
	Output       string
	Quiet, Force bool
}

func parseSample(t *testing.T, args ...string) (*got, error) {
	t.Helper()
	var g *got
	env := Env{}.withDefaults()
	app := sampleApp(&env, func(c *cli.Context) error {
		g = &got{c.Args().Slice(), c.StringSlice("param"), c.Int("jobs"), c.String("format"), c.String("output"), c.Bool("quiet"), c.Bool("force")}
		return nil
	})
	call, err := parseArgs(app, args)
	if err == nil && !call.help {
		err = app.RunContext(t.Context(), call.argv(app.Name))
	}
	return g, err
}

func TestArgs(t *testing.T) {
	tests := map[string]struct {
		args string // words separated by spaces; "_" stands for a space within one
		want got
	}{
		"flags first":              {"sum --quiet --jobs 3 a b", got{Args: []string{"a", "b"}, Quiet: true, Jobs: 3}},
		"flags last":               {"sum a b --quiet --jobs 3", got{Args: []string{"a", "b"}, Quiet: true, Jobs: 3}},
		"flags between":            {"sum a --jobs=3 b --quiet", got{Args: []string{"a", "b"}, Quiet: true, Jobs: 3}},
		"short flag":               {"sum a -o x", got{Args: []string{"a"}, Output: "x"}},
		"short flag with =":        {"sum -o=x a", got{Args: []string{"a"}, Output: "x"}},
		"commas are kept":          {"sum --param k=1,2 --param ^(a,b){1,3}$ a", got{Args: []string{"a"}, Param: []string{"k=1,2", "^(a,b){1,3}$"}}},
		"spaces are kept":          {"sum --param _k=_v_", got{Param: []string{" k= v "}}},
		"value with =":             {"sum --param=k=v=w", got{Param: []string{"k=v=w"}}},
		"value that is a dash":     {"sum --output - a", got{Args: []string{"a"}, Output: "-"}},
		"value with dash attached": {"sum --param=--force a", got{Args: []string{"a"}, Param: []string{"--force"}}},
		"dash is a positional":     {"sum - --quiet", got{Args: []string{"-"}, Quiet: true}},
		"flags end at --":          {"sum --quiet -- --force -x --", got{Args: []string{"--force", "-x", "--"}, Quiet: true}},
		"-- at the end":            {"sum a --", got{Args: []string{"a"}}},
		"bool with a value":        {"sum --quiet=false --force=true", got{Force: true}},
		"choice":                   {"sum --format json", got{Format: "json"}},
		"positional like a flag":   {"sum --format json format help -- h", got{Args: []string{"format", "help", "h"}, Format: "json"}},
		"positional like a command": {"sum version --quiet sum",
			got{Args: []string{"version", "sum"}, Quiet: true}},
		"both streams":       {"sum --param - -o -", got{Param: []string{"-"}, Output: "-"}},
		"command of a group": {"box show x", got{Args: []string{"x"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			args := strings.Fields(test.args)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "_", " ")
			}
			g, err := parseSample(t, args...)
			if err != nil {
				t.Fatal(err)
			}
			if test.want.Format == "" && args[0] == "sum" {
				test.want.Format = "text"
			}
			if test.want.Args == nil {
				test.want.Args = []string{}
			}
			if diff := cmp.Diff(test.want, *g); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestArgsRefused(t *testing.T) {
	tests := map[string]struct {
		args []string
		want string
		hint string
	}{
		"misspelt flag":             {[]string{"sum", "--trusted-rot=x"}, "unknown flag --trusted-rot", "did you mean --trusted-root?"},
		"misspelt after positional": {[]string{"sum", "a", "--ofline"}, "unknown flag --ofline", "did you mean --offline?"},
		"shortened flag":            {[]string{"sum", "--trust", "x"}, "unknown flag --trust", "did you mean --trusted-root?"},
		"misspelt help":             {[]string{"sum", "--hepl"}, "unknown flag --hepl", "did you mean --help?"},
		"one dash":                  {[]string{"sum", "-quiet"}, "unknown flag -quiet", "did you mean --quiet?"},
		"two dashes":                {[]string{"sum", "--o", "x"}, "unknown flag --o", "did you mean -o?"},
		"nothing near":              {[]string{"sum", "--xyzzy"}, "unknown flag --xyzzy", "`hallmark sum --help` lists its flags"},
		"unprintable flag":          {[]string{"sum", "--a\x1b[31m\n"}, `unknown flag "--a\x1b[31m\n"`, ""},
		"flag of another command":   {[]string{"version", "--force"}, "unknown flag --force", ""},
		"missing value":             {[]string{"sum", "a", "--jobs"}, "flag --jobs needs a value", ""},
		"flag in place of value":    {[]string{"sum", "--output", "--force"}, "flag --output needs a value", "--output=--force"},
		"-- in place of value":      {[]string{"sum", "--output", "--", "a"}, "flag --output needs a value", "--output=--"},
		"empty value":               {[]string{"sum", "--output", "", "a"}, "flag --output has an empty value", "leave the flag out"},
		"empty value attached":      {[]string{"sum", "--output=", "a"}, "flag --output has an empty value", ""},
		"empty bool":                {[]string{"sum", "--quiet=", "a"}, "flag --quiet has an empty value", ""},
		"given twice":               {[]string{"sum", "--output", "a", "--output", "b"}, "flag --output is given twice", ""},
		"given twice by alias":      {[]string{"sum", "--output", "a", "-o", "b"}, "flag -o is given twice", ""},
		"standard input twice":      {[]string{"sum", "--param", "-", "--trusted-root=-"}, "- is given 2 times, but standard input can be read once only", ""},
		"standard input behind --":  {[]string{"sum", "--param", "-", "--", "-"}, "- is given 2 times, but standard input can be read once only", ""},
		"not a number":              {[]string{"sum", "--jobs", "many"}, `invalid value "many" for flag --jobs`, ""},
		"not a bool":                {[]string{"sum", "--quiet=maybe"}, `invalid boolean value "maybe" for flag --quiet`, ""},
		"not a choice":              {[]string{"sum", "--format", "jsn"}, "--format is one of text, json, got jsn", "did you mean --format json?"},
		"misspelt command":          {[]string{"smu", "a"}, "unknown command smu", "did you mean sum?"},
		"nothing like it":           {[]string{"frobnicate"}, "unknown command frobnicate", "`hallmark help` lists the commands"},
		"misspelt in a group":       {[]string{"box", "shwo", "x"}, "unknown command shwo", "did you mean show?"},
		"group alone":               {[]string{"box"}, "box needs one of show, complete after it", ""},
		"flag before command":       {[]string{"--quiet", "sum", "a"}, "flag --quiet stands before the command", "hallmark COMMAND --quiet"},
		"argument for none":         {[]string{"version", "extra"}, "version takes no arguments, got extra", ""},
		"-- and argument for none":  {[]string{"version", "--", "--help"}, "version takes no arguments, got --help", ""},
		"nothing":                   {nil, "no command given", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g, err := parseSample(t, test.args...)
			if err == nil || err.Error() != test.want {
				t.Errorf("got error %v, want %s", err, test.want)
			}
			if g != nil {
				t.Errorf("the command ran: %+v", g)
			}
			if exitCode(err) != exitUsage {
				t.Errorf("exit %d, want %d", exitCode(err), exitUsage)
			}
			if !strings.Contains(strings.Join(hintsOf(err), "\n"), test.hint) {
				t.Errorf("hint %q, want %q", strings.Join(hintsOf(err), "\n"), test.hint)
			}
		})
	}
}

func TestHelpIsAskedForAnywhere(t *testing.T) {
	for _, line := range []string{"sum --help", "sum a --help", "sum a -h --nonsense", "sum --param x --help", "-h", "--help", "box --help", "box show -h"} {
		env := Env{}.withDefaults()
		call, err := parseArgs(sampleApp(&env, nil), strings.Fields(line))
		if err != nil || !call.help {
			t.Errorf("%s: %+v, %v", line, call, err)
		}
	}
}

func FuzzArgs(f *testing.F) {
	f.Add("sum\x00--param\x00k=v\x00-o\x00x\x00--\x00-y")
	f.Add("box\x00show\x00--help")
	f.Add("--version")
	f.Add("sum\x00---\x00-=\x00--=")
	env := Env{}.withDefaults()
	ran := false
	app := sampleApp(&env, func(c *cli.Context) error { ran = true; return nil })
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		call, err := parseArgs(app, args)
		if err != nil || call.help {
			return
		}
		ran = false
		err = app.RunContext(t.Context(), call.argv(app.Name))
		var usage *usageError
		if err != nil && !errors.As(err, &usage) && call.command.Name != "completion" {
			t.Errorf("%q: %v", args, err)
		}
		if err == nil && !ran && call.command.Category != "" {
			t.Errorf("%q: neither ran nor refused", args)
		}
	})
}
