package cli

import (
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
)

// account is what there is to say of the release so far.
func (p *publishing) account(c *cli.Context) *report.Publication {
	a := &report.Publication{
		Repository: p.repository.String(), Tag: p.tag, Commit: p.at.Commit,
		Plan: c.Bool("dry-run"), Found: p.found, Verification: p.verified,
		Flags: append(trustWords(c), passed(c, "policy", "signer-workflow", "signer-digest", "slsa-level")...),
	}
	if c.Bool("allow-self-hosted") {
		a.Flags = append(a.Flags, "--allow-self-hosted")
	}
	if r := p.release; r != nil {
		a.ID, a.URL, a.Draft, a.Immutable = r.ID, r.URL, r.Draft, r.Immutable
	}
	for _, f := range p.files {
		a.Files = append(a.Files, report.PublishedFile{Name: f.Name, SHA256: f.GetDigest()["sha256"], Size: f.Size, Did: f.does})
	}
	for _, o := range p.others {
		a.Files = append(a.Files, report.PublishedFile{Name: o.Name, SHA256: sha256Of(o), Size: o.Size, Did: report.Others})
	}
	return a
}

func (env *Env) printPublication(c *cli.Context, p *report.Publication) error {
	switch c.String("format") {
	case "json":
		return p.JSON(env.Stdout)
	case "github":
		return env.annotatePublication(p)
	}
	return p.Text(env.Stdout, env.textOptions())
}

// annotatePublication tells a job's readers: of what does not verify by
// annotations, of a release that does by a table and the commands for others.
func (env *Env) annotatePublication(p *report.Publication) error {
	v := p.Verification
	if v == nil {
		return p.Text(env.Stdout, env.textOptions())
	}
	if err := v.GitHub(env.Stdout); err != nil {
		return err
	}
	if v.Failed() != nil {
		env.addJobSummary(v.Summary)
		return nil
	}
	env.addJobSummary(p.Release().Markdown)
	if _, err := fmt.Fprintln(env.Stdout, p.Total()); err != nil {
		return err
	}
	return env.setOutputs(output{"release-id", strconv.FormatInt(p.ID, 10)}, output{"release-url", p.URL})
}
