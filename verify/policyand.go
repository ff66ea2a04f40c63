package verify

import "slices"

// And returns the policy in which both hold, in no need of either to be whole.
// Facts that only one of them names are taken over; of two lists of what will
// do, what will do for both is left; of two levels, the higher. Where they
// cannot both hold, the error wraps ErrPolicy and names the fact.
//
// Permissions add up: allowing is said by whoever allows.
func (p *Policy) And(q *Policy) (*Policy, error) {
	both := *p
	facts := []struct {
		name string
		p    *string
		q    string
		fold bool
	}{
		{"repo", &both.Repository, q.Repository, true},
		{"issuer", &both.Issuer, q.Issuer, false},
		{"signer-workflow", &both.SignerWorkflow, q.SignerWorkflow, false},
		{"signer-workflow", &both.signerRef, q.signerRef, false},
		{"signer-digest", &both.SignerDigest, q.SignerDigest, false},
		{"owner", &both.Owner, q.Owner, true},
		{"repo-id", &both.RepositoryID, q.RepositoryID, false},
		{"owner-id", &both.OwnerID, q.OwnerID, false},
		{"ref", &both.Ref, q.Ref, false},
		{"version", &both.Version, q.Version, false},
		{"commit", &both.Commit, q.Commit, false},
		{"verifier", &both.Verifier, q.Verifier, false},
		{"resource", &both.Resource, q.Resource, false},
		{"require", (*string)(&both.Require), string(q.Require), false},
	}
	for _, f := range facts {
		switch {
		case *f.p == "":
			*f.p = f.q
		case f.q != "" && *f.p != f.q && !(f.fold && sameRepository(*f.p, f.q)):
			return nil, contradiction(f.name, *f.p, f.q)
		}
	}
	var ok bool
	if both.Events, ok = inBoth(p.Events, q.Events); !ok {
		return nil, policyError("events: no event will do for both")
	}
	if both.PredicateTypes, ok = inBoth(p.PredicateTypes, q.PredicateTypes); !ok {
		return nil, policyError("predicate-types: no type will do for both")
	}
	if both.Identities, ok = commonIdentities(p.Identities, q.Identities); !ok {
		return nil, policyError("identities: no signer is known to do for both")
	}
	switch {
	case p.Key == nil:
		both.Key = q.Key
	case q.Key != nil && !sameKey(p.Key, q.Key):
		return nil, policyError("key: given twice, and not the same")
	}
	if q.Inputs != nil {
		both.Inputs = make(map[string]string)
		for name, value := range p.Inputs {
			both.Inputs[name] = value
		}
		for name, value := range q.Inputs {
			if other, named := both.Inputs[name]; named && other != value {
				return nil, contradiction("input "+name, other, value)
			}
			both.Inputs[name] = value
		}
	}
	both.Level = max(p.Level, q.Level)
	both.AllowSelfHosted = p.AllowSelfHosted || q.AllowSelfHosted
	both.RequireAll = p.RequireAll || q.RequireAll
	both.RequireInclusionProof = p.RequireInclusionProof || q.RequireInclusionProof
	both.AllowUnlogged = p.AllowUnlogged || q.AllowUnlogged
	return &both, nil
}

func contradiction(name, a, b string) error {
	return policyError("%s: given twice, as %q and as %q", name, a, b)
}

// inBoth returns what is in both lists, an empty one standing for anything.
func inBoth(a, b []string) (both []string, ok bool) {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clone(a), b...), true
	}
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both, len(both) > 0
}

// commonIdentities leaves of two lists the names that will do for both. What
// two different patterns have in common is not worked out.
func commonIdentities(a, b []Identity) (both []Identity, ok bool) {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clone(a), b...), true
	}
	for _, lists := range [][2][]Identity{{a, b}, {b, a}} {
		for _, id := range lists[0] {
			narrower := slices.ContainsFunc(lists[1], id.within)
			known := slices.ContainsFunc(both, func(other Identity) bool { return id.same(other) })
			if narrower && !known {
				both = append(both, id)
			}
		}
	}
	return both, len(both) > 0
}

// within tells whether whoever this identity means is meant by the other.
func (id Identity) within(other Identity) bool {
	if id.same(other) {
		return true
	}
	return id.Pattern == nil && other.Pattern != nil && id.Issuer == other.Issuer && other.Pattern.MatchString(id.Subject)
}

func (id Identity) same(other Identity) bool {
	return id.Issuer == other.Issuer && id.String() == other.String()
}
