package review

// E18 to E20: what is there beside, and what is not there.

func tagsSigned(j *judge) Finding {
	f := Finding{ID: "E18", Name: "tags-signed", Grade: GradeC, Claim: "the tags of releases bear signatures of their own"}
	if !j.record.Git.Asked.Known() {
		return f.unknown("the repository: " + j.record.Git.Asked.Why())
	}
	var against []Case
	looked := false
	for _, r := range j.sinceAdoption() {
		if r.tag == nil {
			continue
		}
		if looked = true; r.tag.Signature == "" {
			against = append(against, Case{Release: r.Tag, Says: "its tag is not signed", Evidence: []Pointer{j.record.Git.Asked.pointer()}})
		}
	}
	return f.settle(looked, against)
}

func nothingElseSigned(*judge) Finding {
	return Finding{ID: "E19", Name: "nothing-else-signed", Grade: GradeA,
		Claim: "no other identity signed these artifacts, and the project's no others",
	}.unknown("the logs were not searched, and the newest kind cannot be")
}

func nothingDeleted(j *judge) Finding {
	f := Finding{ID: "E20", Name: "nothing-deleted", Grade: GradeB,
		Claim: "what is not found was never there: no release, tag or attestation was deleted"}
	f = f.unknown("what was deleted leaves no trace; not found is all that can be said")
	for _, r := range j.releases {
		if n := r.coverage.Count; n.Artifacts > 0 && n.Covered == 0 && n.Unknown == 0 && j.signsAt(r) {
			f.Cases = append(f.Cases, Case{Release: r.Tag, Says: "the workflow at its tag signs, and no evidence is found today"})
		}
	}
	return f
}
