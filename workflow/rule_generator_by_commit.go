package workflow

import "strings"

// The generator's README, "Referencing SLSA builders and generators": the
// workflows find their own version by the tag, and fail without one.
var generatorByCommit = Rule{
	ID: "generator-by-commit", Name: "slsa-github-generator is not named by a release tag", Severity: Error,
	Help:  "Its workflows refuse to run, and verifiers to believe them, unless they are called as @vX.Y.Z: of this one a commit must not be named.",
	check: checkGeneratorByCommit,
}

func checkGeneratorByCommit(in *inspection) {
	in.uses(func(_ *Job, u Uses) {
		if u.In(generator) && strings.HasPrefix(u.Path, ".github/workflows/") && !fullTag.MatchString(u.Ref) {
			in.find(u.Text.Pos, "call it by its release: "+u.name()+"@v2.1.0", "%s at %s", u.name(), u.Ref)
		}
	})
}
