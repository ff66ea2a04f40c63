package verify

import (
	"strings"

	"github.com/slsa-framework/slsa-verifier/v2/options"
	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
)

// FromSLSAVerifier turns the expectations that slsa-verifier takes into a
// policy that asks the same. A builder id is the signing workflow here; its
// version, if it has one, is enforced by the trusted builders table alone.
func FromSLSAVerifier(provenance *options.ProvenanceOpts, builder *options.BuilderOpts) (*Policy, error) {
	p := &Policy{Require: RequireProvenance, Repository: repositoryOf("https://" + provenance.ExpectedSourceURI)}
	if p.Repository == "" {
		return nil, policyError("source URI %q: want github.com/OWNER/NAME", provenance.ExpectedSourceURI)
	}
	switch {
	case provenance.ExpectedTag != nil && provenance.ExpectedBranch != nil:
		return nil, policyError("tag and branch cannot both hold")
	case provenance.ExpectedTag != nil:
		p.Ref = "refs/tags/" + *provenance.ExpectedTag
	case provenance.ExpectedBranch != nil:
		p.Ref = "refs/heads/" + *provenance.ExpectedBranch
	}
	if provenance.ExpectedVersionedTag != nil {
		p.Version = *provenance.ExpectedVersionedTag
	}
	if len(provenance.ExpectedWorkflowInputs) > 0 {
		return nil, policyError("workflow inputs: not supported here")
	}
	if builder != nil && builder.ExpectedID != nil {
		name, _, err := utils.ParseBuilderID(*builder.ExpectedID, false)
		if err != nil {
			return nil, policyError("builder id %q: %w", *builder.ExpectedID, err)
		}
		p.SignerWorkflow = strings.TrimPrefix(name, githubURL)
	}
	return p, p.Validate()
}
