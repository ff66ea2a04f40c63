package verify

import (
	"slices"
	"strings"

	slsav02 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v0.2"
	slsav1 "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
)

// checkPredicateType wants SLSA provenance, or what the policy names. A
// statement may say anything of an artifact, "failed" included, so one whose
// type nobody asked for counts for nothing.
func checkPredicateType(s *statement, p *Policy) error {
	want := p.PredicateTypes
	switch {
	case p.asksSummary():
		want = []string{SummaryPredicate}
	case len(want) == 0:
		want = []string{slsav1.PredicateSLSAProvenance, slsav02.PredicateSLSAProvenance}
	}
	if slices.Contains(want, s.PredicateType) {
		return nil
	}
	if p.asksSummary() {
		return &Rejection{Check: CheckPredicate, Want: "a verification summary", Got: "predicate type " + s.PredicateType}
	}
	return &Rejection{Check: CheckPredicate, Want: "predicate type " + strings.Join(want, " or "), Got: s.PredicateType,
		Hint: "if this kind of statement is what you want: --predicate-type URI"}
}

// checkOtherPredicate accepts a statement of a type that the policy names and
// that is not provenance, where no provenance is asked for.
func checkOtherPredicate(s *statement, p *Policy) error {
	if p.Require != RequireProvenance && p.Level == 0 && p.Inputs == nil {
		return nil
	}
	return &Rejection{Check: CheckPredicate, Want: "SLSA provenance", Got: s.PredicateType, Why: "this statement says nothing of the build"}
}

// checkKind wants a message signature or an attestation, as the policy says:
// neither stands for the other.
func checkKind(e *entity, p *Policy) error {
	attestation := e.content.EnvelopeContent() != nil
	switch {
	case attestation && p.Require == RequireSignature:
		return &Rejection{Check: CheckPredicate, Want: "a message signature", Got: "an attestation"}
	case !attestation && p.asksSummary():
		return &Rejection{Check: CheckPredicate, Want: "a verification summary", Got: "a message signature"}
	case !attestation && (p.Require == RequireProvenance || p.Level > 0 || p.Inputs != nil || len(p.PredicateTypes) > 0):
		return &Rejection{Check: CheckPredicate, Want: "provenance", Got: "a message signature, which says nothing of the build"}
	}
	return nil
}

// checkClaims holds a provenance predicate to the certificate: whatever both
// state must agree, builder and build type must be ones that the signer may
// name, and what the statement alone says is returned as self-asserted.
func checkClaims(c *claims, established []Fact, p *Policy) ([]Fact, error) {
	b, signer, err := builderFor(established, p)
	if err != nil {
		return nil, err
	}
	types, err := checkBuilder(c, b, signer, established, p)
	if err != nil {
		return nil, err
	}
	parameters, known := types[c.buildType]
	if !known {
		return nil, &Rejection{Check: CheckPredicate, Want: "a build type of " + signer.String(), Got: orNone(c.buildType)}
	}
	if !c.ofItsVersion() {
		return nil, &Rejection{Check: CheckPredicate, Want: "a build type of this version of provenance", Got: c.buildType}
	}
	for _, name := range c.external {
		if !slices.Contains(parameters, name) {
			return nil, &Rejection{Check: CheckPredicate, Want: "external parameters " + orNone(strings.Join(parameters, ", ")), Got: name,
				Why: "the build type does not define this parameter, and it may have steered the build"}
		}
	}
	for _, needed := range []FactName{FactBuilder, FactRepository, FactCommit} {
		if factValue(c.facts, needed) == "" {
			return nil, &Rejection{Check: factChecks[needed], Want: "a " + string(needed) + " in the predicate", Got: "none"}
		}
	}
	for _, d := range disagreements(c, established) {
		check := factChecks[d.Name]
		return nil, &Rejection{Check: check, Want: d.Certificate + " as the certificate says", Got: d.Statement,
			Why: "the statement contradicts its own certificate on " + string(d.Name), Hint: "do not use it; tell the project"}
	}
	return selfAsserted(c, established), nil
}

// disagreements lists what the predicate says against the certificate. The
// builder's id is the signer's, unless the builders table lets that one speak
// for others, or GitLab names its runner there, of which certificates are silent.
func disagreements(c *claims, established []Fact) []Disagreement {
	var all []Disagreement
	for _, claim := range c.facts {
		name := claim.Name
		if name == FactBuilder {
			name = FactSigner
		}
		got := factValue(established, name)
		if claim.Name == FactBuilder && (maySpeakFor(got, claim.Value) || c.buildType == buildTypeGitLab) {
			continue
		}
		if got == "" || got == unknownRunner || sameFact(name, got, claim.Value) {
			continue
		}
		all = append(all, Disagreement{Name: claim.Name, Certificate: got, Statement: claim.Value})
	}
	return all
}

// selfAsserted returns the claims on which the certificate is silent; a
// builder's id where it is not the signer's. Two claims of one fact that differ
// would make both worthless: the first stands, as the second is compared with it.
func selfAsserted(c *claims, established []Fact) []Fact {
	var own []Fact
	for _, claim := range c.facts {
		if claim.Name == FactBuilder && sameFact(FactBuilder, claim.Value, factValue(established, FactSigner)) {
			continue
		}
		if factValue(established, claim.Name) != "" || factValue(own, claim.Name) != "" {
			continue
		}
		own = append(own, claim)
	}
	return own
}
