package workflow

import (
	"slices"
	"strings"
)

var missingPermission = Rule{
	ID: "missing-permission", Name: "a job lacks a permission that it needs", Severity: Error,
	Help:  "The release fails at the step that signs or uploads, after all the rest is done.",
	check: checkMissingPermission,
}

func checkMissingPermission(in *inspection) {
	if in.Composite {
		return
	}
	reported := make(map[string]bool)
	need := func(j *Job, at Pos, tool, scope string) {
		p := in.PermissionsOf(j)
		if key := j.ID + " " + scope; p != nil && !p.Allows(scope, "write") && !reported[key] {
			reported[key] = true
			in.find(at, "add `"+scope+": write` to the permissions of job "+j.ID, "%s needs %s: write, which job %s does not have", tool, scope, j.ID)
		}
	}
	for _, g := range in.signings {
		if g.keyless() {
			need(g.Job, g.Pos, g.Tool, "id-token")
		}
		if strings.HasPrefix(g.Tool, "actions/attest") {
			need(g.Job, g.Pos, g.Tool, "attestations")
		}
	}
	for _, p := range in.publications {
		if p.Kind == GitHubRelease && p.ownToken() {
			need(p.Job, p.Pos, p.Tool, "contents")
		}
	}
}

// keyless tells whether the signature is made by an identity token.
func (g *Signing) keyless() bool {
	return !g.keyed && (g.command == nil || !has(g.command.Words, "--key", "--identity-token", "--sk") &&
		!slices.ContainsFunc(g.command.Words, func(w string) bool {
			return strings.HasPrefix(w, "--key=") || strings.HasPrefix(w, "--identity-token=")
		}))
}

// ownToken tells whether the publication is made with the job's own token, and
// not by a secret that was made elsewhere.
func (p *Publication) ownToken() bool {
	if p.Step == nil || p.otherToken {
		return !p.otherToken
	}
	own := func(t Text) bool {
		v := strings.ToLower(t.Value)
		return !strings.Contains(v, "secrets.") && !strings.Contains(v, "steps.") || strings.Contains(v, "secrets.github_token")
	}
	for _, input := range []string{"token", "repo-token", "repo_token", "github-token", "github_token"} {
		if t, ok := p.Step.With[input]; ok {
			return own(t)
		}
	}
	for _, env := range []map[string]Text{p.Step.Env, p.Job.Env, p.Step.workflow.Env} {
		for _, name := range []string{"GH_TOKEN", "GITHUB_TOKEN"} {
			if t, ok := env[name]; ok {
				return own(t)
			}
		}
	}
	return true
}
