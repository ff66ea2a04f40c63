package archtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// budget is how many packages of others, the standard library aside, the
// binary may link: users asked for a tool that is small to vet.
const budget = 600

func TestPackageBudget(t *testing.T) {
	all := mustPackages(t)
	linked := map[string]bool{}
	var walk func(importPath string)
	walk = func(importPath string) {
		p := all[importPath]
		if p == nil || p.Standard || linked[importPath] {
			return
		}
		linked[importPath] = true
		for _, i := range p.Imports {
			walk(i)
		}
	}
	walk(binary)
	maps.DeleteFunc(linked, func(importPath string, _ bool) bool { return ours(importPath) != "" })
	if len(linked) > budget {
		t.Errorf("the binary links %d packages of others, %d are allowed; by module root:\n%s", len(linked), budget, byModule(all, linked))
	}
}

// byModule counts packages by the first three words of their paths, most
// first, each with the chain that brings one of them in.
func byModule(all map[string]*pkg, linked map[string]bool) string {
	count := map[string]int{}
	for importPath := range linked {
		count[moduleOf(importPath)]++
	}
	modules := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(-cmp.Compare(count[a], count[b]), strings.Compare(a, b))
	})
	var b strings.Builder
	for _, m := range modules[:min(len(modules), 20)] {
		steps := chain(all, binary, func(importPath string) bool { return moduleOf(importPath) == m })
		fmt.Fprintf(&b, "  %d of %s through %s\n", count[m], m, strings.Join(steps[1:], " -> "))
	}
	return b.String()
}

func moduleOf(importPath string) string {
	words := strings.Split(importPath, "/")
	return strings.Join(words[:min(len(words), 3)], "/")
}
