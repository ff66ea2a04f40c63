package verify_test

import (
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

const generator = "slsa-framework/slsa-github-generator"

// delegatedBuild is a release that one of slsa-github-generator's delegators
// signed for another workflow, which the provenance names as the builder.
func delegatedBuild(builder string) *signing {
	s := attestation()
	s.cert = gitHubCertificate(workflowOf(generator, "delegator_lowperms-generic_slsa3.yml", "refs/tags/v2.1.0"))
	set(s.statement, "predicate.runDetails.builder.id", builder)
	set(s.statement, "predicate.buildDefinition.buildType", "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0")
	set(s.statement, "predicate.buildDefinition.externalParameters", map[string]any{"inputs": map[string]any{"jdk-version": 17}, "vars": map[string]any{}})
	set(s.statement, "predicate.buildDefinition.internalParameters", map[string]any{"GITHUB_EVENT_NAME": "push", "GITHUB_REPOSITORY": "octo/widget",
		"GITHUB_WORKFLOW_REF": "octo/widget/.github/workflows/release.yml@" + tagRef, "GITHUB_RUN_ID": "8123456789", "GITHUB_RUN_ATTEMPT": "1"})
	return s
}

// npmBuild is a release by npm's client in the project's own workflow.
func npmBuild() *signing {
	s := attestation()
	set(s.statement, "predicate.runDetails.builder.id", "https://github.com/actions/runner/github-hosted")
	set(s.statement, "predicate.buildDefinition.buildType", "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1")
	set(s.statement, "predicate.buildDefinition.internalParameters.github.runner_environment", nil)
	return s
}

// reusable is a release by a reusable workflow that attests as GitHub's action
// does.
func reusable(signer string) *signing {
	s := attestation()
	s.cert = gitHubCertificate(signer)
	set(s.statement, "predicate.runDetails.builder.id", signer)
	return s
}

func says(path string, value any) func(*signing) {
	return func(s *signing) { set(s.statement, "predicate."+path, value) }
}

func builderID(id string) func(*signing) { return says("runDetails.builder.id", id) }
func buildType(uri string) func(*signing) {
	return says("buildDefinition.buildType", uri)
}

// byWorkflow replaces the certificate, and the builder id with it.
func byWorkflow(signer string) func(*signing) {
	return func(s *signing) { s.cert = gitHubCertificate(signer); builderID(signer)(s) }
}

func levelIs(build int) func(*testing.T, *verify.Verdict) {
	return func(t *testing.T, v *verify.Verdict) {
		t.Helper()
		if v.Level.Build != build {
			t.Errorf("got level %d (%s), want %d", v.Level.Build, v.Level.Why, build)
		}
	}
}

func signerIs(workflow string) func(*verify.Policy) {
	return func(p *verify.Policy) { p.SignerWorkflow = workflow }
}

func TestDelegatedBuilders(t *testing.T) {
	v := newVirtual(t)
	maven := workflowOf(generator, "builder_maven_slsa3.yml", "refs/tags/v2.1.0")
	own := "octo/builders/.github/workflows/builder_slsa3.yml"
	foreign := workflowOf("octo/builders", "builder_slsa3.yml", "refs/tags/v1.0.0")
	run(t, v, func() *signing { return delegatedBuild(maven) }, release, []attack{
		{name: "P-17 its level", verdict: levelIs(3)},
		{name: "the builder is told", verdict: func(t *testing.T, v *verify.Verdict) {
			if got := v.Fact(verify.FactBuilder); got.Value != maven || got.By != verify.SelfAsserted {
				t.Errorf("got builder %+v", got)
			}
		}},
		{name: "the builder named", policy: signerIs(generator + "/.github/workflows/builder_maven_slsa3.yml")},
		{name: "the delegator named", policy: signerIs(generator + "/.github/workflows/delegator_lowperms-generic_slsa3.yml")},
		{name: "another builder named", policy: signerIs(generator + "/.github/workflows/builder_gradle_slsa3.yml"), want: verify.CheckSigner},
		{name: "P-01 a builder that nobody named", signing: builderID(foreign), want: verify.CheckBuilder},
		{name: "a builder that the policy names", signing: builderID(foreign), policy: signerIs(own), verdict: levelIs(3)},
		{name: "a builder on a branch", signing: builderID(workflowOf("octo/builders", "builder_slsa3.yml", "refs/heads/main")), policy: signerIs(own), want: verify.CheckBuilder},
		{name: "the delegator named for another's builder", signing: builderID(foreign),
			policy: signerIs(generator + "/.github/workflows/delegator_lowperms-generic_slsa3.yml"), want: verify.CheckSigner},
		{name: "JReleaser's tags", signing: builderID(workflowOf("jreleaser/release-action", "builder_slsa3.yml", "refs/tags/v1.0.0-java")),
			policy: signerIs("jreleaser/release-action/.github/workflows/builder_slsa3.yml")},
		{name: "P-03 JReleaser's tags elsewhere", signing: builderID(workflowOf("jreleaser/release-action-x", "builder_slsa3.yml", "refs/tags/v1.0.0-java")),
			policy: signerIs("jreleaser/release-action-x/.github/workflows/builder_slsa3.yml"), want: verify.CheckBuilder},
		{name: "P-03 a longer repository", signing: builderID(workflowOf(generator+"-evil", "builder_maven_slsa3.yml", "refs/tags/v2.1.0")), want: verify.CheckBuilder},
		{name: "P-02 no workflow", signing: builderID("https://github.com/actions/runner"), want: verify.CheckBuilder},
		{name: "P-11 a build type of another builder", signing: buildType("https://slsa.dev/container-based-build/v0.1?draft"), want: verify.CheckPredicate},
		{name: "P-12 unknown parameter", signing: says("buildDefinition.externalParameters.debug", true), want: verify.CheckPredicate},
		{name: "P-12 no object of parameters", signing: says("buildDefinition.externalParameters", "x"), want: verify.CheckPredicate},
		{name: "P-12 no object of inputs", signing: says("buildDefinition.externalParameters.inputs", []any{"x"}), want: verify.CheckPredicate},
		{name: "P-08 another repository in the environment", signing: says("buildDefinition.internalParameters.GITHUB_REPOSITORY", "evil/widget"), want: verify.CheckSource},
		{name: "P-12 another workflow in the environment", signing: says("buildDefinition.internalParameters.GITHUB_WORKFLOW_REF",
			"octo/widget/.github/workflows/debug.yml@"+tagRef), want: verify.CheckPredicate},
		{name: "P-15 another run in the environment", signing: says("buildDefinition.internalParameters.GITHUB_RUN_ID", "1"), want: verify.CheckPredicate},
		{name: "a builder named for a message", signing: func(s *signing) { s.statement, s.message, s.entries[0].kind = nil, []byte(artifact), "hashedrekord" },
			policy: signerIs(own), want: verify.CheckSigner},
	})
}

func TestRunnersOfNPM(t *testing.T) {
	v := newVirtual(t)
	const runners = "https://github.com/actions/runner"
	run(t, v, npmBuild, release, []attack{
		{name: "P-17 its level", verdict: levelIs(2)},
		{name: "P-11 GitHub's own build type", signing: buildType("https://actions.github.io/buildtypes/workflow/v1"), want: verify.CheckPredicate},
		{name: "P-01 the short id in provenance v1", signing: builderID(runners), want: verify.CheckBuilder},
		{name: "P-02 a longer id", signing: builderID(runners + "/github-hosted2"), want: verify.CheckBuilder},
		{name: "P-14 self-hosted, says the statement", signing: builderID(runners + "/self-hosted"), want: verify.CheckBuilder},
		{name: "P-14 self-hosted, says the certificate", signing: func(s *signing) { s.cert.ext[11] = "self-hosted" },
			policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, want: verify.CheckBuilder},
		{name: "self-hosted, say both", signing: func(s *signing) { s.cert.ext[11] = "self-hosted"; builderID(runners + "/self-hosted")(s) },
			policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, verdict: levelIs(1)},
		{name: "P-01 signed by a trusted builder", signing: func(s *signing) {
			s.cert = gitHubCertificate(workflowOf("hallmark-project/hallmark", "hallmark.yml", "refs/tags/v1.2.3"))
		}, want: verify.CheckBuilder},
	})
	first := func() *signing {
		s := trustedBuild()
		s.cert = gitHubCertificate(workflowOf("octo/widget", "release.yml", tagRef))
		set(s.statement, "predicate.builder.id", runners)
		set(s.statement, "predicate.buildType", "https://github.com/npm/cli/gha/v2")
		set(s.statement, "predicate.invocation.parameters", map[string]any{})
		set(s.statement, "predicate.metadata", map[string]any{"buildInvocationId": "8123456789-1"})
		return s
	}
	run(t, v, first, release, []attack{
		{name: "P-17 its level", verdict: levelIs(2)},
		{name: "P-12 parameters", signing: says("invocation.parameters.event_inputs", map[string]any{}), want: verify.CheckPredicate},
		{name: "P-12 no object of parameters", signing: says("invocation.parameters", "x"), want: verify.CheckPredicate},
		{name: "P-11 a generator's build type", signing: says("buildType", "https://github.com/slsa-framework/slsa-github-generator/generic@v1"), want: verify.CheckPredicate},
		{name: "P-15 another run", signing: says("metadata.buildInvocationId", "1-1"), want: verify.CheckPredicate},
		{name: "P-15 another attempt", signing: says("metadata.buildInvocationId", "8123456789-2"), want: verify.CheckPredicate},
	})
}

func TestReusableWorkflow(t *testing.T) {
	v := newVirtual(t)
	at := func(ref string) string { return workflowOf("hallmark-project/hallmark", "hallmark.yml", ref) }
	pinned := func(p *verify.Policy) { p.SignerDigest = commit }
	run(t, v, func() *signing { return reusable(at("refs/tags/v1.2.3")) }, release, []attack{
		{name: "P-17 its level", verdict: levelIs(3)},
		{name: "P-14 on the project's own machines", signing: func(s *signing) {
			s.cert.ext[11] = "self-hosted"
			says("buildDefinition.internalParameters.github.runner_environment", "self-hosted")(s)
		}, policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, verdict: levelIs(1)},
		{name: "a branch", signing: byWorkflow(at("refs/heads/main")), want: verify.CheckBuilder},
		{name: "a short tag", signing: byWorkflow(at("refs/tags/v1")), want: verify.CheckBuilder},
		{name: "a pre-release", signing: byWorkflow(at("refs/tags/v1.2.3-rc.1")), want: verify.CheckBuilder},
		{name: "a commit that nobody named", signing: byWorkflow(at(commit)), want: verify.CheckBuilder},
		{name: "a commit that the policy names", signing: byWorkflow(at(commit)), policy: pinned, verdict: levelIs(3)},
		{name: "another commit than the policy names", signing: func(s *signing) {
			byWorkflow(at("0123456789012345678901234567890123456789"))(s)
			s.cert.ext[10] = "0123456789012345678901234567890123456789"
		}, policy: pinned, want: verify.CheckBuilder},
		{name: "a release at another commit than the policy names", signing: func(s *signing) { s.cert.ext[10] = "0123456789012345678901234567890123456789" },
			policy: pinned, want: verify.CheckSigner},
		{name: "a fork's commit beside the digest that the policy names", signing: byWorkflow(at("0123456789012345678901234567890123456789")),
			policy: pinned, want: verify.CheckBuilder},
		{name: "a generator by its commit", signing: byWorkflow(workflowOf(generator, "generator_generic_slsa3.yml", commit)), policy: pinned, want: verify.CheckBuilder},
	})
}

// A builder in its own repository is a workflow like any other.
func TestBuilderInItsOwnRepository(t *testing.T) {
	v := newVirtual(t)
	own := func(ref string) func() *signing {
		return func() *signing {
			s := reusable(workflowOf("hallmark-project/hallmark", "hallmark.yml", ref))
			s.cert.ext[5], s.cert.ext[12], s.cert.ext[16] = "hallmark-project/hallmark", "https://github.com/hallmark-project/hallmark", "https://github.com/hallmark-project"
			s.cert.ext[18] = workflowOf("hallmark-project/hallmark", "release.yml", tagRef)
			s.cert.ext[21] = "https://github.com/hallmark-project/hallmark/actions/runs/1/attempts/1"
			says("buildDefinition.externalParameters.workflow.repository", "https://github.com/hallmark-project/hallmark")(s)
			set(s.statement, "predicate.buildDefinition.resolvedDependencies.uri", "git+https://github.com/hallmark-project/hallmark@"+tagRef)
			says("runDetails.metadata.invocationId", s.cert.ext[21])(s)
			return s
		}
	}
	policy := func() *verify.Policy { return &verify.Policy{Repository: "hallmark-project/hallmark"} }
	run(t, v, own("refs/tags/v1.4.0"), policy, []attack{{name: "a release", verdict: levelIs(3)}})
	run(t, v, own("refs/heads/main"), policy, []attack{{name: "a branch", verdict: levelIs(2)}})
}

func TestBazelRegistry(t *testing.T) {
	v := newVirtual(t)
	const publisher = "bazel-contrib/publish-to-bcr/.github/workflows/publish.yaml"
	at := func(ref string) string { return workflowOf("bazel-contrib/publish-to-bcr", "publish.yaml", ref) }
	policy := func() *verify.Policy { p := release(); p.SignerWorkflow = publisher; return p }
	run(t, v, func() *signing { return reusable(at("refs/tags/v0.0.1")) }, policy, []attack{
		{name: "P-17 its level", verdict: levelIs(2)},
		{name: "P-10 not named", policy: signerIs(""), want: verify.CheckSigner},
		{name: "a branch", signing: byWorkflow(at("refs/heads/main")), want: verify.CheckBuilder},
	})
}
