package workflow

var unpinnedAction = Rule{
	ID: "unpinned-action", Name: "an action is named by a tag", Severity: Warning,
	Help:  "A tag can be moved, and has been, to a commit that steals the job's secrets.",
	check: checkUnpinnedAction,
}

func checkUnpinnedAction(in *inspection) {
	in.uses(func(_ *Job, u Uses) {
		switch {
		case u.Pinned() || u.In(generator): // which has to be named by its tag
		case u.Image != "":
			in.find(u.Text.Pos, "name the digest: docker://IMAGE@sha256:DIGEST", "image %s without a digest", u.Image)
		case u.Owner != "" && u.Versioned():
			in.find(u.Text.Pos, "name the commit and keep the tag as a comment: "+u.name()+"@COMMIT # "+u.Ref,
				"%s by its tag %s", u.name(), u.Ref)
		}
	})
}
