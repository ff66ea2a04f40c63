package verify

import (
	"strings"

	"github.com/slsa-framework/slsa-verifier/v2/options"
	"github.com/slsa-framework/slsa-verifier/v2/verifiers/utils"
)

// FromSLSAVerifier turns the expectations that slsa-verifier takes into a
// policy that asks the same. A builder id is the signing workflow here, at the
// id's version if it has one. The ids that npm gives to GitHub's own runners
// mean the project's own workflow on a GitHub-hosted machine, as does no id.
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
		p.Inputs = provenance.ExpectedWorkflowInputs
	}
	if builder != nil && builder.ExpectedID != nil {
		if err := p.setBuilder(*builder.ExpectedID); err != nil {
			return nil, err
		}
	}
	return p, p.Validate()
}

func (p *Policy) setBuilder(id string) error {
	if r := runnerOf(id); r != nil && r.environment == "github-hosted" {
		return nil
	}
	name, version, err := utils.ParseBuilderID(id, false)
	if err != nil {
		return policyError("builder id %q: %w", id, err)
	}
	p.SignerWorkflow, p.signerRef = strings.TrimPrefix(name, githubURL), version
	return nil
}
