package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hallmark-project/hallmark/workflow"
)

// TestLimits bounds what a hostile file costs: it is refused, or checked at once.
// Were one of these not bounded, the test would not end.
func TestLimits(t *testing.T) {
	steps := func(one string, n int) string {
		return "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n" + strings.Repeat(one, n)
	}
	jobs := func(n int) string {
		var b strings.Builder
		b.WriteString("on: push\njobs:\n")
		for i := range n {
			fmt.Fprintf(&b, "  j%d:\n    runs-on: x\n    needs: [%s]\n    steps: [{run: cosign sign-blob a}, {run: gh release upload v1 a}]\n",
				i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("j%d,", max(0, i-1)), i), ","))
		}
		return b.String()
	}
	script := func(line string, n int) string {
		return steps("      - run: |\n"+strings.Repeat("          "+line+"\n", n), 1)
	}
	const refused = "more than"
	for _, test := range []struct{ name, text, want string }{
		{"many steps", steps("      - run: make\n", 1001), refused},
		{"many signatures", script("cosign sign-blob a", 257), refused},
		{"many publications", script("gh release upload v1 a", 257), refused},
		{"many jobs", jobs(257), refused},
		{"as many jobs as may be", jobs(256), ""},
		{"many actions", steps("      - uses: softprops/action-gh-release@v1\n        with: {files: a}\n", 500) +
			strings.Repeat("      - uses: actions/attest@v4\n        with: {subject-path: b}\n", 500), ""},
		{"many commands", script("f || cosign sign-blob a | tee b", 250), ""},
		{"functions in functions", script("f() { g; g; g; g; g; g; }; g() { h; h; h; h; h; h; }; h() { f; f; f; f; f; f; }; f", 200), ""},
		{"a deep script", steps("      - run: \""+strings.Repeat("$(", 20_000)+"\"\n", 8), ""},
		{"deep values", "on: push\njobs: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "w.yml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, err := workflow.Parse("w.yml", []byte(test.text))
			if err == nil {
				w.Check()
			}
			if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
