package workflow

var branchPinned = Rule{
	ID: "branch-pinned-action", Name: "an action is taken from a branch", Severity: Error,
	Help:  "Whatever is pushed to the branch runs in the next release, with the job's token.",
	check: checkBranchPinned,
}

func checkBranchPinned(in *inspection) {
	in.uses(func(_ *Job, u Uses) {
		if u.Owner == "" || u.Pinned() || u.Versioned() || u.In(generator) {
			return
		}
		ref := "the branch " + u.Ref
		if u.Ref == "" {
			ref = "no version"
		}
		in.find(u.Text.Pos, "name the commit of a release: "+u.name()+"@COMMIT # VERSION", "%s at %s", u.name(), ref)
	})
}
