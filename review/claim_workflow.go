package review

import (
	"path"
	"slices"
	"strings"

	"github.com/hallmark-project/hallmark/workflow"
)

// E11 to E13: what the workflows at the releases' commits could have done. They
// are the project's own files; that one of them ran is for the certificate.

// A script is a workflow as it stood at a commit.
type script struct {
	*workflow.Workflow
	document Document
	err      error
}

// workflowsAt are the workflows of the record at a commit, by their paths, each
// knowing the project's own actions and workflows that it uses.
func (j *judge) workflowsAt(commit string) []script {
	if commit == "" {
		return nil
	}
	all, known := j.scripts[commit]
	if known {
		return all
	}
	var linked []*workflow.Workflow
	for _, d := range j.record.Documents {
		data, ok := j.record.content(d)
		if !ok || d.Kind != WorkflowDocument || d.Commit != commit {
			continue
		}
		s := script{document: d}
		parse, isAction := workflow.Parse, strings.HasPrefix(path.Base(d.Name), "action.")
		if isAction {
			parse = workflow.ParseAction
		}
		if s.Workflow, s.err = parse(d.Name, data); s.err == nil {
			linked = append(linked, s.Workflow)
		}
		if !isAction {
			all = append(all, s)
		}
	}
	workflow.Link("", linked)
	slices.SortFunc(all, func(a, b script) int { return strings.Compare(a.document.Name, b.document.Name) })
	j.scripts[commit] = all
	return all
}

// latestWorkflows are those of the latest releases since adoption, each content
// once, with the newest release that has it.
func (j *judge) latestWorkflows() (all []script, tags []string) {
	since := j.sinceAdoption()
	if len(since) == 0 {
		since = j.releases
	}
	seen := make(map[string]bool)
	for i := len(since) - 1; i >= max(0, len(since)-latest); i-- {
		for _, s := range j.workflowsAt(since[i].coverage.Commit) {
			if key := s.document.Name + s.document.Asked.SHA256; !seen[key] {
				seen[key] = true
				all, tags = append(all, s), append(tags, since[i].Tag)
			}
		}
	}
	return all, tags
}

// at is a case at a place of the workflow.
func (s script) at(tag string, p workflow.Pos, says string) Case {
	return Case{Release: tag, Says: says, Path: s.document.Name, Line: p.Line, Column: p.Column, Evidence: []Pointer{s.document.Asked.pointer()}}
}

// perWorkflow looks at each of the latest workflows. One that cannot be read
// whole might do anything, and leaves the claim unknown.
func (j *judge) perWorkflow(f Finding, look func(s script, tag string) (against []Case, any bool)) Finding {
	all, tags := j.latestWorkflows()
	if len(all) == 0 {
		return f.unknown("the record has no workflow at the latest releases' commits")
	}
	var cases []Case
	var unread error
	looked := false
	for i, s := range all {
		if s.err != nil {
			unread = s.err
			continue
		}
		if len(s.Problems) > 0 {
			unread = s.Problems[0]
		}
		against, any := look(s, tags[i])
		cases, looked = append(cases, against...), looked || any
	}
	if len(cases) == 0 && unread != nil {
		return f.unknown(unread.Error())
	}
	return f.settle(looked, cases)
}

func nothingLeavesUnsigned(j *judge) Finding {
	f := Finding{ID: "E11", Name: "nothing-leaves-unsigned", Grade: GradeC, Baseline: []string{baselineSigned},
		Claim: "on every way to a publication in the project's workflows, a signature was made before"}
	return j.perWorkflow(f, func(s script, tag string) (against []Case, any bool) {
		for _, p := range s.Publishes() {
			if p.Kind != workflow.GitHubRelease {
				continue
			}
			any = true
			if why := s.Unsigned(p); why != "" {
				against = append(against, s.at(tag, p.Pos, p.Tool+": "+why))
			}
		}
		return against, any
	})
}

// signsAt tells whether a workflow at a release's commit signs.
func (j *judge) signsAt(r *release) bool {
	return slices.ContainsFunc(j.workflowsAt(r.coverage.Commit), func(s script) bool { return s.err == nil && len(s.Signs()) > 0 })
}

func leastPrivilege(j *judge) Finding {
	f := Finding{ID: "E12", Name: "least-privilege", Grade: GradeC, Baseline: []string{"OSPS-AC-04.01", "OSPS-AC-04.02"},
		Claim: "only the jobs that sign or publish may ask for an identity token or write"}
	return j.perWorkflow(f, func(s script, tag string) (against []Case, any bool) {
		if len(s.Signs()) == 0 && len(s.Publishes()) == 0 {
			return nil, false
		}
		if e := s.Event("pull_request_target"); e != nil {
			against = append(against, s.at(tag, e.Pos, "others' pull requests start this workflow with its rights"))
		}
		for _, job := range s.Jobs {
			p := s.PermissionsOf(job)
			switch {
			case p == nil:
				against = append(against, s.at(tag, job.Pos, "job "+job.ID+" says nothing: a setting of the repository decides what it may"))
			case p.All == "write-all":
				against = append(against, s.at(tag, job.Pos, "job "+job.ID+" may write everything"))
			case p.Allows("id-token", "write") && len(job.Signs()) == 0 && !job.Uses.Given():
				against = append(against, s.at(tag, job.Pos, "job "+job.ID+" may sign as the project, and does not"))
			}
		}
		return against, true
	})
}

// generator is called by tag only: its own verifier wants a released version in
// the certificate.
const generator = "slsa-framework/slsa-github-generator"

func actionsPinned(j *judge) Finding {
	f := Finding{ID: "E13", Name: "actions-pinned", Grade: GradeC,
		Claim: "the workflows that release run others' actions at a fixed commit"}
	return j.perWorkflow(f, func(s script, tag string) (against []Case, any bool) {
		if len(s.Signs()) == 0 && len(s.Publishes()) == 0 {
			return nil, false
		}
		check := func(u workflow.Uses) {
			if u.Given() && !u.Pinned() && !(u.In(generator) && u.Versioned()) {
				against = append(against, s.at(tag, u.Text.Pos, u.Text.Value+" may be something else tomorrow"))
			}
		}
		for _, job := range s.Jobs {
			check(job.Uses)
			for _, step := range job.Steps {
				check(step.Uses)
			}
		}
		return against, true
	})
}

// adopts tells whether a change made a workflow sign that did not before.
func (j *judge) adopts(c Change) bool {
	signs := func(commit string) bool {
		return slices.ContainsFunc(j.workflowsAt(commit), func(s script) bool { return s.err == nil && len(s.Signs()) > 0 })
	}
	return signs(c.Commit) && !signs(c.Parent)
}
