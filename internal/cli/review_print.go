package cli

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/hallmark-project/hallmark/internal/report"
	"github.com/hallmark-project/hallmark/review"
)

// printReview writes a report in the format that was asked for.
func (env *Env) printReview(c *cli.Context, w io.Writer, r *review.Report, by judging) error {
	shows := &report.Review{Report: r, Version: env.Version, Pack: by.evidence, PublicGood: by.root.public}
	switch c.String("format") {
	case "json":
		return shows.JSON(w)
	case "markdown":
		return shows.Markdown(w)
	case "html":
		return shows.HTML(w)
	case "sarif":
		return shows.SARIF(w)
	}
	o := report.TextOptions{}
	if c.String("output") == "" {
		o = env.textOptions()
	}
	return shows.Text(w, o)
}
