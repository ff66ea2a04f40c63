package archtest

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link is an inline link or image of Markdown, or the definition of one.
var link = regexp.MustCompile("(?m)" + `\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)`)

// code is what Markdown shows as it stands: fenced, indented or between marks.
var code = regexp.MustCompile("(?ms)^```.*?^```|^    .*?$|`[^`\n]*`")

// links are the addresses in a text that lie in this project.
func links(text string) []string {
	var found []string
	for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
		if u, err := url.Parse(m[1] + m[2]); err != nil || u.Scheme == "" && u.Host == "" {
			found = append(found, m[1]+m[2])
		}
	}
	return found
}

// heading is what GitHub makes of a heading to link to it.
func heading(line string) string {
	line = strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
	return strings.ReplaceAll(regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(line, ""), " ", "-")
}

// What the documents point to is there.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range links(string(text)) {
			path, fragment, _ := strings.Cut(to, "#")
			target := file
			if path != "" {
				target = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link to %s: %v", file, to, err)
			} else if fragment != "" && filepath.Ext(target) == ".md" && !hasHeading(t, target, fragment) {
				t.Errorf("%s: link to %s: no such heading", file, to)
			}
		}
	}
}

// documents are the project's own, not what stands under testdata.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "testdata" || name == "node_modules" || name == "bin" || name == "dist" || strings.HasPrefix(name, ".") && name != ".github" && path != root):
			return fs.SkipDir
		case filepath.Ext(name) == ".md":
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d documents found", len(files))
	}
	return files
}

func hasHeading(t *testing.T, file, fragment string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") && heading(line) == fragment {
			return true
		}
	}
	return false
}

func TestLinks(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"to a file":         {"see [it](docs/a.md).", "docs/a.md"},
		"to a heading":      {"[it](#here)", "#here"},
		"with a title":      {`![it](a.png "shown")`, "a.png"},
		"defined elsewhere": {"[it][1]\n\n[1]: docs/a.md\n", "docs/a.md"},
		"to another site":   {"[it](https://example.com/a)", ""},
		"in code":           {"`[it](a)` and\n\n    [it](b)\n\n```\n[it](c)\n```\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(links(test.text), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
