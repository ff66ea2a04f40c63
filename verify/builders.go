package verify

import (
	"slices"
	"strings"

	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
)

// A builder is what is known of a workflow that signs provenance: how far its
// word reaches, and what it may say.
type builder struct {
	repository string
	path       string
	level      int                 // the Build level that it supports on GitHub's runners
	types      map[string][]string // build types that it may claim, each with the parameters that it may carry
	delegate   bool                // signs for another workflow, which its provenance names as the builder
	named      bool                // counts for other repositories only where the policy names it
	byCommit   bool                // may be called by the commit of a release, see checkRef
}

// Build types by their published URIs, which are compared to the letter.
const (
	buildTypeGeneric        = "https://github.com/slsa-framework/slsa-github-generator/generic@v1"
	buildTypeGo             = "https://github.com/slsa-framework/slsa-github-generator/go@v1"
	buildTypeGoFirst        = "https://github.com/slsa-framework/slsa-github-generator-go@v1"
	buildTypeGoSecond       = "https://github.com/slsa-framework/slsa-github-generator@v1"
	buildTypeContainer      = "https://github.com/slsa-framework/slsa-github-generator/container@v1"
	buildTypeContainerBased = "https://slsa.dev/container-based-build/v0.1?draft"
	buildTypeDelegated      = "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0"
	buildTypeNPMFirst       = "https://github.com/npm/cli/gha@v1"
	buildTypeNPM            = "https://github.com/npm/cli/gha/v2"
	buildTypeWorkflow       = "https://actions.github.io/buildtypes/workflow/v1"
	buildTypeWorkflowSLSA   = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1"
	buildTypeRecorded       = "https://github.com/hallmark-project/hallmark/blob/main/docs/buildtypes/github/v1"
	buildTypeGitLab         = "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1"
)

// External parameters by build type; those of provenance v0.2 stand in its
// invocation.parameters. SLSA asks consumers to refuse any others, since they
// may have steered the build.
var (
	dispatched = []string{"event_inputs", "vars"}
	delegated  = []string{"inputs", "vars"}

	workflowTypes = map[string][]string{
		buildTypeWorkflow:     {"workflow", "inputs", "vars"},
		buildTypeWorkflowSLSA: {"workflow", "inputs", "vars", "release"},
		buildTypeRecorded:     {"workflow", "inputs", "params"},
	}
	npmTypes = map[string][]string{
		buildTypeNPMFirst:     nil,
		buildTypeNPM:          nil,
		buildTypeWorkflowSLSA: workflowTypes[buildTypeWorkflowSLSA],
	}
)

const (
	slsaGenerator = "slsa-framework/slsa-github-generator"
	jreleaser     = "jreleaser/release-action"
)

// builders is the table of workflows that count for repositories other than
// their own. Level 3 is for those that keep the signing out of the build's
// reach; the Bazel registry's workflows attest what a job of theirs has built.
var builders = []builder{
	{repository: slsaGenerator, path: ".github/workflows/generator_generic_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeGeneric: dispatched}},
	{repository: slsaGenerator, path: ".github/workflows/generator_container_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeContainer: dispatched}},
	{repository: slsaGenerator, path: ".github/workflows/builder_go_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeGo: dispatched, buildTypeGoFirst: dispatched, buildTypeGoSecond: dispatched}},
	{repository: slsaGenerator, path: ".github/workflows/builder_container-based_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeContainerBased: {"source", "builderImage", "configPath", "buildConfig"}}},
	{repository: slsaGenerator, path: ".github/workflows/delegator_generic_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeDelegated: delegated}, delegate: true},
	{repository: slsaGenerator, path: ".github/workflows/delegator_lowperms-generic_slsa3.yml", level: 3,
		types: map[string][]string{buildTypeDelegated: delegated}, delegate: true},
	{repository: "hallmark-project/hallmark", path: ".github/workflows/hallmark.yml", level: 3, types: workflowTypes, byCommit: true},
	{repository: "bazel-contrib/publish-to-bcr", path: ".github/workflows/publish.yaml", level: 2, types: workflowTypes, named: true},
	{repository: "bazel-contrib/.github", path: ".github/workflows/release_ruleset.yaml", level: 2, types: workflowTypes, named: true},
}

// anyWorkflow is a workflow of which nothing is known but that GitHub ran it:
// a project's own, or one that the policy names.
var anyWorkflow = builder{level: 2, types: workflowTypes}

// delegating are the builders that need no naming where a delegator signs for
// them.
var delegating = []string{
	".github/workflows/builder_gradle_slsa3.yml",
	".github/workflows/builder_maven_slsa3.yml",
	".github/workflows/builder_nodejs_slsa3.yml",
}

// released holds the commits of hallmark's released versions. GitHub resolves
// the commits of every fork under the parent's name, so that a workflow called
// by a commit is only as good as a list of them.
var released []string

// A runner is a builder id that npm's client writes in place of the signing
// workflow's: that of GitHub's own runners.
type runner struct {
	id          string
	environment string // as the certificate must name it
	first       bool   // written in provenance v0.2 alone
}

var runners = []runner{
	{"https://github.com/actions/runner", "github-hosted", true},
	{"https://github.com/actions/runner/github-hosted", "github-hosted", false},
	{"https://github.com/actions/runner/self-hosted", "self-hosted", false},
}

func runnerOf(id string) *runner {
	i := slices.IndexFunc(runners, func(r runner) bool { return r.id == id })
	if i < 0 {
		return nil
	}
	return &runners[i]
}

// builderOf returns the table's row for a signing workflow, or nil.
func builderOf(w workflow) *builder {
	i := slices.IndexFunc(builders, func(b builder) bool { return w.is(b.repository, b.path) })
	if i < 0 {
		return nil
	}
	return &builders[i]
}

// checkRef wants a released version of the builder, vX.Y.Z: a branch of it or
// a pre-release is nobody's promise, and a commit may be a fork's unless it is
// on the list or the policy names it.
func (b *builder) checkRef(w workflow, p *Policy) error {
	if b.byCommit && validCommit(w.ref) && (slices.Contains(released, w.ref) || p.SignerDigest == w.ref) {
		return nil
	}
	if err := utils.IsValidBuilderTag(w.ref, false); err != nil {
		r := &Rejection{Check: CheckBuilder, Want: w.String() + " at a released version vX.Y.Z", Got: w.ref}
		if b.byCommit && validCommit(w.ref) {
			r.Why = "a commit may be that of any fork"
		}
		return r
	}
	return nil
}

// builderFor returns what is known of the workflow that signed. In its own
// repository a builder is a workflow like any other, but for its releases.
func builderFor(facts []Fact, p *Policy) (*builder, workflow, error) {
	signer, err := parseWorkflow(factValue(facts, FactSigner))
	if err != nil {
		return nil, signer, &Rejection{Check: CheckBuilder, Want: "a builder that is known", Got: orNone(factValue(facts, FactSigner)), Err: err}
	}
	b := builderOf(signer)
	if b == nil {
		return &anyWorkflow, signer, nil
	}
	if err := b.checkRef(signer, p); err != nil {
		if sameRepository(signer.repository, repositoryOf(factValue(facts, FactRepository))) {
			return &anyWorkflow, signer, nil
		}
		return nil, signer, err
	}
	return b, signer, nil
}

// checkBuilder wants a builder id other than the signer's to be one that the
// signer may speak for, and returns the build types that the two may claim. An
// id that no other is known for is compared with the signer's by checkClaims.
func checkBuilder(c *claims, b *builder, signer workflow, facts []Fact, p *Policy) (map[string][]string, error) {
	id := factValue(c.facts, FactBuilder)
	switch r := runnerOf(id); {
	case b.delegate:
		return b.types, checkDelegated(id, signer, p)
	case r == nil || b != &anyWorkflow:
		return b.types, nil
	case r.first && !c.first:
		return nil, &Rejection{Check: CheckBuilder, Want: r.id + "/" + r.environment + " in provenance v1", Got: id}
	case r.environment != factValue(facts, FactRunner):
		return nil, &Rejection{Check: CheckBuilder, Want: "a builder on a " + factValue(facts, FactRunner) + " runner as the certificate says", Got: id,
			Why: "the statement contradicts its own certificate on the runner", Hint: "do not use it; tell the project"}
	}
	return npmTypes, nil
}

// checkDelegated wants the builder that a delegator signed for to be the one
// that the policy names, or else one of slsa-github-generator's own.
//
// slsa-github-generator, BYOB.md: the delegator names its caller by the
// caller's own token.
func checkDelegated(id string, signer workflow, p *Policy) error {
	w, err := parseWorkflow(id)
	if err != nil {
		return &Rejection{Check: CheckBuilder, Want: "a builder that " + signer.String() + " signs for", Got: orNone(id), Err: err}
	}
	known := sameRepository(w.repository, slsaGenerator) && slices.Contains(delegating, w.path)
	if p.SignerWorkflow != "" && !p.names(w) && !(known && p.names(signer)) {
		return &Rejection{Check: CheckSigner, Want: p.signer(), Got: id}
	}
	if p.SignerWorkflow == "" && !known {
		return &Rejection{Check: CheckBuilder, Want: "a builder of " + slsaGenerator, Got: id,
			Hint: "if the project says that this workflow builds for it: --signer-workflow OWNER/REPO/PATH"}
	}
	valid := func(ref string) error { return utils.IsValidBuilderTag(ref, false) }
	if sameRepository(w.repository, jreleaser) {
		valid = utils.IsValidJreleaserBuilderTag
	}
	if valid(w.ref) != nil {
		return &Rejection{Check: CheckBuilder, Want: w.String() + " at a released version", Got: w.ref}
	}
	return nil
}

// maySpeakFor tells whether a builder id beside another signer's name is no
// contradiction in itself; checkBuilder decides whether it is believed.
func maySpeakFor(signer, id string) bool {
	w, err := parseWorkflow(signer)
	if err != nil {
		return false
	}
	b := builderOf(w)
	return b == nil && runnerOf(id) != nil || b != nil && b.delegate && strings.HasPrefix(id, githubURL)
}
