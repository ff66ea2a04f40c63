package verify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
)

func inputs(in map[string]string) func(*verify.Policy) {
	return func(p *verify.Policy) { p.Inputs = in }
}

func notChecked(want ...string) func(*testing.T, *verify.Verdict) {
	return func(t *testing.T, v *verify.Verdict) {
		t.Helper()
		if diff := cmp.Diff(want, v.InputsNotChecked); diff != "" {
			t.Errorf("inputs not checked: %s", diff)
		}
	}
}

// dispatchedBuild is a release by slsa-github-generator that somebody started
// with inputs: the generator records them, and GitHub's event beside them.
func dispatchedBuild() *signing {
	s := trustedBuild()
	given := map[string]any{"channel": "stable", "note": "a,b=c", "dry-run": "false"}
	set(s.statement, "predicate.invocation.parameters.event_inputs", given)
	set(s.statement, "predicate.invocation.environment.github_event_payload", map[string]any{"inputs": given})
	return s
}

func TestInputs(t *testing.T) {
	v := newVirtual(t)
	all := map[string]string{"channel": "stable", "note": "a,b=c", "dry-run": "false"}
	run(t, v, dispatchedBuild, release, []attack{
		{name: "nobody asks", verdict: notChecked("channel", "dry-run", "note")},
		{name: "all named", policy: inputs(all), verdict: notChecked()},
		{name: "P-12 one not named", policy: inputs(map[string]string{"channel": "stable", "note": "a,b=c"}), want: verify.CheckInput},
		{name: "P-12 an empty list", policy: inputs(map[string]string{}), want: verify.CheckInput},
		{name: "P-12 another value", policy: inputs(map[string]string{"channel": "beta", "note": "a,b=c", "dry-run": "false"}), want: verify.CheckInput},
		{name: "P-12 one named that was not given", policy: inputs(map[string]string{"channel": "stable", "note": "a,b=c", "dry-run": "false", "x": ""}), want: verify.CheckInput},
		{name: "P-12 the event says otherwise", signing: says("invocation.environment.github_event_payload", map[string]any{"inputs": map[string]any{"channel": "beta"}}),
			policy: inputs(all), want: verify.CheckInput},
		{name: "no inputs, none wanted", signing: func(s *signing) {
			says("invocation.parameters", nil)(s)
			says("invocation.environment.github_event_payload.inputs", nil)(s)
		}, policy: inputs(map[string]string{}), verdict: notChecked()},
		{name: "P-12 no object", signing: says("invocation.parameters.event_inputs", "x"), want: verify.CheckPredicate},
	})
	run(t, v, attestation, release, []attack{
		{name: "P-12 of a build that records none", policy: inputs(map[string]string{"channel": "stable"}), want: verify.CheckInput},
		{name: "none wanted", policy: inputs(map[string]string{})},
		{name: "P-12 recorded", signing: says("buildDefinition.externalParameters.inputs", map[string]any{"channel": "stable"}), verdict: notChecked("channel")},
		{name: "P-12 as a number", signing: says("buildDefinition.externalParameters.inputs", map[string]any{"n": 12345678901234567}),
			policy: inputs(map[string]string{"n": "12345678901234567"})},
		{name: "P-12 as another number that a float would not tell apart", signing: says("buildDefinition.externalParameters.inputs", map[string]any{"n": 12345678901234567}),
			policy: inputs(map[string]string{"n": "12345678901234568"}), want: verify.CheckInput},
		{name: "P-12 of another kind of statement", signing: func(s *signing) { s.statement["predicateType"] = "https://spdx.dev/Document" },
			policy: func(p *verify.Policy) {
				p.PredicateTypes, p.Inputs = []string{"https://spdx.dev/Document"}, map[string]string{}
			}, want: verify.CheckPredicate},
	})
	run(t, v, signature, release, []attack{
		{name: "P-12 of a message", policy: inputs(map[string]string{"channel": "stable"}), want: verify.CheckPredicate},
	})
}
