package verify

import (
	"fmt"
	"regexp"
	"strings"
)

// checkIdentities wants one of the policy's pairs of name and issuer. A pair
// is matched whole: the name of one never goes with the issuer of another.
func checkIdentities(h *holder, p *Policy) error {
	if len(p.Identities) == 0 {
		return nil
	}
	var named *Identity
	for i, id := range p.Identities {
		if !id.names(h) {
			continue
		}
		if id.Issuer == h.Issuer {
			return nil
		}
		named = &p.Identities[i]
	}
	if named != nil {
		return &Rejection{Check: CheckIssuer, Want: named.Issuer, Got: h.Issuer,
			Why: "the name is right, but somebody else vouched for it"}
	}
	var want []string
	for _, id := range p.Identities {
		want = append(want, id.String())
	}
	return &Rejection{Check: CheckIdentity, Want: strings.Join(want, " or "), Got: h.name,
		Why: "somebody else signed this", Hint: "do not use it before its publisher says that this signer is theirs"}
}

// names tells whether the certificate's name is the one asked for. A name
// means the kind that it has the form of: an address never matches a user name
// of the same letters.
func (id Identity) names(h *holder) bool {
	if id.Pattern != nil {
		return h.kind != otherName && matchesWhole(id.Pattern, h.name)
	}
	want := uriName
	if !strings.Contains(id.Subject, "://") {
		want = otherName
		if strings.Contains(id.Subject, "@") {
			want = emailName
		}
	}
	return h.kind == want && h.name == id.Subject
}

// matchesWhole holds patterns that CompilePattern did not make to the same rule.
func matchesWhole(pattern *regexp.Regexp, name string) bool {
	longest := *pattern
	longest.Longest()
	at := longest.FindStringIndex(name)
	return at != nil && at[0] == 0 && at[1] == len(name)
}

// checkSigningKey wants the policy's key, whoever else is asked for.
func checkSigningKey(e *entity, p *Policy) error {
	if p.Key == nil || e.leaf == nil || sameKey(p.Key, e.leaf.PublicKey) {
		return nil
	}
	return &Rejection{Check: CheckSignature, Want: "a signature by key " + Fingerprint(p.Key),
		Got: "one by a certificate for key " + Fingerprint(e.leaf.PublicKey)}
}

// needCertificate refuses a key's signature where a name was asked for.
func needCertificate(e *entity, p *Policy) error {
	if e.leaf != nil {
		return nil
	}
	hint := e.material.PublicKey().Hint()
	if p.Key == nil || len(p.Identities) > 0 || p.Repository != "" {
		return &Rejection{Check: CheckIdentity, Want: p.who(), Got: fmt.Sprintf("a signature by a key (hint %q), which names nobody", hint),
			Hint: "--key FILE if you have that key from its owner"}
	}
	return nil
}

// who says in words whom the policy wants.
func (p *Policy) who() string {
	var want []string
	for _, id := range p.Identities {
		want = append(want, id.String())
	}
	if p.Repository != "" {
		want = append(want, "a workflow of "+p.Repository)
	}
	return strings.Join(want, " and ")
}
