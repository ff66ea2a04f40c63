package cli

import (
	"path"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/internal/forge"
)

// othersEvents are those by which people who may not push can start a job.
var othersEvents = []string{"pull_request", "pull_request_target", "issue_comment", "workflow_run"}

// mayRelease tells whether the job that runs this, if it is one of GitHub Actions
// and of the repository, may release a tag: on no event that others can raise, and
// on nothing but the tag, which its certificates name.
func (env *Env) mayRelease(r forge.Repository, tag string) error {
	if !env.ownJob(r) {
		return nil
	}
	if event := env.getenv("GITHUB_EVENT_NAME"); slices.Contains(othersEvents, event) {
		return withHint(usagef("a job on the event %s releases nothing: others can raise it", shown(event)), "run it on the push of a tag")
	}
	ref := env.getenv("GITHUB_REF")
	if ref == "refs/tags/"+tag {
		return nil
	}
	if of, isTag := strings.CutPrefix(ref, "refs/tags/"); isTag {
		return withHint(usagef("this run is on the tag %s and not on %s, and what it signs would name the former", shown(of), shown(tag)),
			"the tag comes first: hallmark publish %s …", shown(of))
	}
	workflow, _, _ := strings.Cut(env.getenv("GITHUB_WORKFLOW_REF"), "@")
	return withHint(usagef("this run is on %s and not on the tag %s, and what it signs would name the former", shown(ref), shown(tag)),
		"run it on the tag: gh workflow run %s --ref %s", shown(path.Base(workflow)), shown(tag))
}

// ownJob tells whether this is a job of GitHub Actions of that repository.
func (env *Env) ownJob(r forge.Repository) bool {
	return env.getenv("GITHUB_ACTIONS") == "true" && strings.EqualFold(env.getenv("GITHUB_REPOSITORY"), r.String())
}
