package review

import "fmt"

// E1 and E10: what is covered.

const baselineSigned = "OSPS-BR-06.01"

func artifactsCovered(j *judge) Finding {
	f := Finding{ID: "E1", Name: "artifacts-covered", Grade: GradeA, Baseline: []string{baselineSigned},
		Claim: "every artifact published since adoption is covered by evidence that verifies"}
	var against []Case
	unknown := 0
	for _, r := range j.sinceAdoption() {
		for _, a := range r.assets {
			switch a.coverage.State {
			case Uncovered:
				against = append(against, Case{Says: "no bundle names it"}.of(r, a))
			case Refused:
				against = append(against, Case{Says: "what was found for it is refused: " + a.coverage.Refused[0].says()}.of(r, a))
			case UnknownState:
				unknown++
			}
		}
	}
	if len(against) == 0 && unknown > 0 {
		return f.unknown(fmt.Sprintf("%d artifacts could not be asked about", unknown))
	}
	return f.settle(j.adopted != nil, against)
}

func noGapSinceAdoption(j *judge) Finding {
	f := Finding{ID: "E2", Name: "no-gap", Grade: GradeA, Baseline: []string{baselineSigned},
		Claim: "no release since adoption stands without any evidence"}
	var against []Case
	for _, r := range j.sinceAdoption() {
		if n := r.coverage.Count; n.Artifacts > 0 && n.Covered == 0 && n.Unknown == 0 {
			c := Case{Release: r.Tag, Says: fmt.Sprintf("none of its %d artifacts is covered", n.Artifacts)}
			if r.Asked.Known() {
				c.Evidence = append(c.Evidence, r.Asked.pointer())
			}
			against = append(against, c)
		}
	}
	return f.settle(j.adopted != nil, against)
}

func signedWhole(j *judge) Finding {
	f := Finding{ID: "E10", Name: "signed-whole", Grade: GradeA, Baseline: []string{baselineSigned},
		Claim: "a release that is signed is signed whole: nothing unsigned slipped in"}
	var against []Case
	looked := false
	for _, r := range j.releases {
		if r.coverage.Count.Covered == 0 {
			continue
		}
		looked = true
		for _, a := range r.assets {
			if s := a.coverage.State; s == Uncovered || s == Refused {
				against = append(against, Case{Says: "uncovered beside " + fmt.Sprint(r.coverage.Count.Covered) + " covered"}.of(r, a))
			}
		}
	}
	return f.settle(looked, against)
}

func checksumsMatch(j *judge) Finding {
	f := Finding{ID: "E10", Name: "checksums-match", Grade: GradeB,
		Claim: "checksum files agree with the assets that they list"}
	var against []Case
	looked := false
	for _, r := range j.releases {
		for _, sums := range r.assets {
			for _, a := range r.assets {
				named, same := sums.content.lists(a.Asset)
				if looked = looked || named; named && !same {
					against = append(against, Case{Says: sums.Name + " lists it with another digest"}.of(r, a))
				}
			}
		}
	}
	return f.settle(looked, against)
}
