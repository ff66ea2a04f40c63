package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListInput(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
		err  string
	}{
		"nothing":             {"", nil, ""},
		"only blank lines":    {"\n  \n\r\n", nil, ""},
		"one":                 {"dist/a", []string{"dist/a"}, ""},
		"several, indented":   {"  dist/a\n  dist/b  \n", []string{"dist/a", "dist/b"}, ""},
		"from Windows":        {"a\r\nb\r\n", []string{"a", "b"}, ""},
		"spaces and commas":   {"my file, v1.zip", []string{"my file, v1.zip"}, ""},
		"what shells act on":  {"$(touch x)\n`id`\n\"; x #\n*", []string{"$(touch x)", "`id`", "\"; x #", "*"}, ""},
		"flags are no flags":  {"--help\n-rf", []string{"--help", "-rf"}, ""},
		"standard input":      {"-", nil, "standard input"},
		"a control character": {"a\x1bb", nil, "control character"},
		"too long":            {strings.Repeat("a", maxInput+1), nil, "more than"},
		"too many":            {strings.Repeat("a\n", maxInputLines+1), nil, "more than"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := listInput("artifacts", tc.text)
			if (err != nil) != (tc.err != "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Fatalf("got %v, want an error with %q", err, tc.err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// FuzzOutputs reads back what was written as the runner does: a value is that
// value, whatever it holds, and no other output appears.
func FuzzOutputs(f *testing.F) {
	f.Add("dist/multiple.intoto.jsonl")
	f.Add("x\nNODE_OPTIONS=--require=/tmp/x")
	f.Add("EOF")
	f.Add("a<<EOF")
	f.Add("::set-output name=x::y")
	f.Fuzz(func(t *testing.T, value string) {
		path := filepath.Join(t.TempDir(), "outputs")
		env := Env{LookupEnv: func(name string) (string, bool) { return path, name == "GITHUB_OUTPUT" }}.withDefaults()
		err := env.setOutputs(output{"first", "1"}, output{"name", value}, output{"last", "2"})
		if strings.ContainsAny(value, "\r\n") {
			if _, statErr := os.Stat(path); err == nil || statErr == nil {
				t.Errorf("%q was written", value)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"first": "1", "name": value, "last": "2"}
		if diff := cmp.Diff(want, readOutputs(t, string(data))); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// readOutputs reads a file of outputs strictly: NAME<<DELIMITER, lines, DELIMITER.
func readOutputs(t *testing.T, text string) map[string]string {
	t.Helper()
	got := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 {
		name, delimiter, ok := strings.Cut(lines[0], "<<")
		if !ok || len(delimiter) < 20 || len(lines) < 3 || lines[2] != delimiter {
			t.Fatalf("not an output: %q", lines)
		}
		got[name] = lines[1]
		lines = lines[3:]
	}
	return got
}
