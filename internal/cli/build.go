package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/checkout"
	"github.com/hallmark-project/hallmark/provenance"
)

// Where the facts of a build come from.
const (
	fromAuto   = "auto"
	fromGitHub = "github"
	fromGitLab = "gitlab"
	fromGit    = "git"
)

func fromFlag() cli.Flag {
	return newChoiceFlag("from", groupInput, "where the facts of the build come from", fromAuto, fromGitHub, fromGitLab, fromGit)
}

// buildSource settles what "auto" means: the CI platform if this is a job of
// one, else the local checkout.
func (env *Env) buildSource(c *cli.Context) string {
	switch from := c.String("from"); {
	case from != fromAuto:
		return from
	case env.getenv("GITHUB_ACTIONS") == "true":
		return fromGitHub
	case env.getenv("GITLAB_CI") == "true":
		return fromGitLab
	}
	return fromGit
}

// build collects the facts of this build and what the flags add to them.
func (env *Env) build(ctx context.Context, c *cli.Context, ids *identity) (*provenance.Build, error) {
	extras, err := env.extras(ctx, c)
	if err != nil {
		return nil, err
	}
	build, inputs, err := env.facts(ctx, env.buildSource(c), ids)
	if err != nil {
		return nil, err
	}
	extras.Inputs = inputs
	return build, record(build, extras)
}

// facts are what the source says of the build, and what somebody started it
// with. In CI they are the claims of the job's own token, which the issuer
// signed; the environment may only agree.
func (env *Env) facts(ctx context.Context, source string, ids *identity) (*provenance.Build, map[string]any, error) {
	switch source {
	case fromGitHub:
		claims, err := ids.claims(ctx)
		if err != nil {
			return nil, nil, err
		}
		build, err := provenance.FromGitHub(claims, env.githubVariables())
		if err != nil {
			return nil, nil, &usageError{err}
		}
		inputs, err := env.dispatched(claims)
		return build, inputs, err
	case fromGitLab:
		claims, err := ids.gitLabClaims(ctx)
		if err != nil {
			return nil, nil, err
		}
		build, err := provenance.FromGitLab(claims, env.variables(provenance.GitLabEnvironment()...))
		if err != nil {
			return nil, nil, &usageError{err}
		}
		return build, nil, nil
	}
	facts, err := checkout.Read(ctx, ".")
	if err != nil {
		return nil, nil, withHint(err, "outside a CI job the facts are those of the project's git checkout: run this inside it")
	}
	build, err := provenance.FromGit(facts)
	return build, nil, err
}

// variables are those of the named ones that the environment holds.
func (env *Env) variables(names ...string) map[string]string {
	held := make(map[string]string)
	for _, name := range names {
		if value := env.getenv(name); value != "" {
			held[name] = value
		}
	}
	return held
}

// githubVariables are what a GitHub job is told in its environment.
func (env *Env) githubVariables() map[string]string {
	return env.variables("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID", "GITHUB_REPOSITORY_OWNER",
		"GITHUB_REPOSITORY_OWNER_ID", "GITHUB_REF", "GITHUB_REF_TYPE", "GITHUB_SHA", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW",
		"GITHUB_WORKFLOW_REF", "GITHUB_WORKFLOW_SHA", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_RUN_ATTEMPT",
		"GITHUB_ACTOR", "GITHUB_ACTOR_ID", "RUNNER_ENVIRONMENT")
}
