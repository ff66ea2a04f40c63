package review

import (
	"fmt"
	"strings"

	"github.com/hallmark-project/hallmark/verify"
)

// E4 and E5: what was built, and where.

func tagCommit(j *judge) Finding {
	f := Finding{ID: "E4", Name: "tag-commit", Grade: GradeA,
		Claim: "the commit that was built is the one that the release's tag names today"}
	if !j.record.Git.Asked.Known() {
		return f.unknown("the repository: " + j.record.Git.Asked.Why())
	}
	return j.perRelease(f, func(r *release, a *asset) (string, bool) {
		built := a.coverage.Commit
		switch {
		case built == "":
			return "", false
		case r.tag == nil:
			return "the repository has no such tag any more; built was " + built, true
		case r.tag.Commit != built:
			return fmt.Sprintf("the tag was moved: it names %s, built was %s", r.tag.Commit, built), true
		}
		return "", true
	})
}

// perRelease looks at one covered artifact of each build of each release. The
// look says what speaks against the claim, and whether there was anything to
// look at.
func (j *judge) perRelease(f Finding, look func(*release, *asset) (string, bool)) Finding {
	var against []Case
	looked := false
	for _, r := range j.releases {
		seen := make(map[string]bool)
		for _, a := range r.covered() {
			says, any := look(r, a)
			if looked = looked || any; says != "" && !seen[says] {
				seen[says] = true
				against = append(against, Case{Says: says}.of(r, a))
			}
		}
	}
	return f.settle(looked, against)
}

func commitOnBranch(j *judge) Finding {
	f := Finding{ID: "E4", Name: "commit-on-branch", Grade: GradeA,
		Claim: "the commit that was built is reachable from a branch of the project, and so no fork's"}
	if !j.record.Git.Asked.Known() {
		return f.unknown("the repository: " + j.record.Git.Asked.Why())
	}
	undescribed := ""
	f = j.perRelease(f, func(r *release, a *asset) (string, bool) {
		if a.coverage.Commit == "" {
			return "", false
		}
		switch c := j.record.Git.commit(a.coverage.Commit); {
		case c == nil:
			undescribed = a.coverage.Commit
			return "", true
		case c.Missing:
			return "no branch or tag of the project reaches commit " + c.ID, true
		case len(c.Branches) == 0:
			return "no branch reaches commit " + c.ID, true
		}
		return "", true
	})
	if f.Outcome == True && undescribed != "" {
		return f.unknown("the record does not describe commit " + undescribed)
	}
	return f
}

func predicateAgrees(j *judge) Finding {
	f := Finding{ID: "E4", Name: "predicate-agrees", Grade: GradeA,
		Claim: "no statement contradicts the certificate that it was signed with"}
	return f.settle(j.anyBundle(), j.refusals(func(r Refusal) bool { return j.contradicts(r.Bundle) }))
}

// contradicts tells whether a bundle's statement speaks against its own
// certificate, or is a predicate that says what it must not.
func (j *judge) contradicts(digest string) bool {
	m := j.bundles[digest]
	if m == nil || m.says == nil || m.says.Statement == nil {
		return false
	}
	return len(m.says.Statement.Contradicts) > 0 || builderContradicts(m.says)
}

// builderContradicts tells whether provenance claims a builder of another
// repository than the one whose workflow signed: one that the signer is not.
func builderContradicts(d *verify.Description) bool {
	var signer, builder string
	for _, f := range d.Facts {
		if f.Name == verify.FactSigner {
			signer = workflowPath(f.Value)
		}
	}
	for _, f := range d.Statement.Claims {
		if f.Name == verify.FactBuilder {
			builder = workflowPath(f.Value)
		}
	}
	return builder != "" && signer != "" && strings.Contains(builder, "/.github/workflows/") && !sameWorkflow(builder, signer)
}

func builtFromTag(j *judge) Finding {
	f := Finding{ID: "E5", Name: "built-from-tag", Grade: GradeA,
		Claim: "what is released was built from the release's tag by an event that releases"}
	cases := j.refusals(func(r Refusal) bool {
		return r.Check == string(verify.CheckRef) || r.Check == string(verify.CheckEvent) && j.ownBundle(r.Bundle)
	})
	for _, r := range j.releases {
		for _, a := range r.covered() {
			if a.coverage.Event == "workflow_dispatch" && a.coverage.Signed.After(a.Created.Add(tolerance)) && !a.Created.IsZero() {
				cases = append(cases, Case{Says: fmt.Sprintf("started by hand on %s for an artifact of %s: its bytes were there before the build",
					a.coverage.Signed.Format("2006-01-02"), a.Created.UTC().Format("2006-01-02"))}.of(r, a))
			}
		}
	}
	return f.settle(j.anyBundle(), cases)
}

func hostedRunner(j *judge) Finding {
	f := Finding{ID: "E5", Name: "hosted-runner", Grade: GradeA,
		Claim: "releases are signed on runners that nobody of the project can reach"}
	cases := j.refusals(func(r Refusal) bool { return r.Check == string(verify.CheckRunner) })
	looked := len(cases) > 0
	for _, r := range j.releases {
		for _, a := range r.covered() {
			switch a.verdict.Fact(verify.FactRunner).Value {
			case "self-hosted":
				cases = append(cases, Case{Says: "signed on a self-hosted runner"}.of(r, a))
				looked = true
			case "github-hosted":
				looked = true
			}
		}
	}
	return f.settle(looked, cases)
}
