package main

import (
	"flag"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Job is the GitHub Actions job that the sandbox imitates. The token's claims,
// the environment and the event file are all derived from it, so they cannot
// contradict each other.
type Job struct {
	Repository        string // OWNER/NAME
	RepositoryID      string
	OwnerID           string
	Visibility        string
	Ref               string // refs/heads/..., refs/tags/... or refs/pull/...
	SHA               string
	Workflow          string // path of the workflow file in the repository
	JobWorkflowRef    string // a reusable workflow, OWNER/NAME/PATH@REF; the workflow itself if empty
	JobWorkflowSHA    string // its commit; SHA if empty
	Event             string
	RunnerEnvironment string
	RunID             string
	RunNumber         string
	RunAttempt        string
	Actor             string
	ActorID           string
	Environment       string // deployment environment, none if empty
}

// flags binds one flag to each fact of the job that a user may set.
func (j *Job) flags(fs *flag.FlagSet) {
	j.ActorID = defaultActorID
	fs.StringVar(&j.Repository, "repository", defaultRepository, "`OWNER/NAME` of the repository")
	fs.StringVar(&j.RepositoryID, "repository-id", defaultRepositoryID, "numeric `ID` of the repository")
	fs.StringVar(&j.OwnerID, "owner-id", defaultOwnerID, "numeric `ID` of the repository's owner")
	fs.StringVar(&j.Visibility, "visibility", defaultVisibility, "`VISIBILITY` of the repository: public, private or internal")
	fs.StringVar(&j.Ref, "ref", defaultRef, "full git `REF` that the run was started for")
	fs.StringVar(&j.SHA, "sha", defaultSHA, "`COMMIT` that the run was started for, 40 or 64 hex digits")
	fs.StringVar(&j.Workflow, "workflow", defaultWorkflow, "`PATH` of the workflow file in the repository")
	fs.StringVar(&j.JobWorkflowRef, "job-workflow-ref", "", "reusable workflow that holds the job, `OWNER/NAME/PATH@REF` (default: the workflow)")
	fs.StringVar(&j.JobWorkflowSHA, "job-workflow-sha", "", "`COMMIT` of the reusable workflow (default: --sha)")
	fs.StringVar(&j.Event, "event", defaultEvent, "`NAME` of the event that started the run")
	fs.StringVar(&j.RunnerEnvironment, "runner-environment", defaultRunnerEnvironment, "`KIND` of runner: github-hosted or self-hosted")
	fs.StringVar(&j.RunID, "run-id", defaultRunID, "`ID` of the run")
	fs.StringVar(&j.RunNumber, "run-number", defaultRunNumber, "`NUMBER` of the run")
	fs.StringVar(&j.RunAttempt, "run-attempt", defaultRunAttempt, "`NUMBER` of the attempt")
	fs.StringVar(&j.Actor, "actor", defaultActor, "`LOGIN` of the account that started the run")
	fs.StringVar(&j.Environment, "environment", "", "deployment `NAME` of the job (default: none)")
}

var (
	repositoryPattern  = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$`)
	commitPattern      = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	numberPattern      = regexp.MustCompile(`^[1-9][0-9]*$`)
	refPattern         = regexp.MustCompile(`^refs/(heads|tags|pull)/[^\s@]+$`)
	workflowPattern    = regexp.MustCompile(`^[^\s@/][^\s@]*\.ya?ml$`)
	workflowRefPattern = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+/[^\s@]+\.ya?ml@[^\s@]+$`)
	namePattern        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_\[\]-]*$`)
)

// check refuses what GitHub could not have said, for a certificate made from it
// would be like none in the field. It fills in what follows from the rest.
func (j *Job) check() error {
	if j.JobWorkflowRef == "" {
		j.JobWorkflowRef = j.WorkflowRef()
	}
	if j.JobWorkflowSHA == "" {
		j.JobWorkflowSHA = j.SHA
	}
	for _, f := range []struct {
		flag, value string
		pattern     *regexp.Regexp
	}{
		{"repository", j.Repository, repositoryPattern},
		{"repository-id", j.RepositoryID, numberPattern},
		{"owner-id", j.OwnerID, numberPattern},
		{"ref", j.Ref, refPattern},
		{"sha", j.SHA, commitPattern},
		{"workflow", j.Workflow, workflowPattern},
		{"job-workflow-ref", j.JobWorkflowRef, workflowRefPattern},
		{"job-workflow-sha", j.JobWorkflowSHA, commitPattern},
		{"event", j.Event, namePattern},
		{"run-id", j.RunID, numberPattern},
		{"run-number", j.RunNumber, numberPattern},
		{"run-attempt", j.RunAttempt, numberPattern},
		{"actor", j.Actor, namePattern},
	} {
		if !f.pattern.MatchString(f.value) {
			return fmt.Errorf("--%s %q: want %s", f.flag, f.value, f.pattern)
		}
	}
	if !slices.Contains([]string{"public", "private", "internal"}, j.Visibility) {
		return fmt.Errorf("--visibility %q: want public, private or internal", j.Visibility)
	}
	if !slices.Contains([]string{"github-hosted", "self-hosted"}, j.RunnerEnvironment) {
		return fmt.Errorf("--runner-environment %q: want github-hosted or self-hosted", j.RunnerEnvironment)
	}
	return nil
}

// Owner is the account that the repository belongs to.
func (j *Job) Owner() string {
	owner, _, _ := strings.Cut(j.Repository, "/")
	return owner
}

// RefType is "tag" or "branch", as GitHub says it.
func (j *Job) RefType() string {
	if strings.HasPrefix(j.Ref, "refs/tags/") {
		return "tag"
	}
	return "branch"
}

// RefName is the ref without refs/heads/, refs/tags/ or refs/pull/.
func (j *Job) RefName() string {
	return strings.SplitN(j.Ref, "/", 3)[2]
}

// WorkflowName is what the workflow file calls itself, taken to be its base name.
func (j *Job) WorkflowName() string {
	return strings.TrimSuffix(path.Base(j.Workflow), path.Ext(j.Workflow))
}

// WorkflowRef names the workflow file with the ref that it was read from.
func (j *Job) WorkflowRef() string {
	return j.Repository + "/" + j.Workflow + "@" + j.Ref
}

// Subject is GitHub's default form of the sub claim, which prefers the
// deployment environment and knows pull requests only as such.
func (j *Job) Subject() string {
	switch {
	case j.Environment != "":
		return "repo:" + j.Repository + ":environment:" + j.Environment
	case j.Event == "pull_request":
		return "repo:" + j.Repository + ":pull_request"
	default:
		return "repo:" + j.Repository + ":ref:" + j.Ref
	}
}
