package verify_test

import (
	"testing"

	"github.com/hallmark-project/hallmark/verify"
)

// signedBy has another workflow sign, in certificate and predicate alike.
func signedBy(uri string) func(*signing) {
	return func(s *signing) {
		named(uriSAN(uri))(s)
		ext(9, uri)(s)
		if s.statement["predicateType"] == "https://slsa.dev/provenance/v1" {
			set(s.statement, "predicate.runDetails.builder.id", uri)
		} else {
			set(s.statement, "predicate.builder.id", uri)
		}
	}
}

// builtFrom has another ref built, in certificate and predicate alike.
func builtFrom(ref string) func(*signing) {
	return func(s *signing) {
		signedBy(workflowOf("octo/widget", "release.yml", ref))(s)
		also(ext(6, ref), ext(14, ref), ext(18, workflowOf("octo/widget", "release.yml", ref)))(s)
		set(s.statement, "predicate.buildDefinition.externalParameters.workflow.ref", ref)
		set(s.statement, "predicate.buildDefinition.resolvedDependencies.uri", "git+https://github.com/octo/widget@"+ref)
	}
}

func event(name string) func(*signing) {
	return also(ext(2, name), ext(20, name), stated("predicate.buildDefinition.internalParameters.github.event_name", name))
}

func runner(name string) func(*signing) {
	return also(ext(11, name), stated("predicate.buildDefinition.internalParameters.github.runner_environment", name))
}

func fact(name verify.FactName, value string) func(*testing.T, *verify.Verdict) {
	return func(t *testing.T, v *verify.Verdict) {
		if got := v.Fact(name).Value; got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

func level(want int) func(*testing.T, *verify.Verdict) {
	return func(t *testing.T, v *verify.Verdict) {
		if v.Level == nil || v.Level.Build != want {
			t.Errorf("level %v, want %d", v.Level, want)
		}
	}
}

func TestPredicateAttacks(t *testing.T) {
	v := newVirtual(t)
	builder := func(id string) func(*signing) { return stated("predicate.runDetails.builder.id", id) }
	definition := func(path string, value any) func(*signing) { return stated("predicate.buildDefinition."+path, value) }
	self := workflowOf("octo/widget", "release.yml", tagRef)
	attacks := []attack{
		{name: "P-01 a trusted builder's id", signing: builder(genericBuilder), want: verify.CheckBuilder},
		{name: "P-01 no builder's id", signing: builder(""), want: verify.CheckBuilder},
		{name: "P-07 .git behind the source", signing: definition("resolvedDependencies.uri", "git+https://github.com/octo/widget.git@"+tagRef), want: verify.CheckSource},
		{name: "P-07 source without git+", signing: definition("resolvedDependencies.uri", "https://github.com/octo/widget@"+tagRef), want: verify.CheckSource},
		{name: "P-07 other case", signing: definition("resolvedDependencies.uri", "git+https://github.com/Octo/Widget@"+tagRef)},
		{name: "P-07 letters that fold beyond ASCII", signing: definition("resolvedDependencies.uri", "git+https://github.com/octo/w\u0131dget@"+tagRef), want: verify.CheckSource},
		{name: "P-08 another source", signing: definition("resolvedDependencies.uri", "git+https://github.com/evil/widget@"+tagRef), want: verify.CheckSource},
		{name: "P-08 another source's ref", signing: definition("resolvedDependencies.uri", "git+https://github.com/octo/widget@refs/heads/main"), want: verify.CheckRef},
		{name: "P-08 another workflow's repository", signing: definition("externalParameters.workflow.repository", "https://github.com/evil/widget"), want: verify.CheckPredicate},
		{name: "P-08 another workflow's ref", signing: definition("externalParameters.workflow.ref", "refs/heads/main"), want: verify.CheckPredicate},
		{name: "P-08 another repository number", signing: definition("internalParameters.github.repository_id", "4712"), want: verify.CheckSource},
		{name: "P-08 another owner number", signing: definition("internalParameters.github.repository_owner_id", "43"), want: verify.CheckSource},
		{name: "P-08 another event", signing: definition("internalParameters.github.event_name", "release"), want: verify.CheckEvent},
		{name: "P-09 another commit", signing: definition("resolvedDependencies.digest.gitCommit", "0000000000000000000000000000000000000000"), want: verify.CheckCommit},
		{name: "P-09 another sha1 beside it", signing: definition("resolvedDependencies.digest.sha1", "0000000000000000000000000000000000000000"), want: verify.CheckCommit},
		{name: "P-09 no commit", signing: definition("resolvedDependencies.digest", map[string]any{}), want: verify.CheckCommit},
		{name: "P-09 commit in capitals", signing: definition("resolvedDependencies.digest.gitCommit", "9F2D1C7A64A5E3A3F3A1F7B9C1C0D2E4F6A8B0C2"), want: verify.CheckCommit},
		{name: "P-09 no dependency", signing: definition("resolvedDependencies", []any{}), want: verify.CheckSource},
		{name: "P-11 no build type", signing: definition("buildType", ""), want: verify.CheckPredicate},
		{name: "P-11 unknown build type", signing: definition("buildType", "https://evil.example/v1"), want: verify.CheckPredicate},
		{name: "P-11 build type of another builder", signing: definition("buildType", "https://slsa.dev/container-based-build/v0.1?draft"), want: verify.CheckPredicate},
		{name: "P-11 build type in other case", signing: definition("buildType", "https://actions.github.io/buildtypes/Workflow/v1"), want: verify.CheckPredicate},
		{name: "P-11 the other URI of the same", signing: definition("buildType", "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1")},
		{name: "P-12 unknown parameter", signing: definition("externalParameters.compiler", "evil"), want: verify.CheckPredicate},
		{name: "P-12 no workflow", signing: definition("externalParameters.workflow", nil), want: verify.CheckPredicate},
		{name: "P-12 workflow that is text", signing: definition("externalParameters.workflow", "x"), want: verify.CheckPredicate},
		{name: "P-12 no path", signing: definition("externalParameters.workflow.path", nil), want: verify.CheckPredicate},
		{name: "P-12 another path", signing: definition("externalParameters.workflow.path", ".github/workflows/debug.yml"), want: verify.CheckPredicate},
		{name: "P-12 parameters that are a list", signing: definition("externalParameters", []any{}), want: verify.CheckPredicate},
		{name: "P-12 inputs that nobody named", signing: definition("externalParameters.inputs", map[string]any{"debug": "true"}), verdict: func(t *testing.T, v *verify.Verdict) {
			if len(v.InputsNotChecked) != 1 || v.InputsNotChecked[0] != "debug" {
				t.Errorf("inputs not checked %v, want debug", v.InputsNotChecked)
			}
		}},
		{name: "P-14 says hosted where the certificate says self-hosted", signing: ext(11, "self-hosted"), policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, want: verify.CheckRunner},
		{name: "P-15 another run", signing: stated("predicate.runDetails.metadata.invocationId", "https://github.com/octo/widget/actions/runs/1/attempts/1"), want: verify.CheckPredicate},
		{name: "P-15 another attempt", signing: stated("predicate.runDetails.metadata.invocationId", "https://github.com/octo/widget/actions/runs/8123456789/attempts/2"), want: verify.CheckPredicate},
		{name: "P-15 another host", signing: stated("predicate.runDetails.metadata.invocationId", "https://github.com.evil.example/octo/widget/actions/runs/8123456789/attempts/1"), want: verify.CheckPredicate},
		{name: "P-16 v0.2 labelled v1", signing: func(s *signing) { s.statement["predicate"] = trustedBuild().statement["predicate"] }, want: verify.CheckPredicate},
		{name: "P-16 v1 labelled v0.2", signing: stated("predicateType", "https://slsa.dev/provenance/v0.2"), want: verify.CheckPredicate},
		{name: "P-16 a finish in the future, never said", signing: stated("predicate.runDetails.metadata.finishedOn", "2099-01-01T00:00:00Z")},
		{name: "P-17 level of a workflow of the project", verdict: level(2)},
		{name: "P-17 level 3 of a workflow of the project", policy: func(p *verify.Policy) { p.Level = 3 }, want: verify.CheckLevel},
		{name: "P-17 level of a self-hosted runner", signing: runner("self-hosted"), policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, verdict: level(1)},
	}
	for _, id := range []string{self + "/x", self + "@refs/tags/v2", "https://github.com.evil.example/octo/widget/.github/workflows/release.yml@" + tagRef,
		"https://github.com@evil.example/octo/widget/.github/workflows/release.yml@" + tagRef, "https://github.com:443/octo/widget/.github/workflows/release.yml@" + tagRef,
		"http://github.com/octo/widget/.github/workflows/release.yml@" + tagRef, "https://GitHub.com/octo/widget/.github/workflows/release.yml@" + tagRef,
		"https://github.com/octo/widget/.github/workflows/release%2eyml@" + tagRef, "https://github.com/octo/widget/.github/workflows/../workflows/release.yml@" + tagRef,
		"https://github.com/octo/widget/.github/workflows/release.yml", self + "/"} {
		attacks = append(attacks, attack{name: "P-02 builder id " + id, signing: builder(id), want: verify.CheckBuilder})
	}
	run(t, v, attestation, release, attacks)
}

func TestTrustedBuilderAttacks(t *testing.T) {
	v := newVirtual(t)
	generator := func(repository, file, ref string) func(*signing) {
		return signedBy("https://github.com/" + repository + "/.github/workflows/" + file + "@" + ref)
	}
	const slsa = "slsa-framework/slsa-github-generator"
	config := func(path string, value any) func(*signing) {
		return stated("predicate.invocation.configSource."+path, value)
	}
	environment := func(name string, value any) func(*signing) {
		return stated("predicate.invocation.environment."+name, value)
	}
	run(t, v, trustedBuild, release, []attack{
		{name: "P-16 a workflow's build type in provenance v0.2", signing: also(signedBy(workflowOf("octo/widget", "release.yml", tagRef)),
			stated("predicate.buildType", "https://actions.github.io/buildtypes/workflow/v1"), stated("predicate.invocation.parameters", map[string]any{"inputs": map[string]any{"debug": "true"}})), want: verify.CheckPredicate},
		{name: "P-16 the builder's build type in provenance v1", signing: func(s *signing) {
			s.statement = attestation().statement
			signedBy(genericBuilder)(s)
			set(s.statement, "predicate.buildDefinition.buildType", "https://github.com/slsa-framework/slsa-github-generator/generic@v1")
			set(s.statement, "predicate.buildDefinition.externalParameters", map[string]any{"event_inputs": map[string]any{"debug": "true"}})
		}, want: verify.CheckPredicate},
		{name: "P-17 level", policy: func(p *verify.Policy) { p.Level = 3 }, verdict: level(3)},
		{name: "P-01 the certificate of another workflow", signing: also(named(uriSAN(workflowOf("octo/widget", "release.yml", tagRef))), ext(9, workflowOf("octo/widget", "release.yml", tagRef))), want: verify.CheckPredicate},
		{name: "P-03 a repository that begins alike", signing: generator(slsa+"-evil", "generator_generic_slsa3.yml", "refs/tags/v2.1.0"), want: verify.CheckSigner},
		{name: "P-03 an owner that begins alike", signing: generator("slsa-framework-evil/slsa-github-generator", "generator_generic_slsa3.yml", "refs/tags/v2.1.0"), want: verify.CheckSigner},
		{name: "P-03 a workflow that begins alike", signing: generator(slsa, "generator_generic_slsa3.yml.yml", "refs/tags/v2.1.0"), want: verify.CheckSigner},
		{name: "P-03 another workflow of the builder", signing: generator(slsa, "release.yml", "refs/tags/v2.1.0"), want: verify.CheckSigner},
		{name: "P-04 a branch that ends like a tag", signing: generator(slsa, "generator_generic_slsa3.yml", "refs/heads/x@refs/tags/v2.1.0"), want: verify.CheckBuilder},
		{name: "P-05 a branch of the builder", signing: generator(slsa, "generator_generic_slsa3.yml", "refs/heads/main"), want: verify.CheckBuilder},
		{name: "P-05 a commit of the builder", signing: generator(slsa, "generator_generic_slsa3.yml", "f7dd8c54c2067bafc12ca7a55595d5ee9b75204a"), want: verify.CheckBuilder},
		{name: "P-06 a candidate of the builder", signing: generator(slsa, "generator_generic_slsa3.yml", "refs/tags/v2.1.0-rc.1"), want: verify.CheckBuilder},
		{name: "P-06 a moving tag of the builder", signing: generator(slsa, "generator_generic_slsa3.yml", "refs/tags/v2"), want: verify.CheckBuilder},
		{name: "P-10 called by another repository", signing: also(ext(12, "https://github.com/evil/widget"), ext(5, "evil/widget"), ext(16, "https://github.com/evil")), want: verify.CheckSource},
		{name: "P-10 signer and caller exchanged", signing: func(s *signing) {
			named(uriSAN(s.cert.ext[18]))(s)
			s.cert.ext[9], s.cert.ext[18] = s.cert.ext[18], s.cert.ext[9]
		}, want: verify.CheckPredicate},
		{name: "P-10 another signer wanted", policy: func(p *verify.Policy) { p.SignerWorkflow = slsa + "/.github/workflows/builder_go_slsa3.yml" }, want: verify.CheckSigner},
		{name: "P-10 this signer wanted", policy: func(p *verify.Policy) {
			p.SignerWorkflow = slsa + "/.github/workflows/generator_generic_slsa3.yml"
		}},
		{name: "P-10 another commit of the signer wanted", policy: func(p *verify.Policy) { p.SignerDigest = "0000000000000000000000000000000000000000" }, want: verify.CheckSigner},
		{name: "P-10 this commit of the signer wanted", policy: func(p *verify.Policy) { p.SignerDigest = commit }},
		{name: "P-11 build type of another builder", signing: stated("predicate.buildType", "https://github.com/slsa-framework/slsa-github-generator/go@v1"), want: verify.CheckPredicate},
		{name: "P-11 build type of a workflow", signing: stated("predicate.buildType", "https://actions.github.io/buildtypes/workflow/v1"), want: verify.CheckPredicate},
		{name: "P-08 another source", signing: config("uri", "git+https://github.com/evil/widget@"+tagRef), want: verify.CheckSource},
		{name: "P-08 another material", signing: stated("predicate.materials.uri", "git+https://github.com/evil/widget@"+tagRef), want: verify.CheckSource},
		{name: "P-08 another entry point", signing: config("entryPoint", ".github/workflows/debug.yml"), want: verify.CheckPredicate},
		{name: "P-09 another commit", signing: config("digest.sha1", "0000000000000000000000000000000000000000"), want: verify.CheckCommit},
		{name: "P-09 another commit of the material", signing: stated("predicate.materials.digest.sha1", "0000000000000000000000000000000000000000"), want: verify.CheckCommit},
		{name: "P-08 another ref in the environment", signing: environment("github_ref", "refs/heads/main"), want: verify.CheckRef},
		{name: "P-08 another commit in the environment", signing: environment("github_sha1", "0000000000000000000000000000000000000000"), want: verify.CheckCommit},
		{name: "P-08 another event in the environment", signing: environment("github_event_name", "workflow_dispatch"), want: verify.CheckEvent},
		{name: "P-08 another event in the other spelling", signing: environment("GITHUB_EVENT_NAME", "workflow_dispatch"), want: verify.CheckEvent},
		{name: "P-15 another run in the environment", signing: environment("github_run_id", "1"), want: verify.CheckPredicate},
		{name: "P-15 a run as number", signing: environment("github_run_id", 8123456789)},
		{name: "P-15 another attempt in the environment", signing: environment("github_run_attempt", "2"), want: verify.CheckPredicate},
		{name: "P-14 a self-hosted runner", signing: ext(11, "self-hosted"), want: verify.CheckRunner},
		{name: "P-14 a self-hosted runner, allowed", signing: ext(11, "self-hosted"), policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, verdict: level(1)},
	})
}

func TestSourceAttacks(t *testing.T) {
	v := newVirtual(t)
	refs := func(ref string) func(*verify.Policy) { return func(p *verify.Policy) { p.Ref = ref } }
	attacks := []attack{
		{name: "P-04 a branch that ends like the tag", signing: builtFrom("refs/heads/x@" + tagRef), want: verify.CheckRef},
		{name: "P-04 a tag with an at sign", signing: builtFrom("refs/tags/create-vite@5.0.0"), policy: refs("refs/tags/create-vite@5.0.0"),
			verdict: fact(verify.FactRef, "refs/tags/create-vite@5.0.0")},
		{name: "P-04 a workflow that another one's name begins", signing: signedBy("https://github.com/octo/widget/.github/workflows/release.yml@x.yml@" + tagRef),
			policy: func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/.github/workflows/release.yml" }, want: verify.CheckSigner},
		{name: "P-05 a branch called like the tag", signing: builtFrom("refs/heads/v1.4.0"), want: verify.CheckRef},
		{name: "P-05 a branch called like the whole tag", signing: builtFrom("refs/heads/" + tagRef), want: verify.CheckRef},
		{name: "P-05 a tag called like a branch", signing: builtFrom("refs/tags/heads/main"), policy: refs("refs/heads/main"), want: verify.CheckRef},
		{name: "P-05 a bare tag", signing: builtFrom("v1.4.0"), want: verify.CheckSigner},
		{name: "P-05 a pull request", signing: builtFrom("refs/pull/7/merge"), want: verify.CheckRef},
		{name: "P-05 a commit", signing: builtFrom(commit), want: verify.CheckRef},
		{name: "P-05 other case", signing: builtFrom("refs/tags/V1.4.0"), want: verify.CheckRef},
		{name: "P-07 a fork", signing: also(ext(12, "https://github.com/fork/widget"), ext(5, "fork/widget"), ext(16, "https://github.com/fork")), want: verify.CheckSource},
		{name: "P-07 policy in other case", policy: func(p *verify.Policy) { p.Repository = "OCTO/Widget" }},
		{name: "P-07 letters that fold beyond ASCII", signing: ext(12, "https://github.com/octo/w\u0131dget"), want: verify.CheckCertificate},
		{name: "P-07 Kelvin", policy: func(p *verify.Policy) { p.Repository = "octo/wid\u212aget" }, badPolicy: true},
		{name: "P-07 the repository created anew", policy: func(p *verify.Policy) { p.RepositoryID = "4712" }, want: verify.CheckSource},
		{name: "P-07 this repository", policy: func(p *verify.Policy) { p.RepositoryID = "4711" }},
		{name: "P-07 the owner created anew", policy: func(p *verify.Policy) { p.OwnerID = "43" }, want: verify.CheckSource},
		{name: "P-07 this owner", policy: func(p *verify.Policy) { p.OwnerID, p.Owner = "42", "Octo" }},
		{name: "P-07 another owner", policy: func(p *verify.Policy) { p.Owner = "oct" }, want: verify.CheckSource},
		{name: "P-09 this commit", policy: func(p *verify.Policy) { p.Commit = commit }},
		{name: "P-09 another commit", policy: func(p *verify.Policy) { p.Commit = "0000000000000000000000000000000000000000" }, want: verify.CheckCommit},
		{name: "P-10 a workflow of another repository", signing: signedBy(workflowOf("octo/tools", "release.yml", "refs/tags/v1")), want: verify.CheckSigner},
		{name: "P-10 a workflow of another repository, named", signing: signedBy(workflowOf("octo/tools", "release.yml", "refs/tags/v1")),
			policy: func(p *verify.Policy) { p.SignerWorkflow = "octo/tools/.github/workflows/release.yml" }},
		{name: "P-10 another workflow of the repository", policy: func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/.github/workflows/other.yml" }, want: verify.CheckSigner},
		{name: "P-10 the workflow's path in other case", policy: func(p *verify.Policy) { p.SignerWorkflow = "octo/widget/.github/workflows/Release.yml" }, want: verify.CheckSigner},
		{name: "P-13 an event that was not asked for", policy: func(p *verify.Policy) { p.Events = []string{"release"} }, want: verify.CheckEvent},
		{name: "P-13 the event asked for", policy: func(p *verify.Policy) { p.Events = []string{"release", "push"} }},
		{name: "P-13 a pull request, asked for", signing: event("pull_request"), policy: func(p *verify.Policy) { p.Events = []string{"pull_request"} }},
		{name: "P-14 self-hosted", signing: runner("self-hosted"), want: verify.CheckRunner},
		{name: "P-14 self-hosted, allowed", signing: runner("self-hosted"), policy: func(p *verify.Policy) { p.AllowSelfHosted = true }},
		{name: "P-20 an enterprise's issuer", signing: also(ext(1, verify.GitHubIssuer+"/acme"), ext(8, verify.GitHubIssuer+"/acme")), want: verify.CheckIssuer},
		{name: "P-20 an enterprise's issuer, named", signing: also(ext(1, verify.GitHubIssuer+"/acme"), ext(8, verify.GitHubIssuer+"/acme")),
			policy: func(p *verify.Policy) { p.Issuer = verify.GitHubIssuer + "/acme" }},
	}
	for _, e := range []string{"pull_request", "pull_request_target", "pull_request_review", "workflow_run", "issue_comment"} {
		attacks = append(attacks, attack{name: "P-13 event " + e, signing: event(e), want: verify.CheckEvent})
	}
	for _, e := range []string{"release", "schedule", "workflow_dispatch", "repository_dispatch"} {
		attacks = append(attacks, attack{name: "P-13 event " + e, signing: event(e)})
	}
	for _, r := range []string{"", "unknown", "ssh-rerun", "GitHub-hosted", "github-hosted "} {
		attacks = append(attacks, attack{name: "P-14 runner " + r, signing: runner(r), policy: func(p *verify.Policy) { p.AllowSelfHosted = true }, want: verify.CheckRunner})
	}
	for _, issuer := range []string{verify.GitHubIssuer + "/", verify.GitHubIssuer + ".evil.example", "http://token.actions.githubusercontent.com", "https://accounts.example"} {
		attacks = append(attacks, attack{name: "P-20 issuer " + issuer, signing: also(ext(1, issuer), ext(8, issuer)), want: verify.CheckIssuer})
	}
	run(t, v, attestation, release, attacks)
}

// P-06: the names follow slsa-verifier's regression tests.
func TestVersions(t *testing.T) {
	v := newVirtual(t)
	tests := []struct {
		name, ref, version string
		want               verify.Check
	}{
		{"major matches", "refs/tags/v14.2.0", "v14", ""},
		{"minor matches", "refs/tags/v14.2.0", "v14.2", ""},
		{"patch matches", "refs/tags/v14.2.0", "v14.2.0", ""},
		{"short tag matches its minor", "refs/tags/v14.2", "v14.2", ""},
		{"short tag matches its patch 0", "refs/tags/v14.2", "v14.2.0", ""},
		{"shortest tag matches", "refs/tags/v14", "v14", ""},
		{"major differs", "refs/tags/v14.2.0", "v1", verify.CheckRef},
		{"major is a prefix", "refs/tags/v140.2.0", "v14", verify.CheckRef},
		{"minor differs", "refs/tags/v14.2.0", "v14.3", verify.CheckRef},
		{"patch differs", "refs/tags/v14.2.0", "v14.2.1", verify.CheckRef},
		{"tag is no version", "refs/tags/release", "v14", verify.CheckRef},
		{"tag without v", "refs/tags/14.2.0", "v14", verify.CheckRef},
		{"branch called like a tag", "refs/heads/v14.2.0", "v14", verify.CheckRef},
		{"branch that ends like a tag", "refs/heads/x@refs/tags/v14.2.0", "v14", verify.CheckRef},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := attestation()
			builtFrom(tt.ref)(s)
			verdict, err := verifyBytes(encode(t, v.bundle(t, s)), v.trusted(), widget(), &verify.Policy{Repository: "octo/widget", Version: tt.version})
			a := attack{want: tt.want}
			a.judge(t, tt.version, verdict, err)
		})
	}
}
