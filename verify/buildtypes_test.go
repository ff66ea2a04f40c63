package verify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hallmark-project/hallmark/verify"
)

// recordedBuild is a release whose workflow recorded what it was started with
// and what it chose, by hallmark's own build type.
func recordedBuild() *signing {
	s := attestation()
	buildType("https://github.com/hallmark-project/hallmark/blob/main/docs/buildtypes/github/v1")(s)
	says("buildDefinition.externalParameters.inputs", map[string]any{"channel": "stable", "dry-run": false})(s)
	says("buildDefinition.externalParameters.params", map[string]any{"target": "linux/arm64"})(s)
	return s
}

func TestRecordedBuildType(t *testing.T) {
	v := newVirtual(t)
	all := map[string]string{"channel": "stable", "dry-run": "false", "target": "linux/arm64"}
	run(t, v, recordedBuild, release, []attack{
		{name: "nobody asks", verdict: notChecked("channel", "dry-run", "target")},
		{name: "its level", verdict: levelIs(2)},
		{name: "all named", policy: inputs(all), verdict: notChecked()},
		{name: "P-12 a parameter not named", policy: inputs(map[string]string{"channel": "stable", "dry-run": "false"}), want: verify.CheckInput},
		{name: "P-12 another parameter", signing: says("buildDefinition.externalParameters.params.target", "evil"), policy: inputs(all), want: verify.CheckInput},
		{name: "P-12 a parameter by the name of an input", signing: says("buildDefinition.externalParameters.params.channel", "beta"), policy: inputs(all), want: verify.CheckInput},
		{name: "P-12 unknown parameter", signing: says("buildDefinition.externalParameters.vars", map[string]any{}), want: verify.CheckPredicate},
		{name: "P-12 no object of parameters", signing: says("buildDefinition.externalParameters.params", "x"), want: verify.CheckPredicate},
		{name: "P-12 no workflow", signing: says("buildDefinition.externalParameters.workflow", nil), want: verify.CheckPredicate},
		{name: "P-08 another repository", signing: says("buildDefinition.externalParameters.workflow.repository", "https://github.com/evil/widget"), want: verify.CheckPredicate},
		{name: "P-08 another event", signing: says("buildDefinition.internalParameters.github.event_name", "pull_request"), want: verify.CheckEvent},
		{name: "parameters in GitHub's type", signing: buildType("https://actions.github.io/buildtypes/workflow/v1"), want: verify.CheckPredicate},
		{name: "the next version", signing: buildType("https://github.com/hallmark-project/hallmark/blob/main/docs/buildtypes/github/v2"), want: verify.CheckPredicate},
	})
}

// gitLabBuild is what a GitLab job says of itself, beside the certificate that
// Fulcio issues to it.
func gitLabBuild() *signing {
	const (
		project = "https://gitlab.com/octo/tools/widget"
		config  = project + "//.gitlab-ci.yml@refs/tags/v1.4.0"
	)
	s := attestation()
	s.cert.names = append(s.cert.names[:0], uriSAN(config))
	s.cert.ext = map[int]string{
		1: "https://gitlab.com", 8: "https://gitlab.com", 9: config, 10: commit, 11: "gitlab-hosted", 12: project, 13: commit, 14: "refs/tags/v1.4.0",
		15: "1001", 16: "https://gitlab.com/octo/tools", 17: "2002", 18: config, 19: commit, 20: "push", 21: project + "/-/jobs/412", 22: "public",
	}
	s.statement["predicate"] = map[string]any{
		"buildDefinition": map[string]any{
			"buildType":            "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1",
			"externalParameters":   map[string]any{"source": project, "entryPoint": "build-job", "variables": map[string]any{"CI_JOB_ID": "412"}},
			"internalParameters":   map[string]any{"job": 412},
			"resolvedDependencies": []any{map[string]any{"uri": project, "digest": map[string]any{"gitCommit": commit}}},
		},
		"runDetails": map[string]any{
			"builder":  map[string]any{"id": project + "/-/runners/33"},
			"metadata": map[string]any{"invocationId": "412"},
		},
	}
	return s
}

// The word of a GitLab job is nobody's promise: its identity can be verified,
// its provenance is not believed, as no GitLab builder is known.
func TestGitLab(t *testing.T) {
	v := newVirtual(t)
	who := verify.Identity{Subject: "https://gitlab.com/octo/tools/widget//.gitlab-ci.yml@refs/tags/v1.4.0", Issuer: "https://gitlab.com"}
	signer := func() *verify.Policy { return &verify.Policy{Identities: []verify.Identity{who}} }
	notBelieved := func(want ...verify.Disagreement) func(*testing.T, *verify.Verdict) {
		return func(t *testing.T, v *verify.Verdict) {
			if diff := cmp.Diff(want, v.NotBelieved); diff != "" {
				t.Error(diff)
			}
			if v.Level != nil {
				t.Errorf("level %v of a statement that is not believed", v.Level)
			}
		}
	}
	run(t, v, gitLabBuild, signer, []attack{
		{name: "what it says agrees", verdict: notBelieved()},
		{name: "what the certificate says is a fact", verdict: func(t *testing.T, v *verify.Verdict) {
			if got := v.Fact(verify.FactRepository); got.Value != "https://gitlab.com/octo/tools/widget" || got.By != verify.ByCertificate {
				t.Errorf("got %v", got)
			}
		}},
		{name: "another run", signing: says("runDetails.metadata.invocationId", "413"), verdict: notBelieved(
			verify.Disagreement{Name: verify.FactRun, Certificate: "https://gitlab.com/octo/tools/widget/-/jobs/412", Statement: "https://gitlab.com/octo/tools/widget/-/jobs/413"})},
		{name: "as provenance", policy: func(p *verify.Policy) { p.Require = verify.RequireProvenance }, want: verify.CheckRunner},
		{name: "as provenance of a level", policy: func(p *verify.Policy) { p.Level = 1 }, want: verify.CheckRunner},
		{name: "as provenance from any runner", signing: func(s *signing) { s.cert.ext[11] = "self-hosted" },
			policy: func(p *verify.Policy) { p.Require, p.AllowSelfHosted = verify.RequireProvenance, true }, want: verify.CheckBuilder},
	})
	run(t, v, attestation, release, []attack{
		{name: "GitLab's type from a GitHub workflow", signing: func(s *signing) { s.statement["predicate"] = gitLabBuild().statement["predicate"] }, want: verify.CheckPredicate},
	})
}
