package review

import (
	"fmt"
	"slices"
	"strings"
)

const (
	latest      = 3  // releases that must be whole
	enoughParts = 95 // percent of the artifacts since adoption
)

// verdict says how far the evidence reaches, and what kept it from the next
// step.
func (j *judge) verdict() (Verdict, []string) {
	since := j.sinceAdoption()
	switch {
	case len(since) == 0 && j.anyMaterial():
		return Present, []string{"there are signatures, and none of them verifies as this project's"}
	case len(since) == 0 && j.declares():
		return Declared, []string{"the project says that it signs; no release shows it"}
	case len(since) == 0:
		return None, []string{"nothing speaks of signing"}
	}
	if missing := j.notVerified(since); len(missing) > 0 {
		return Partial, missing
	}
	if missing := j.notEnforced(); len(missing) > 0 {
		return Verified, missing
	}
	return Enforced, []string{"every release since adoption is covered, and nothing can be published around it"}
}

// notVerified says what keeps the evidence from being whole.
func (j *judge) notVerified(since []*release) []string {
	var missing []string
	for _, r := range newestWithArtifacts(since) {
		switch n := r.coverage.Count; {
		case r.coverage.whole():
		case n.Covered+n.Unknown == n.Artifacts:
			missing = append(missing, fmt.Sprintf("release %s: %d of %d artifacts could not be asked about", r.Tag, n.Unknown, n.Artifacts))
		default:
			missing = append(missing, fmt.Sprintf("release %s: %d of %d artifacts are not covered", r.Tag, n.Artifacts-n.Covered-n.Unknown, n.Artifacts))
		}
	}
	if n := j.report.Coverage.Since; (n.Artifacts-n.Unknown)*enoughParts > n.Covered*100 {
		missing = append(missing, fmt.Sprintf("since adoption %d of %d artifacts are covered, less than %d in 100", n.Covered, n.Artifacts-n.Unknown, enoughParts))
	}
	for _, c := range j.report.Controls {
		if c.Outcome == False {
			missing = append(missing, "the control "+c.Name+" was accepted")
		}
	}
	return append(missing, j.unmet(False, "tag-commit", "commit-on-branch", "assets-as-signed", "checksums-match")...)
}

// newestWithArtifacts are the latest releases that offer anything but source,
// which has its commit and needs no signature.
func newestWithArtifacts(releases []*release) []*release {
	offering := slices.DeleteFunc(slices.Clone(releases), func(r *release) bool { return r.coverage.Count.Artifacts == 0 })
	return offering[max(0, len(offering)-latest):]
}

// notEnforced says what leaves a way around.
func (j *judge) notEnforced() []string {
	names := []string{"nothing-leaves-unsigned", "tags-protected", "releases-immutable"}
	missing := append(j.unmet(False, names...), j.unmet(Unknown, names...)...)
	return append(missing, j.unmet(Unknown, "tag-commit", "commit-on-branch")...)
}

// unmet names the findings of these names that have an outcome.
func (j *judge) unmet(outcome Outcome, names ...string) []string {
	var missing []string
	for _, f := range j.report.Findings {
		if !slices.Contains(names, f.Name) || f.Outcome != outcome {
			continue
		}
		not := "not so: "
		if outcome == Unknown {
			not = "not known: "
		}
		missing = append(missing, not+f.Claim)
	}
	return missing
}

// anyMaterial tells whether any release comes with what looks like a signature,
// by its content or by its name alone.
func (j *judge) anyMaterial() bool {
	for _, r := range j.releases {
		for _, a := range r.assets {
			switch a.content.kind {
			case kindBundle, kindOlder, kindPGP, kindSignature:
				return true
			}
			if len(a.found) > 0 || len(a.Attestations.Items) > 0 {
				return true
			}
		}
		if anyNamed(r.Assets, scorecardSignatures) || anyNamed(r.Assets, scorecardProvenance) {
			return true
		}
	}
	return false
}

// declares tells whether the project says that it signs: in what users read,
// or by a workflow that would.
func (j *judge) declares() bool {
	scripts, _ := j.latestWorkflows()
	if slices.ContainsFunc(scripts, func(s script) bool { return s.err == nil && len(s.Signs()) > 0 }) {
		return true
	}
	return slices.ContainsFunc(j.guides(), func(g guide) bool {
		return len(readCommands(g.text)) > 0 || slices.ContainsFunc(signWords, func(w string) bool { return strings.Contains(g.text, w) })
	})
}

// signWords are what a text speaks of that says releases are signed.
var signWords = []string{"sigstore", "cosign", "slsa.dev", "gh attestation"}
