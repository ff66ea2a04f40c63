package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/checkout"
	"github.com/hallmark-project/hallmark/internal/forge"
	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/verify"
	"github.com/hallmark-project/hallmark/workflow"
)

const (
	guideFile  = "VERIFY.md"
	policyFile = ".github/hallmark-policy.yml"
)

var (
	fullCommit      = regexp.MustCompile(`^[0-9a-f]{40}$`)
	releasedVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$`)
	errLeftAlone    = errors.New("workflows were left alone")
)

// adopting is a project to which hallmark is being added.
type adopting struct {
	*adoptable
	how     workflow.Adoption
	changed []*workflow.Workflow // as they are then
	result  report.Adoption
}

// adopt shows, or writes, the change that adds hallmark to a project.
func (env *Env) adopt(ctx context.Context, c *cli.Context, dir string) error {
	a := &adopting{how: workflow.Adoption{Commit: env.Commit}}
	if !fullCommit.MatchString(env.Commit) {
		return withHint(usagef("this hallmark does not know the commit that it was built from, and names its Action by that"),
			"run a released hallmark, or one that `make build` made")
	}
	if releasedVersion.MatchString(env.Version) {
		a.how.Version = env.Version
	}
	switch c.String("level") {
	case "2":
		a.how.Level = 2
	case "3":
		a.how.Level = 3
	}
	if _, err := forge.ParseRepository(c.String("repo")); c.IsSet("repo") && err != nil {
		return usagef("%w", err)
	}
	var err error
	if a.adoptable, err = openAdoptable(dir); err != nil {
		return err
	}
	defer a.root.Close()
	if err := a.workflowsOf(); err != nil {
		return err
	}
	if len(a.result.Levels) > 0 {
		a.checklist(env)
		if err := a.guide(ctx, c, dir); err != nil {
			return err
		}
	}
	if c.Bool("write") {
		for _, f := range a.result.Files {
			if err := a.write(f.Path, f.After); err != nil {
				return fmt.Errorf("%s: %w", shown(f.Path), err)
			}
		}
		a.result.Written = true
	}
	if err := a.result.Text(env.Stdout, env.textOptions()); err != nil {
		return err
	}
	if len(a.result.Left) > 0 {
		return alreadyReported(errLeftAlone)
	}
	return nil
}

// workflowsOf changes each workflow that publishes what hallmark has not signed.
func (a *adopting) workflowsOf() error {
	name, text, err := a.goreleaser()
	if err != nil {
		return err
	}
	var config *workflow.Goreleaser
	if name != "" {
		if config, err = workflow.ParseGoreleaser(name, text); err != nil {
			config = nil // goreleaser itself will refuse it
		}
	}
	all, texts, wrong, err := a.parse(config)
	if err != nil {
		return err
	}
	if len(all) == 0 && len(wrong) == 0 {
		return withHint(usagef("no workflows in %s", shown(a.root.Name())), "hallmark init DIR, where DIR holds .github/workflows or workflows")
	}
	for _, err := range wrong {
		a.leave(err)
	}
	draft := false
	for _, w := range all {
		a.result.Signed = a.result.Signed || len(w.Publishes()) > 0
		change, err := w.Adopt(texts[w.Path], a.how)
		switch {
		case err != nil:
			a.leave(err)
			continue
		case change == nil:
			for _, p := range w.OnlySigned() {
				a.result.Todo = append(a.result.Todo, report.Place{Path: w.Path, Line: p.Pos.Line, Column: p.Pos.Column,
					Text: "what " + p.Tool + " publishes is signed, and no SLSA provenance is made of it: attest it before with hallmark-project/hallmark/actions/release, publish: none"})
			}
			continue
		}
		after, err := workflow.Parse(w.Path, change.Data)
		if err != nil {
			return err
		}
		a.changed = append(a.changed, after)
		a.result.Files = append(a.result.Files, report.AdoptedFile{Path: w.Path, Before: texts[w.Path], After: change.Data})
		a.result.Levels = append(a.result.Levels, report.AdoptedLevel{Path: w.Path, Level: change.Level})
		for _, advice := range change.Advice {
			a.result.Todo = append(a.result.Todo, report.Place{Path: w.Path, Line: advice.Pos.Line, Column: advice.Pos.Column, Text: advice.Text})
		}
		draft = draft || change.Draft
	}
	if draft {
		a.draftGoreleaser(name, text)
	}
	return nil
}

// draftGoreleaser has goreleaser leave its release a draft, or says that it has
// to.
func (a *adopting) draftGoreleaser(name string, text []byte) {
	const wanted = "set draft: true under release:, so that hallmark publishes what goreleaser has uploaded"
	if name == "" {
		a.todo("", "in goreleaser's configuration, "+wanted)
		return
	}
	after, err := workflow.DraftGoreleaser(name, text)
	if err != nil {
		a.todo(name, wanted)
		return
	}
	if !bytes.Equal(after, text) {
		a.result.Files = append(a.result.Files, report.AdoptedFile{Path: name, Before: text, After: after})
	}
}

func (a *adopting) todo(path, text string) {
	a.result.Todo = append(a.result.Todo, report.Place{Path: path, Text: text})
}

// leave tells of a workflow that stays as it is.
func (a *adopting) leave(err error) {
	place := report.Place{Text: err.Error()}
	var unknown *workflow.NotUnderstood
	var syntax *workflow.SyntaxError
	switch {
	case errors.As(err, &unknown):
		place = report.Place{Path: unknown.Path, Line: unknown.Pos.Line, Column: unknown.Pos.Column, Text: unknown.Reason}
	case errors.As(err, &syntax):
		place = report.Place{Path: syntax.Path, Line: syntax.Pos.Line, Column: syntax.Pos.Column, Text: syntax.Message}
	}
	a.result.Left = append(a.result.Left, place)
}

// checklist is what no file of the project can say.
func (a *adopting) checklist(env *Env) {
	a.todo("", "hallmark's Action is named by the commit that this hallmark was built from ("+env.Version+"): see that it is one of a release")
	a.todo("", "protect the tags of releases: a ruleset under Settings, Rules, that lets nobody move or delete them")
	a.todo("", "turn on immutable releases under Settings, General, so that no file of one is replaced")
}

// guide adds what users are told, and the policy that it follows.
func (a *adopting) guide(ctx context.Context, c *cli.Context, dir string) error {
	if !a.whole {
		return nil
	}
	repo, err := a.repository(ctx, c, dir)
	if err != nil {
		return err
	}
	if repo == "" {
		a.todo("", "which repository this is was not to be found out: with --repo OWNER/NAME a "+guideFile+" and a policy are made too")
		return nil
	}
	g := a.guideOf(repo)
	if err := g.Policy.Validate(); err != nil {
		return err
	}
	policy, err := g.Policy.YAML()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{guideFile, []byte(g.Markdown())}, {policyFile, policy}} {
		before, err := a.read(f.name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.result.Files = append(a.result.Files, report.AdoptedFile{Path: f.name, After: f.data})
		case err != nil && !errors.Is(err, fs.ErrInvalid):
			return err
		case bytes.Equal(before, f.data):
		case err == nil && (f.name == policyFile || report.IsGuide(before)):
			a.result.Files = append(a.result.Files, report.AdoptedFile{Path: f.name, Before: before, After: f.data})
		default:
			a.todo(f.name, "it is there already and stays as it is: say in it how releases are verified now")
		}
	}
	a.todo("", "push a tag of a pre-release first, and verify it as "+guideFile+" says")
	a.result.Insights = g.Insights()
	return nil
}

// repository is what --repo says, or where the checkout comes from.
func (a *adopting) repository(ctx context.Context, c *cli.Context, dir string) (string, error) {
	name := c.String("repo")
	if name == "" {
		if remote, err := checkout.Remote(ctx, dir); err == nil {
			name = onGitHub(remote)
		}
		if name == "" {
			return "", nil
		}
	}
	r, err := forge.ParseRepository(name)
	if err != nil {
		return "", usagef("%w", err)
	}
	return r.String(), nil
}

// guideOf sums up what the changed workflows sign, and under which name.
func (a *adopting) guideOf(repo string) *report.Guide {
	g := &report.Guide{Policy: &verify.Policy{Repository: repo}, Path: policyFile}
	var signers []string
	for _, w := range a.changed {
		for _, p := range w.Publishes() {
			if p.Kind != workflow.GitHubRelease && !slices.Contains(g.Registries, p.Kind) {
				g.Registries = append(g.Registries, p.Kind)
			}
		}
		for _, s := range w.Signs() {
			if s.Step == nil {
				g.Signer, g.Ref = "hallmark-project/hallmark/.github/workflows/hallmark.yml", s.Job.Uses.Ref
				g.Policy.Level = 3
				g.Releases = true
				continue
			}
			publishes := s.Step.Publishes()
			g.Images = g.Images || s.Image
			g.Stored = g.Stored || s.Step.Input("store-at-github") == "true"
			g.Releases = g.Releases || len(publishes) > 0
		}
		if g.Ref == "" && !slices.Contains(signers, w.Path) {
			signers = append(signers, w.Path)
		}
	}
	switch {
	case g.Ref != "":
		g.Policy.SignerWorkflow, g.Policy.SignerDigest = g.Signer, g.Ref
	case len(signers) == 1:
		g.Signer = repo + "/" + signers[0]
		g.Policy.SignerWorkflow = g.Signer
	}
	if g.Policy.Level == 0 {
		g.Policy.Level = 2
	}
	return g
}

// onGitHub is the repository on GitHub that a remote names, or "".
func onGitHub(remote string) string {
	name, ok := strings.CutPrefix(remote, "https://github.com/")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(name, ".git")
}
