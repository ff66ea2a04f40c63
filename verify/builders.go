package verify

import (
	"slices"

	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
)

// A builder is a reusable workflow that isolates signing from building, so
// that provenance by it supports SLSA Build L3 whoever calls it. What it may
// state is part of the trust in it.
type builder struct {
	repository string
	path       string
	buildTypes []string // what its provenance may claim to be
}

// Build types by their published URIs. Verifiers compare them exactly.
const (
	buildTypeGeneric        = "https://github.com/slsa-framework/slsa-github-generator/generic@v1"
	buildTypeGo             = "https://github.com/slsa-framework/slsa-github-generator/go@v1"
	buildTypeContainer      = "https://github.com/slsa-framework/slsa-github-generator/container@v1"
	buildTypeContainerBased = "https://slsa.dev/container-based-build/v0.1?draft"
	buildTypeWorkflow       = "https://actions.github.io/buildtypes/workflow/v1"
	buildTypeWorkflowSLSA   = "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1"
)

const slsaGenerator = "slsa-framework/slsa-github-generator"

// builders is the table of trusted builders.
var builders = []builder{
	{slsaGenerator, ".github/workflows/generator_generic_slsa3.yml", []string{buildTypeGeneric}},
	{slsaGenerator, ".github/workflows/generator_container_slsa3.yml", []string{buildTypeContainer}},
	{slsaGenerator, ".github/workflows/builder_go_slsa3.yml", []string{buildTypeGo}},
	{slsaGenerator, ".github/workflows/builder_container-based_slsa3.yml", []string{buildTypeContainerBased}},
}

// builderOf returns the table's row for a signing workflow, or nil.
func builderOf(w workflow) *builder {
	for i := range builders {
		if w.is(builders[i].repository, builders[i].path) {
			return &builders[i]
		}
	}
	return nil
}

// checkRef wants a released version of the builder, vX.Y.Z: a branch of it or
// a pre-release is nobody's promise, and a commit may be a fork's.
func (b *builder) checkRef(w workflow) error {
	if err := utils.IsValidBuilderTag(w.ref, false); err != nil {
		return &Rejection{Check: CheckBuilder, Want: w.String() + " at a released version vX.Y.Z", Got: w.ref}
	}
	return nil
}

// mayState tells whether a build type is one that a signer's provenance may
// claim: a builder's own, or for a project's workflow those of GitHub Actions.
func mayState(b *builder, buildType string) bool {
	if b != nil {
		return slices.Contains(b.buildTypes, buildType)
	}
	return buildType == buildTypeWorkflow || buildType == buildTypeWorkflowSLSA
}

// externalParameters are the names that each build type defines. Others are
// refused: SLSA asks consumers to, since they may have steered the build.
var externalParameters = map[string][]string{
	buildTypeWorkflow:       {"workflow", "inputs", "vars"},
	buildTypeWorkflowSLSA:   {"workflow", "inputs", "vars", "release"},
	buildTypeContainerBased: {"source", "builderImage", "configPath", "buildConfig"},
	buildTypeGeneric:        nil, // v0.2 predicates have no external parameters
	buildTypeGo:             nil,
	buildTypeContainer:      nil,
}
