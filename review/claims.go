package review

// claims are made of every project, in the order of their ids. One claim, one
// function; what it needs to know stands beside it.
var claims = []func(*judge) Finding{
	artifactsCovered,
	noGapSinceAdoption,
	signedByProject,
	sameSigner,
	tagCommit,
	commitOnBranch,
	predicateAgrees,
	builtFromTag,
	hostedRunner,
	signedInTime,
	adoptedSince,
	commitDates,
	assetsInTime,
	oneUploader,
	assetsAsSigned,
	releasesImmutable,
	signedWhole,
	checksumsMatch,
	nothingLeavesUnsigned,
	leastPrivilege,
	actionsPinned,
	tagsProtected,
	branchProtected,
	changeReviewed,
	verificationDocumented,
	tagsSigned,
	nothingElseSigned,
	nothingDeleted,
}

// settle gives a claim its outcome: false where cases speak against it, true
// where there was something to look at and none does.
func (f Finding) settle(looked bool, against []Case) Finding {
	switch {
	case len(against) > 0:
		f.Outcome, f.Cases = False, against
	case looked:
		f.Outcome = True
	default:
		f.Outcome, f.Why = NotApplicable, "there is nothing to look at"
	}
	return f
}

// unknown gives a claim that could not be looked into its outcome.
func (f Finding) unknown(why string) Finding {
	f.Outcome, f.Why = Unknown, why
	return f
}

// of names the asset of a case, with its bundle as evidence.
func (c Case) of(r *release, a *asset) Case {
	c.Release, c.Asset = r.Tag, a.Name
	if a.coverage.Bundle != "" {
		c.Evidence = append(c.Evidence, Pointer{Source: a.coverage.Found, SHA256: a.coverage.Bundle})
	}
	if r.Asked.Known() {
		c.Evidence = append(c.Evidence, r.Asked.pointer())
	}
	return c
}

// refusals makes a case of every refused bundle that a test picks, the same
// bundle once a release.
func (j *judge) refusals(pick func(Refusal) bool) []Case {
	var cases []Case
	for _, r := range j.releases {
		seen := make(map[string]bool)
		for _, a := range r.assets {
			for _, refused := range a.coverage.Refused {
				if seen[refused.Bundle] || !pick(refused) {
					continue
				}
				seen[refused.Bundle] = true
				c := Case{Release: r.Tag, Asset: a.Name, Says: refused.says(), Evidence: []Pointer{{Source: refused.Found, SHA256: refused.Bundle}}}
				cases = append(cases, c)
			}
		}
	}
	return cases
}

func (r Refusal) says() string {
	s := r.Check + ": "
	if r.Want != "" {
		s += "want " + r.Want + ", "
	}
	if r.Got != "" {
		s += "got " + r.Got
	}
	if r.Why != "" {
		s += " (" + r.Why + ")"
	}
	return s
}

// anyBundle tells whether there is any bundle to look at.
func (j *judge) anyBundle() bool {
	for _, r := range j.releases {
		for _, a := range r.assets {
			if a.verdict != nil || len(a.coverage.Refused) > 0 {
				return true
			}
		}
	}
	return false
}
