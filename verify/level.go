package verify

import "fmt"

// buildLevel computes the SLSA Build level from who signed and where, never
// from what the statement claims.
//
// SLSA v1.2, "Build: levels": L2 is provenance that the build platform signs,
// L3 is provenance that the build itself cannot influence.
func buildLevel(h *holder, facts []Fact, p *Policy) *Level {
	b, signer, err := builderFor(facts, p)
	if err != nil || h.Issuer != GitHubIssuer {
		return &Level{1, "provenance exists; no known builder signed it"}
	}
	runner := factValue(facts, FactRunner)
	switch {
	case runner == "self-hosted":
		return &Level{1, "a self-hosted runner built it"}
	case b.level == 3:
		return &Level{3, fmt.Sprintf("signed by the trusted builder %s, apart from the build", signer)}
	case runner == unknownRunner:
		return &Level{1, "its certificate is from before runners were named"}
	case b.named:
		return &Level{b.level, fmt.Sprintf("signed by %s, which is not known to keep the signing apart from the build", signer)}
	}
	return &Level{b.level, "signed in the job that built it; L3 needs a separate signing job"}
}

// checkLevel holds the computed level to the policy's.
func checkLevel(l *Level, p *Policy) error {
	if l.Build >= p.Level {
		return nil
	}
	return &Rejection{Check: CheckLevel, Want: fmt.Sprintf("SLSA Build L%d", p.Level), Got: fmt.Sprintf("L%d", l.Build), Why: l.Why}
}
