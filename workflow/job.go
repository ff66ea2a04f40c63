package workflow

import "strings"

// Job is a job of a workflow: its steps, or a call of a reusable workflow.
type Job struct {
	ID              string
	Name            string
	Needs           []string
	If              Text
	RunsOn          []Text
	Group           string       // of runners, "" if none is named
	Permissions     *Permissions // nil if the job does not say; see [Workflow.PermissionsOf]
	Env             map[string]Text
	Shell           string // of steps that name none; "" if the job does not say
	Uses            Uses   // of a call; the zero Uses otherwise
	With            map[string]Text
	Secrets         map[string]Text
	InheritSecrets  bool
	Outputs         map[string]Text
	Environment     string
	Container       string // its image
	Matrix          bool   // the job runs once for each combination of a matrix
	ContinueOnError Flag
	Steps           []*Step
	Pos             Pos // of its id

	workflow *Workflow
	waits    map[*Job]bool // for which to run and end well, itself or through others
}

// Step is a step of a job: an action that is used, or a script that is run.
type Step struct {
	ID              string
	Name            string
	If              Text
	Uses            Uses // of an action; the zero Uses for a script
	With            map[string]Text
	Run             Text // of a script
	Shell           string
	Env             map[string]Text
	ContinueOnError Flag
	Pos             Pos

	job      *Job
	workflow *Workflow
	script   *script
	index    int // in the job
}

// Input is an action's or a reusable workflow's input as it was written, "" if it
// is not given. Names are compared as GitHub does.
func (s *Step) Input(name string) string { return s.With[strings.ToLower(name)].Value }

// Input is an input of the reusable workflow that the job calls.
func (j *Job) Input(name string) string { return j.With[strings.ToLower(name)].Value }

// Label says what a person would call the step.
func (s *Step) Label() string {
	switch {
	case s.Name != "":
		return s.Name
	case s.ID != "":
		return s.ID
	case s.Uses.Given():
		return s.Uses.Text.Value
	}
	first, _, _ := strings.Cut(strings.TrimSpace(s.Run.Value), "\n")
	return first
}

// shell is the command that runs the step's script, as GitHub chooses it:
// the step's, the job's, the workflow's, the runner's.
func (s *Step) shell() string {
	for _, shell := range []string{s.Shell, s.job.Shell, s.workflow.Shell} {
		if shell != "" {
			return shell
		}
	}
	for _, label := range s.job.RunsOn {
		if strings.HasPrefix(strings.ToLower(label.Value), "windows") {
			return "pwsh"
		}
	}
	return ""
}

// SelfHosted tells whether the job's runner is one of the project's own, or may
// be: GitHub's labels are known by their names, a group may hold anything.
func (j *Job) SelfHosted() bool {
	for _, label := range j.RunsOn {
		if strings.EqualFold(label.Value, "self-hosted") {
			return true
		}
	}
	return j.Group != "" && len(j.RunsOn) == 0
}
