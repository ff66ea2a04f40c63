package verify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
)

func TestPolicyAnd(t *testing.T) {
	const person, pattern = `{identity: dev@octo.example, issuer: https://accounts.example}`, `{identity-pattern: .*@octo\.example, issuer: https://accounts.example}`
	const other, elsewhere = `{identity: ops@octo.example, issuer: https://accounts.example}`, `{identity: dev@octo.example, issuer: https://other.example}`
	key, another := quote(publicKey), quote(string(otherKey(t)))
	tests := map[string]struct{ a, b, want string }{
		"two facts":                 {"repo: octo/widget", "ref: refs/tags/v1", "repo: octo/widget\nref: refs/tags/v1"},
		"a fact twice":              {"ref: refs/tags/v1", "ref: refs/tags/v1", "ref: refs/tags/v1"},
		"a fact in two ways":        {"ref: refs/tags/v1", "ref: refs/tags/v2", ""},
		"P-07 a name in two cases":  {"repo: Octo/widget", "repo: octo/Widget", "repo: Octo/widget"},
		"P-07 another letter":       {"repo: octo/kit", "repo: octo/\u212ait", ""},
		"a commit in two cases":     {"commit: ABCDEF", "commit: abcdef", ""},
		"two demands":               {"require: signature", "require: provenance", ""},
		"two levels":                {"slsa-level: 2", "slsa-level: 3", "slsa-level: 3"},
		"a level":                   {"slsa-level: 2", "{}", "slsa-level: 2"},
		"permissions":               {"allow-self-hosted: true", "require-inclusion-proof: true\nrequire-all: true", "allow-self-hosted: true\nrequire-inclusion-proof: true\nrequire-all: true"},
		"fewer events":              {"events: [push, release]", "events: [release, create]", "events:\n  - release"},
		"no event for both":         {"events: [push]", "events: [release]", ""},
		"no type for both":          {"predicate-types: [a]", "predicate-types: [b]", ""},
		"events of one":             {"events: [push]", "{}", "events:\n  - push"},
		"inputs of both":            {"inputs: {a: x}", "inputs: {b: z}", "inputs:\n  a: x\n  b: z"},
		"an input twice":            {"inputs: {a: x}", "inputs: {a: x}", "inputs:\n  a: x"},
		"an input in two ways":      {"inputs: {a: x}", "inputs: {a: z}", ""},
		"no inputs":                 {"inputs: {}", "{}", "inputs: {}"},
		"no inputs, by the other":   {"{}", "inputs: {}", "inputs: {}"},
		"the same key":              {"key: " + key, "key: " + key, "key: |\n  " + strings.ReplaceAll(strings.TrimSpace(publicKey), "\n", "\n  ")},
		"two keys":                  {"key: " + key, "key: " + another, ""},
		"a signer of the list":      {"identities: [" + person + ", " + other + "]", "identities: [" + other + "]", "identities: [" + other + "]"},
		"a signer of the pattern":   {"identities: [" + pattern + "]", "identities: [" + person + "]", "identities: [" + person + "]"},
		"a signer, and the pattern": {"identities: [" + person + "]", "identities: [" + pattern + "]", "identities: [" + person + "]"},
		"the same pattern":          {"identities: [" + pattern + "]", "identities: [" + pattern + "]", "identities: [" + pattern + "]"},
		"I-07 another issuer":       {"identities: [" + person + "]", "identities: [" + elsewhere + "]", ""},
		"I-07 a pattern's issuer":   {"identities: [" + pattern + "]", "identities: [" + elsewhere + "]", ""},
		"another signer":            {"identities: [" + person + "]", "identities: [" + other + "]", ""},
		"signers of one":            {"{}", "identities: [" + person + "]", "identities: [" + person + "]"},
	}
	file := func(text string) *verify.Policy {
		if text == "{}" {
			text = ""
		}
		return mustPolicy(t, "policy: v1\n"+text+"\n")
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := file(tt.a), file(tt.b)
			both, err := a.And(b)
			if tt.want == "" {
				if both != nil || !errors.Is(err, verify.ErrPolicy) {
					t.Errorf("got %v, %v, want an error of the policy", both, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(mustYAML(t, file(tt.want)), mustYAML(t, both)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(mustYAML(t, file(tt.a))+mustYAML(t, file(tt.b)), mustYAML(t, a)+mustYAML(t, b)); diff != "" {
				t.Errorf("the policies were changed: %s", diff)
			}
		})
	}
}

func otherKey(t *testing.T) []byte {
	t.Helper()
	text := mustYAML(t, &verify.Policy{Key: newVirtual(t).key(t, "P-256").Public()})
	_, block, _ := strings.Cut(text, "key: |\n")
	return []byte(strings.ReplaceAll(block, "  ", ""))
}
