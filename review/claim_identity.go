package review

import (
	"slices"

	"github.com/hallmark-project/hallmark/verify"
)

// E3: who signed.

func signedByProject(j *judge) Finding {
	f := Finding{ID: "E3", Name: "signed-by-project", Grade: GradeA,
		Claim: "nobody but the project's own release workflow signed what its releases carry"}
	strange := []verify.Check{verify.CheckSource, verify.CheckIdentity, verify.CheckIssuer, verify.CheckSigner, verify.CheckBuilder, verify.CheckEvent}
	return f.settle(j.anyBundle(), j.refusals(func(r Refusal) bool {
		return slices.Contains(strange, verify.Check(r.Check)) && !j.contradicts(r.Bundle) && !j.otherWorkflow(r)
	}))
}

// otherWorkflow tells whether a bundle was refused for the project's own
// workflow that made it, see sameSigner.
func (j *judge) otherWorkflow(r Refusal) bool {
	return r.Check == string(verify.CheckSigner) && j.ownBundle(r.Bundle)
}

// ownBundle tells whether the certificate of a bundle names the project as the
// source. It serves to sort what has been refused.
func (j *judge) ownBundle(digest string) bool {
	m := j.bundles[digest]
	if m == nil || m.says == nil {
		return false
	}
	for _, fact := range m.says.Facts {
		if fact.Name == verify.FactRepository {
			return lower(fact.Value) == "https://github.com/"+lower(j.record.Repository.Name)
		}
	}
	return false
}

func sameSigner(j *judge) Finding {
	f := Finding{ID: "E3", Name: "same-signer", Grade: GradeA,
		Claim: "one workflow signs every release: the signer has not changed"}
	if j.identity.signer == "" && len(j.identity.policy.Identities) > 0 {
		return f.settle(false, nil)
	}
	cases := j.refusals(func(r Refusal) bool { return j.otherWorkflow(r) })
	before := ""
	for _, r := range j.releases {
		for _, a := range r.covered() {
			signer := a.coverage.Signer
			if before != "" && signer != before {
				cases = append(cases, Case{Says: "signed by " + signer + ", before by " + before}.of(r, a))
			}
			before = signer
		}
	}
	return f.settle(j.adopted != nil, cases)
}
