package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
)

func publishCommand(env *Env) *cli.Command {
	return &cli.Command{
		Name:  "publish",
		Usage: "make a GitHub release of files that verify",
		UsageText: "hallmark publish v1.4.0 dist multiple.intoto.jsonl\n" +
			"hallmark publish --draft --repo octo/widget v1.4.0 dist/*\n" +
			"hallmark publish --dry-run v1.4.0",
		ArgsUsage: "TAG ARTIFACT...",
		Description: "Files go into a draft, with the bundles that stand beside them. All that the\n" +
			"draft then holds is downloaded and verified, as built from the tag's commit by a\n" +
			"workflow of the repository; a policy that names other signers is taken at its\n" +
			"word. Only then is it published, once. A run that died is finished by running it\n" +
			"again. A release that is there already is added to, unless it is immutable.\n\n" +
			"A draft that somebody else has made for the tag is used, and keeps its title and\n" +
			"notes. With --dry-run and no artifact it is said whether this job may release:\n" +
			"to ask before anything is signed. The token comes from GITHUB_TOKEN or GH_TOKEN.",
		Category: maintainers,
		Flags: slices.Concat(publishPolicyFlags(), trustFlags(), []cli.Flag{
			&cli.BoolFlag{Name: "draft", Category: groupOutput, Usage: "leave the release a draft"},
			&cli.BoolFlag{Name: "dry-run", Category: groupOutput, Usage: "say what would be done, and change nothing"},
			retryForFlag(),
			formatFlag("text", "json", "github"),
			quietFlag(),
		}),
		Action: func(c *cli.Context) error { return runPublish(c.Context, env, c) },
	}
}

// publishPolicyFlags are the policy's flags that a run of its own needs.
func publishPolicyFlags() []cli.Flag {
	names := []string{"policy", "signer-workflow", "signer-digest", "slsa-level", "allow-self-hosted"}
	flags := slices.DeleteFunc(policyFlags(), func(f cli.Flag) bool { return !slices.Contains(names, f.Names()[0]) })
	return append(flags, &cli.StringFlag{Name: "repo", Category: groupOutput, Usage: "release in `OWNER/NAME` (default: the job's)"})
}

func runPublish(ctx context.Context, env *Env, c *cli.Context) error {
	p, err := env.publishing(ctx, c)
	if err != nil {
		return err
	}
	if c.NArg() == 1 && !c.Bool("dry-run") {
		return withHint(usagef("no artifact to publish as %s", shown(p.tag)), "name the files and folders of the release after the tag")
	}
	if p.files, err = env.filesToPublish(ctx, c); err != nil {
		return err
	}
	if err := p.find(ctx); err != nil {
		return p.explain(err)
	}
	if err := p.plan(ctx); err != nil {
		return p.explain(err)
	}
	if c.Bool("dry-run") {
		if err := p.client.MayRelease(ctx, p.repository, p.tag); err != nil {
			return p.explain(err)
		}
		return env.printPublication(c, p.account(c))
	}
	if err := p.make(ctx); err != nil {
		return p.explain(err)
	}
	if err := p.upload(ctx, c.Bool("quiet")); err != nil {
		return p.explain(err)
	}
	if p.verified, err = p.check(ctx, c); err != nil {
		return p.explain(err)
	}
	if failed := p.verified.Failed(); failed != nil {
		if err := env.printPublication(c, p.account(c)); err != nil {
			return err
		}
		return alreadyReported(p.left(failed))
	}
	if err := p.publish(ctx, c.Bool("draft")); err != nil {
		return p.explain(err)
	}
	return env.printPublication(c, p.account(c))
}

// publishing is a release on its way.
type publishing struct {
	env        *Env
	client     *forge.Client
	repository forge.Repository
	tag        string
	at         *forge.Tag // where the tag was when this began
	policy     *verify.Policy

	files    []*publishFile
	release  *forge.Release // nil until there is one
	found    bool           // it was there before
	others   []forge.Asset  // its files that are none of ours
	verified *report.Verification
	checked  []forge.Asset // what was downloaded and verified
}

// publishing reads the command line and looks where the tag is.
func (env *Env) publishing(ctx context.Context, c *cli.Context) (*publishing, error) {
	p := &publishing{env: env, tag: c.Args().First()}
	if p.tag == "" {
		return nil, withHint(usagef("no tag to release"), "hallmark publish v1.4.0 dist")
	}
	if name, ok := strings.CutPrefix(p.tag, "refs/tags/"); ok {
		return nil, withHint(usagef("%s: want the name of a tag, not a full ref", shown(p.tag)), "%s", shown(name))
	}
	if err := forge.CheckTag(p.tag); err != nil {
		return nil, usagef("%w", err)
	}
	repo := cmp.Or(c.String("repo"), env.getenv("GITHUB_REPOSITORY"))
	if repo == "" {
		return nil, withHint(usagef("no repository to release in"), "--repo OWNER/NAME")
	}
	var err error
	if p.repository, err = forge.ParseRepository(repo); err != nil {
		return nil, repositoryHint(usagef("%w", err), repo)
	}
	if err := env.mayRelease(p.repository, p.tag); err != nil {
		return nil, err
	}
	if p.policy, err = publishPolicy(c, p.repository, p.tag); err != nil {
		return nil, err
	}
	if p.client, err = env.gitHub(c.Duration("retry-for")); err != nil {
		return nil, err
	}
	if p.client.Token == "" {
		return nil, withHint(usagef("no token to write the release with"), "GITHUB_TOKEN or GH_TOKEN, in a job from ${{ github.token }}")
	}
	if err := p.locate(ctx); err != nil {
		return nil, p.explain(err)
	}
	return p, nil
}

// publishPolicy asks for this run's own identity: a workflow of the repository,
// on the tag. A policy file may ask for more, or name others in its place.
func publishPolicy(c *cli.Context, r forge.Repository, tag string) (*verify.Policy, error) {
	file, err := readPolicy(c.String("policy"))
	if err != nil {
		return nil, err
	}
	p := &verify.Policy{
		SignerWorkflow:  c.String("signer-workflow"),
		SignerDigest:    c.String("signer-digest"),
		Level:           c.Int("slsa-level"),
		AllowSelfHosted: c.Bool("allow-self-hosted"),
	}
	if c.IsSet("slsa-level") && p.Level < 1 {
		return nil, usagef("--slsa-level %d: want 1, 2 or 3", p.Level)
	}
	if file.Repository != "" || file.Key == nil && len(file.Identities) == 0 {
		p.Repository, p.Ref = r.String(), "refs/tags/"+tag
	}
	if p, err = p.And(file); err != nil {
		return nil, err
	}
	return p, p.Validate()
}

// locate finds the commit of the tag, which must be what this run was started
// for.
func (p *publishing) locate(ctx context.Context) error {
	at, err := p.client.Tag(ctx, p.repository, p.tag)
	if errors.Is(err, forge.ErrNotFound) {
		return withHint(&usageError{err}, "a release is made of a tag that is there: git push origin %s; is the repository spelt right, and may the token see it?", shown(p.tag))
	}
	if err != nil {
		return err
	}
	if sha := p.env.getenv("GITHUB_SHA"); sha != "" && p.env.ownJob(p.repository) && sha != at.Commit && sha != at.Object {
		return movedTag(p.tag, sha, at.Commit, "this run was started for another commit than the tag is at now")
	}
	p.at = at
	if p.policy.Repository != "" && p.policy.Commit == "" {
		p.policy.Commit = at.Commit
	}
	return nil
}

func movedTag(tag, want, got, why string) error {
	return &verify.Rejection{Check: verify.CheckCommit, Want: "tag " + tag + " at " + want, Got: "at " + got, Why: why,
		Hint: "nothing is published; find out who moved the tag before anything is released under it"}
}

// explain adds to an error of GitHub what helps.
func (p *publishing) explain(err error) error {
	return p.env.writeHint(err, p.client.Token, "  contents: write")
}

// left says what becomes of a draft that does not verify.
func (p *publishing) left(err error) error {
	if !p.release.Draft {
		return err
	}
	return withHint(err, "nothing is published: release %d of %s stays a draft; what is not covered there has to be signed, or deleted", p.release.ID, p.repository)
}
