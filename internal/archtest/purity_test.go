package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// process names what a run takes from its process. Only programs and
// internal/cli may; everybody else is handed values.
var process = map[string][]string{
	"os":   {"Args", "Environ", "Exit", "Getenv", "LookupEnv", "Setenv", "Unsetenv", "Stdin", "Stdout", "Stderr"},
	"fmt":  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
	"time": {"Now", "Since", "Until"},
	"log":  {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Print", "Printf", "Println"},
}

// exempt are layers that may, with the reason.
var exempt = map[string]string{
	"internal/cli":         "it hands the process down",
	"internal/corpustest":  "only tests import it",
	"internal/sandboxtest": "only tests import it",
}

func TestProcessIsHandedDown(t *testing.T) {
	for _, p := range mustPackages(t) {
		from := ours(p.ImportPath)
		if from == "" || p.Name == "main" || exempt[layer(from)] != "" {
			continue
		}
		for _, name := range p.GoFiles {
			for _, use := range processUses(t, filepath.Join(p.Dir, name)) {
				t.Errorf("%s/%s: take it as a value from the caller", from, use)
			}
		}
	}
}

// processUses lists where a file names something of process.
func processUses(t *testing.T, file string) []string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return usesIn(t, filepath.Base(file), string(source))
}

func usesIn(t *testing.T, name, source string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{} // the name in this file -> the package
	for _, i := range parsed.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		local := path
		if i.Name != nil {
			local = i.Name.Name
		}
		imported[local] = path
	}
	var uses []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(process[imported[x.Name]], selector.Sel.Name) {
			uses = append(uses, set.Position(n.Pos()).String()+": "+imported[x.Name]+"."+selector.Sel.Name)
		}
		return true
	})
	return uses
}

func TestUsesAreFound(t *testing.T) {
	tests := map[string]struct {
		source string
		want   int
	}{
		"clock":          {"package p\nimport \"time\"\nvar t = time.Now()", 1},
		"clock as value": {"package p\nimport \"time\"\nvar now = time.Now", 1},
		"renamed":        {"package p\nimport system \"os\"\nvar w = system.Stderr", 1},
		"other names":    {"package p\nimport \"os\"\nvar f = os.Open", 0},
		"not a package":  {"package p\ntype t struct{ Now int }\nvar time t\nvar n = time.Now", 0},
		"two":            {"package p\nimport \"os\"\nfunc f() { if os.Getenv(\"X\") == \"\" { os.Exit(1) } }", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := usesIn(t, "p.go", test.source); len(got) != test.want {
				t.Errorf("got %v, want %d", got, test.want)
			}
		})
	}
}

// Unfinished work is an issue, not a comment. Material from elsewhere, which
// stands under testdata, may say what it likes.
func TestNothingIsLeftToDo(t *testing.T) {
	const mark = "TO" + "DO"
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", ".cache", "bin", "dist", "testdata", "node_modules"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".md", ".sh", ".yml", ".yaml", ".json", ""}, filepath.Ext(path)) {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(content), "\n") {
			if strings.Contains(line, mark) {
				t.Errorf("%s:%d: %s", path, i+1, mark)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
