package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"net/url"
	"strings"

	"github.com/hallmark-project/hallmark/review"
)

// The index shares the looks and the policy of a review's page.
var (
	//go:embed page/reviews.html
	indexText string

	indexTemplate = template.Must(template.New("reviews").Funcs(pageWords).Parse(indexText))
)

// indexRows is how many projects of one standing the index shows.
const indexRows = 5_000

// indexPage is a summary as its page shows it.
type indexPage struct {
	*Reviews
	Style   template.CSS
	Policy  string
	Says    string
	Tallies []tally
	Groups  []indexGroup
}

// An indexGroup holds the projects of one standing.
type indexGroup struct {
	Standing, Says string
	Judged         bool
	Rows           []indexRow
	Left           int // that are not shown
}

// An indexRow is a project with what is shown of it.
type indexRow struct {
	review.Standing
	Link               string // to its page; "" where it has none
	Since, Covers, Why string
}

// HTML writes an index of the projects' pages, to stand beside their folders.
func (r *Reviews) HTML(w io.Writer) error {
	p := indexPage{Reviews: r, Style: template.CSS(pageStyle), Policy: pagePolicy(), Tallies: r.tallies()}
	_, p.Says, _ = strings.Cut(r.total(), ": ")
	for _, t := range p.Tallies {
		p.Groups = append(p.Groups, r.group(t.Standing))
	}
	var b bytes.Buffer
	if err := indexTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (r *Reviews) group(of string) indexGroup {
	g := indexGroup{Standing: of}
	for _, v := range verdicts {
		if string(v.verdict) == of {
			g.Says, g.Judged = v.says, true
		}
	}
	for _, f := range failures {
		if string(f.failed) == of {
			g.Says = f.says
		}
	}
	for _, s := range r.Projects {
		switch {
		case standing(s) != of:
		case len(g.Rows) == indexRows:
			g.Left++
		default:
			row := indexRow{Standing: s, Why: why(s)}
			row.Since, row.Covers = since(s)
			if review.Folder(s.Project) != "" && s.Failed == "" {
				row.Link = url.PathEscape(s.Folder) + "/report.html"
			}
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}
