package archtest

import (
	"slices"
	"strings"
	"testing"
)

// domain are the packages that say what supply-chain evidence is. They import
// nothing of ours but what stands here.
var domain = map[string][]string{
	"provenance": nil,
	"sign":       nil,
	"verify":     nil,
	"workflow":   nil,
	"review":     {"verify", "workflow"},
}

// shared are the folders of internal/ that others of internal/ may import; the
// rest know nothing of each other and are joined by internal/cli.
var shared = []string{"internal/cli"}

// mayImport says whether a package of ours in layer from may import one in
// layer to.
func mayImport(from, to string) bool {
	if from == to {
		return true
	}
	allowed, isDomain := domain[from]
	switch {
	case isDomain:
		return slices.Contains(allowed, to)
	case strings.HasPrefix(to, "cmd/"):
		return false
	case strings.HasPrefix(from, "cmd/"):
		return to == "internal/cli"
	case slices.Contains(shared, from):
		return true
	}
	return !strings.HasPrefix(to, "internal/")
}

func TestLayers(t *testing.T) {
	for _, p := range mustPackages(t) {
		from := ours(p.ImportPath)
		if from == "" {
			continue
		}
		for _, imported := range p.Imports {
			if to := ours(imported); to != "" && !mayImport(layer(from), layer(to)) {
				t.Errorf("%s imports %s: see docs/architecture.md, who may import whom", from, to)
			}
		}
	}
}

func TestMayImport(t *testing.T) {
	tests := map[string]struct {
		from, to string
		want     bool
	}{
		"command to its app":      {"cmd/hallmark", "internal/cli", true},
		"command to a domain":     {"cmd/hallmark", "verify", false},
		"app to a domain":         {"internal/cli", "verify", true},
		"app to a service":        {"internal/cli", "internal/trust", true},
		"service to a domain":     {"internal/report", "verify", true},
		"service to its sibling":  {"internal/report", "internal/trust", false},
		"service to the app":      {"internal/trust", "internal/cli", false},
		"domain to a domain":      {"sign", "verify", false},
		"review to verify":        {"review", "verify", true},
		"review to sign":          {"review", "sign", false},
		"domain to a service":     {"verify", "internal/trust", false},
		"anything to a command":   {"internal/cli", "cmd/hallmark", false},
		"a package to its folder": {"verify", "verify", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := mayImport(test.from, test.to); got != test.want {
				t.Errorf("%s importing %s: %v, want %v", test.from, test.to, got, test.want)
			}
		})
	}
}

// ban keeps others' packages to the places that may know them.
type ban struct {
	prefix string
	except []string // layers that may import it
	why    string
}

var bans = []ban{
	{"github.com/urfave/cli", []string{"internal/cli"}, "argv is the command layer's business"},
	{"github.com/sigstore/cosign", []string{"internal/registry", "internal/trust"}, "cosign is used for registries and ambient identities alone"},
	{"github.com/sigstore/cosign/v2/cmd", nil, "command packages pull in over a thousand others"},
	{"github.com/slsa-framework/slsa-verifier/v2/verifiers/internal", nil, "does not compile beside sigstore-go 1.0 and later"},
}

// bannedRoots are packages that are banned while those in their folders are not:
// an engine that does not compile beside sigstore-go 1.0 and later, and 57
// packages for what sigstore-go does, of which cosign's providers want one.
var bannedRoots = []string{
	"github.com/slsa-framework/slsa-verifier/v2/verifiers",
	"github.com/sigstore/cosign/v2/pkg/cosign",
}

func TestBannedPackages(t *testing.T) {
	all := mustPackages(t)
	for _, p := range all {
		from := ours(p.ImportPath)
		if from == "" {
			continue
		}
		for _, b := range bans {
			if i := slices.IndexFunc(p.Imports, func(i string) bool { return below(i, b.prefix) }); i >= 0 && !slices.Contains(b.except, layer(from)) {
				t.Errorf("%s imports %s: %s", from, p.Imports[i], b.why)
			}
		}
	}
	banned := func(importPath string) bool {
		return slices.Contains(bannedRoots, importPath) || slices.ContainsFunc(bans, func(b ban) bool {
			return b.except == nil && below(importPath, b.prefix)
		})
	}
	if steps := chain(all, binary, banned); steps != nil {
		t.Errorf("the binary links a banned package:\n  %s", strings.Join(steps, "\n  "))
	}
}
