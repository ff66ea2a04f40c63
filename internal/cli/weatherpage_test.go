package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onPage is a row of docs/weather.md.
type onPage struct {
	Fault, Said string
	Exit        int
	Test        string
}

// TestWeatherPage holds docs/weather.md to the tests: what they do is on it, row
// by row, and it promises nothing that no test holds.
func TestWeatherPage(t *testing.T) {
	rows := weatherPage(t)
	var want []onPage
	for _, w := range append(append([]weathered{}, passing...), lasting...) {
		want = append(want, onPage{w.fault, w.said, w.exit, "TestWeather"})
	}
	for _, c := range clocks {
		want = append(want, onPage{c.fault, c.said, c.exit, "TestClock"})
	}
	tests := testsOfAll(t)
	var got []onPage
	for _, row := range rows {
		switch {
		case row.Test == "TestWeather", row.Test == "TestClock":
			got = append(got, row)
		case strings.HasSuffix(row.Test, ".txtar"):
			if _, err := os.Stat(filepath.Join(scripts, "sandbox", row.Test)); err != nil {
				t.Errorf("%s: %v", row.Fault, err)
			}
		default:
			if !strings.Contains(tests, "\nfunc "+row.Test+"(") {
				t.Errorf("%s: no test %s", row.Fault, row.Test)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/weather.md and the tests differ (-tests +page):\n%s", diff)
	}
}

// testsOfAll is the text of all tests in the module.
func testsOfAll(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

var quoted = regexp.MustCompile("\\A`([^`]+)`")

func weatherPage(t *testing.T) []onPage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "weather.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []onPage
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 5 || cells[0] == "Fault" {
			continue
		}
		exit, err := strconv.Atoi(cells[3])
		if err != nil {
			t.Errorf("%s: exit code %q", cells[0], cells[3])
		}
		row := onPage{Fault: cells[0], Exit: exit, Test: strings.Trim(cells[4], "`")}
		if said := quoted.FindStringSubmatch(cells[2]); said != nil {
			row.Said = said[1]
		} else if cells[2] != "nothing" {
			t.Errorf("%s: what is seen is %q", cells[0], cells[2])
		}
		rows = append(rows, row)
	}
	return rows
}
