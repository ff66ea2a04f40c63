package verify_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

// constraints are things that a policy may ask beside what it asks already,
// some of which hold for the evidence below and some do not.
var constraints = map[string]func(*verify.Policy){
	"repository":         func(p *verify.Policy) { p.Repository = "octo/widget" },
	"another repository": func(p *verify.Policy) { p.Repository = "evil/widget" },
	"identity": func(p *verify.Policy) {
		p.Identities = []verify.Identity{{Subject: workflowOf("octo/widget", "release.yml", tagRef), Issuer: verify.GitHubIssuer}}
	},
	"signer workflow": func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/.github/workflows/release.yml" },
	"signer digest":   func(p *verify.Policy) { p.SignerDigest = commit },
	"owner":           func(p *verify.Policy) { p.Owner = "octo" },
	"repository id":   func(p *verify.Policy) { p.RepositoryID = "4711" },
	"owner id":        func(p *verify.Policy) { p.OwnerID = "42" },
	"another owner":   func(p *verify.Policy) { p.OwnerID = "43" },
	"ref":             func(p *verify.Policy) { p.Ref = tagRef },
	"another ref":     func(p *verify.Policy) { p.Ref = "refs/heads/main" },
	"version":         func(p *verify.Policy) { p.Version = "v1.4" },
	"commit":          func(p *verify.Policy) { p.Commit = commit },
	"push":            func(p *verify.Policy) { p.Events = []string{"push"} },
	"provenance":      func(p *verify.Policy) { p.Require = verify.RequireProvenance },
	"signature":       func(p *verify.Policy) { p.Require = verify.RequireSignature },
	"level 2":         func(p *verify.Policy) { p.Level = 2 },
	"level 3":         func(p *verify.Policy) { p.Level = 3 },
	"proof":           func(p *verify.Policy) { p.RequireInclusionProof = true },
}

// Asking for more never turns a no into a yes, and the order in which things
// are asked decides nothing.
func TestPolicyMonotony(t *testing.T) {
	v := newVirtual(t)
	bent := map[string]func(*signing){
		"good": func(*signing) {}, "pull request": event("pull_request"), "self-hosted": runner("self-hosted"),
		"no runner": without(11), "a branch": builtFrom("refs/heads/main"), "a fork": also(ext(12, "https://github.com/fork/widget"), ext(5, "fork/widget"), ext(16, "https://github.com/fork")),
		"another signer": signedBy(workflowOf("octo/tools", "x.yml", tagRef)), "another claim": stated("predicate.runDetails.builder.id", genericBuilder),
		"promise alone": func(s *signing) { s.mediaType = typeV01; s.entries[0].proof = false },
	}
	names := slices.Sorted(maps.Keys(constraints))
	random := rand.New(rand.NewPCG(1, 2))
	for _, what := range slices.Sorted(maps.Keys(bent)) {
		s := attestation()
		bent[what](s)
		data := encode(t, v.bundle(t, s))
		accepted := func(asked []string) (bool, *verify.Policy) {
			p := &verify.Policy{Identities: []verify.Identity{{Pattern: mustPattern(t, ".*"), Issuer: verify.GitHubIssuer}}}
			for _, name := range asked {
				constraints[name](p)
			}
			_, err := verifyBytes(data, v.trusted(), widget(), p)
			return err == nil, p
		}
		for range 6 {
			order := random.Perm(len(names))
			var asked []string
			before := true
			for _, i := range order {
				if overwrites(asked, names[i]) {
					continue
				}
				asked = append(asked, names[i])
				now, p := accepted(asked)
				if now && !before {
					t.Fatalf("%s: %q turned a no into a yes: %+v", what, names[i], p)
				}
				before = now
			}
			slices.Reverse(asked)
			if again, p := accepted(asked); again != before {
				t.Fatalf("%s: the order of %q decides: %+v", what, asked, p)
			}
		}
	}
}

// overwrites tells whether a constraint would take the place of one already
// asked for rather than stand beside it.
func overwrites(asked []string, name string) bool {
	groups := [][]string{{"repository", "another repository"}, {"owner id", "another owner"}, {"ref", "another ref"}, {"provenance", "signature"}, {"level 2", "level 3"}}
	for _, g := range groups {
		if slices.Contains(g, name) && slices.ContainsFunc(asked, func(a string) bool { return slices.Contains(g, a) }) {
			return true
		}
	}
	return false
}

func mustPattern(t testing.TB, pattern string) *regexp.Regexp {
	t.Helper()
	re, err := verify.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

// The evidence's own order decides nothing either.
func TestEvidenceOrder(t *testing.T) {
	v := newVirtual(t)
	s := attestation()
	s.statement["subject"] = subjects("widget.tar.gz", "a", "b", "c")
	list := s.statement["subject"].([]any)
	for n := range list {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s.statement["subject"] = slices.Concat(list[n:], list[:n])
			if _, err := verifyBytes(encode(t, v.bundle(t, s)), v.trusted(), widget(), release()); err != nil {
				t.Error(err)
			}
		})
	}
}
